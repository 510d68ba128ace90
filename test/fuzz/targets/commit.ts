import { parseTrailers } from "../../../agent/intent/trailers.ts";
import { parseCommit } from "../../../agent/source/git/objects/git-commit-parse.ts";
import { parseTree } from "../../../agent/source/git/objects/git-object-parse.ts";
import { acceptedMessages, ignoredMessages } from "../../support/commit-messages.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";
import { typed } from "./typed.ts";

const HEAD = `tree ${"1".repeat(40)}\nparent ${"2".repeat(40)}\nauthor A <a@b.c> 1764000000 +0100\ncommitter A <a@b.c> 1764000000 +0100\n\n`;
const ROOM_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u;

/** A commit object, and what its message asks for. */
export const commit: FuzzTarget = {
  name: "commit",
  what: "a commit object with its message",
  maxBytes: 131_072,
  seeds: [...acceptedMessages, ...ignoredMessages].map(({ message }) => textBytes(HEAD + message)),
  words: [
    "Confirm: true",
    "Confirm: ",
    "Dry-Run: true",
    "Dry-Run: ",
    "confirm:",
    "\n\n",
    "\n",
    "\r\n",
    'Revert "',
    'Reapply "',
    "Signed-off-by: A <a@b.c>",
    "(cherry picked from commit ",
    "---\n",
    "room-a",
    ", ",
    " ",
    "\t",
    "\0",
    "> ",
    "# ",
    "gpgsig ",
    "mergetag ",
    "\u0421onfirm: true",
    "\u200b",
  ],
  run: (input) =>
    typed(() => {
      const { message } = parseCommit(Buffer.from(input));
      const { trailers, ignored } = parseTrailers(message);
      const kinds = trailers.map(({ kind }) => kind);
      mustHold(new Set(kinds).size === kinds.length, "at most one trailer of each kind");
      for (const { scope } of trailers) {
        if (scope === "all") mustHold(/: true\r?$/m.test(message), "`true` stands in the message");
        else mustHold(scope.length > 0 && scope.every((id) => ROOM_ID.test(id)), "rooms are named");
      }
      for (const { line } of ignored) {
        mustHold(line.length <= 200 && !/\p{Cc}/u.test(line), "an ignored line is fit to be shown");
      }
      return `${kinds.join()} ${ignored.map(({ reason }) => shapeOf(reason)).join()}`;
    }),
};

const entry = (mode: string, name: string) =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, 7)]);

/** A tree object. */
export const tree: FuzzTarget = {
  name: "tree",
  what: "a tree object",
  maxBytes: 65_536,
  seeds: [
    Buffer.concat([entry("100644", "a.room.yaml"), entry("40000", "rooms"), entry("120000", "l")]),
    entry("160000", "sub"),
  ],
  words: ["100644 ", "100755 ", "40000 ", "120000 ", "160000 ", "\0", "..", ".git", "/", "\\", "a"],
  run: (input) =>
    typed(() => {
      const entries = parseTree(Buffer.from(input));
      const names = entries.map(({ name }) => name);
      mustHold(new Set(names).size === names.length, "a name stands in a tree once");
      for (const { name, oid, safe } of entries) {
        mustHold(/^[0-9a-f]{40}$/.test(oid), "an entry has an id");
        mustHold(!safe || !/^\.{0,2}$|[/\\\0]/.test(name), "a safe name stays in its folder");
      }
      return `${entries.length > 0} ${entries.every(({ safe }) => safe)}`;
    }),
};
