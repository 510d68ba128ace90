import { IGNORE_LIMITS, readIgnoreFiles } from "../../../agent/source/room-ignore.ts";
import { mustHold, textBytes, type FuzzTarget } from "../fuzz-target.ts";
import { typed } from "./typed.ts";

/** Between the file at the top and the one in a folder. */
const BREAK = "\n=====\n";

const PATHS = [
  "a.room.yaml",
  "rooms/a.room.yaml",
  "rooms/drafts/b.room.yml",
  `${"a/".repeat(16)}x.room.json`,
  `${"a".repeat(240)}.room.yaml`,
  "a[1]/#b !c.room.yaml",
];

const WORDS = [
  "* ** / **/ /** ! # [ ] [! [^ [[:alpha:]] ? a a* *a ( + {1,9} $ | ../ ./ [z-a] \\ \\/ rooms/".split(
    " ",
  ),
  [".room.yaml", " ", "\n", "\r\n", BREAK, "\0", "\ufeff", "\u001b[2J"],
].flat();

/** How long all patterns of an input may take for all paths, ms: a pattern may be made to be slow. */
const LONGEST_MS = 2_000;

/** Files that say which specs are not read. */
export const roomignore: FuzzTarget = {
  name: "roomignore",
  what: "two .roomignore files",
  maxBytes: IGNORE_LIMITS.bytes + 100,
  seeds: [
    "# drafts\ndrafts/\n!drafts/keep.room.yaml\n/a.*\n**/b\nx/**/y\n",
    `*.room.yaml\r\n${BREAK}!*\n\\#a\n\\!b\na\\ \n[a-z]*\n`,
  ].map(textBytes),
  words: WORDS,
  run: (input) =>
    typed(() => {
      const [top = "", below] = Buffer.from(input).toString("latin1").split(BREAK);
      const files = [{ path: ".roomignore", bytes: Buffer.from(top, "latin1") }];
      if (below !== undefined)
        files.push({ path: "rooms/.roomignore", bytes: Buffer.from(below, "latin1") });
      const beganMs = performance.now();
      const rules = readIgnoreFiles(files, ".");
      const whys = PATHS.map((path) => rules.whyIgnored(path));
      mustHold(performance.now() - beganMs < LONGEST_MS, "no pattern is slow");
      for (const why of whys)
        mustHold(why === null || !/\p{Cc}/u.test(why), "a reason is fit to be shown");
      const again = readIgnoreFiles(files.toReversed(), ".");
      const same = PATHS.every((path, at) => again.whyIgnored(path) === whys[at]);
      mustHold(same, "the order in which files are met does not count");
      return whys.map((why) => (why === null ? "-" : "i")).join("");
    }),
};
