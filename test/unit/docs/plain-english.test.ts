import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { PROJECT } from "../../support/page.ts";

/** Words that the documents and the agent's code do not use, and what to write instead. */
const NEVER: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, "again, or the field's word: rotated, re-created, restarted"],
  [/\bmend(?:s|ed|ing)?\b/i, "correct, fix or repair"],
  [/\bbeside\b/i, "next to, alongside, while"],
  [/\btold\b|\btells\b|\btell of\b/i, "reported, shows, lists"],
  [/\bheard\b|\bhears\b/i, "read, parsed, handled"],
  [/\blies\b/i, "is stored, is; of commits: is an ancestor of"],
  [/\bin vain\b|\bto no purpose\b/i, "without success"],
  [/\bnobody\b/i, "name who or what is missing: the room has no owner"],
  [/\b(?:a|own|needs?|person's) yes\b|\bsa(?:y|ys|id) yes\b/i, "confirmation, confirm"],
  [/\ba wish\b|\bknock(?:s|ed)?\b/i, "request"],
  [/\b(?:go|goes|going|went) on\b/i, "continues, is applied"],
  [/\b(?:taken|takes?|taking|took) in\b/i, "ingested"],
  [/\b(?:taken|takes?|taking|took) back\b/i, "rolled back, undone"],
  [/\blet(?:s|ting)? go\b/i, "released, orphaned, stops managing"],
  [/\bwhatever comes of it\b|\bhow-manieth\b/i, "a plain word"],
  [/\bas it should(?: be)?\b/i, "converged, verified"],
  [/(?<!there )\bis no (?!longer|more)/i, "is not a"],
  [/\bveto(?:es)?\b/i, "refusal"],
  [/\bsent (?:RoomSpec|spec)/i, "posted spec: one word for one thing"],
];

const files = globSync(
  [
    "README.md",
    "CONTRIBUTING.md",
    "docs/**/*.{md,ts}",
    "{specs-example,devserver}/README.md",
    "agent/**/*.{md,ts}",
  ],
  { cwd: PROJECT },
);

describe("plain English", () => {
  it("is looked for in all documents and in the agent", () => {
    const some = ["README.md", "docs/spec.md", "docs/decisions/README.md", "agent/main.ts"];
    expect(files).to.include.members(some);
  });

  for (const file of files) {
    it(`is kept in ${file}`, () => {
      const lines = readFileSync(path.join(PROJECT, file), "utf8").split("\n");
      const found = lines.flatMap((line, index) =>
        NEVER.flatMap(([pattern, instead]) => {
          const [word] = pattern.exec(line) ?? [];
          return word === undefined ? [] : [`${file}:${index + 1}: "${word}" (write: ${instead})`];
        }),
      );
      expect(found).to.deep.equal([]);
    });
  }
});
