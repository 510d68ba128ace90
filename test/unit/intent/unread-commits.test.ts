import { expect } from "chai";
import { unreadHold } from "../../../agent/intent/unread-commits.ts";
import type { CommitRecord } from "../../../agent/source/spec-source.ts";

const commit = (oid: string, message: string): CommitRecord => ({
  oid,
  parents: [],
  message,
  author: "ada",
  committer: "ada",
  committedAtMs: 0,
  touches: [],
});
const HEAD = commit("head", "Clean up\n\nDry-Run: true");
const hold = (said: readonly CommitRecord[] | null | undefined) =>
  unreadHold({ commits: [HEAD], ...(said === undefined ? {} : { said }) }, "own");

describe("unreadHold", () => {
  for (const { name, said, want } of [
    { name: "nothing where nobody can tell which commits are new", said: undefined, want: null },
    {
      name: "nothing where no commit asks for a dry run",
      said: [commit("c1", "Add\n\nConfirm: room-a")],
      want: null,
    },
    { name: "nothing because of the head, which is read as ever", said: [HEAD], want: null },
    {
      name: "all because of the newest commit that asks for a dry run",
      said: [
        commit("c1", "Try\n\nDry-Run: true"),
        commit("c2", "Try\n\nDry-Run: room-a"),
        commit("c3", "More"),
        HEAD,
      ],
      want: ["c2", "Dry-Run: room-a", /^CommitsNotRead: .* changes? .*`Confirm:`/],
    },
    {
      name: "all because of a line that looks like one",
      said: [commit("c1", "Try\n\ndry-run: yes"), HEAD],
      want: ["c1", "dry-run: yes", /; CommitsNotRead: .*`Confirm:`/],
    },
    {
      name: "all where the messages are too much to be read",
      said: null,
      want: ["head", "(messages not read)", /^CommitsNotRead: the messages .*`Confirm:`/],
    },
  ] as const) {
    it(`holds ${name}`, () => {
      const held = hold(said);
      if (want === null) return expect(held).to.equal(null);
      const [oid, line, reason] = want;
      expect(held).to.include({ commit: oid, line });
      expect(held?.reason).to.match(reason);
    });
  }
});
