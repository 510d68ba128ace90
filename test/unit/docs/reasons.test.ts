import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { PROBLEM_CODES } from "../../../agent/api/problem.ts";
import { CONDITION_TYPES } from "../../../agent/status/condition.ts";
import { REASONS } from "../../../agent/status/reasons.ts";
import { Page, PROJECT } from "../../support/page.ts";

/** Words in quotes that begin with a capital letter and are no reasons. */
const OTHER_WORDS: ReadonlySet<string> = new Set([
  ...CONDITION_TYPES,
  // Explained in docs/api.md.
  ...PROBLEM_CODES,
  // A condition that a metric counts.
  "Contested",
  // Values of /status.
  "True",
  "False",
  "Unknown",
  "Healthy",
  "Degraded",
  "Unhealthy",
  // Names of configuration keys and limits.
  ..."MaxEntitiesKickPerCycle MaxArtifactsDeletePerCycle PackBytes ObjectBytes Commits CommitFiles Depth Entries ParseSeconds SeedTotalBytes SeedRoot HttpApi".split(
    " ",
  ),
  // Headers, trailers and members that hold secrets.
  ..."Allow Authorization Confirm Password Secret Token".split(" "),
  // Names of classes and formats, and errors that never leave the process or the demo.
  ..."OperatorError RoomSpec NotFoundError RemoteCapabilityError ApiStopped DemoMisconfigured".split(
    " ",
  ),
]);

const CAPITALISED = /"([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*)"/g;

/** Capitalised words in quotes by word, with a file that has each. Configuration has its own page of keys. */
function wordsInCode(): ReadonlyMap<string, string> {
  const files = globSync("agent/**/*.ts", { cwd: PROJECT }).filter(
    (file) => !/^agent\/(config\/(?!credential)|status\/\w+-reasons\.ts)/.test(file),
  );
  return new Map(
    files.flatMap((file) => {
      const code = readFileSync(path.join(PROJECT, file), "utf8").replaceAll(
        /^\s*(\/\/|\/?\*).*$/gm,
        "",
      );
      return [...code.matchAll(CAPITALISED)].map(([, word]): [string, string] => [
        word ?? "",
        file,
      ]);
    }),
  );
}

describe("reasons", () => {
  const words = wordsInCode();

  it("of the code are all explained in agent/status/*-reasons.ts (then: npm run docs)", () => {
    expect(words.size).to.be.above(80);
    const unexplained = [...words].filter(
      ([word]) => !Object.hasOwn(REASONS, word) && !OTHER_WORDS.has(word),
    );
    expect(unexplained.map(([word, file]) => `${word} in ${file}`)).to.deep.equal([]);
  });

  it("that are explained are all used in the code", () => {
    expect(Object.keys(REASONS).filter((reason) => !words.has(reason))).to.deep.equal([]);
  });

  it("are not explained twice, as a reason and as something else", () => {
    const shared =
      "Contested Suspended SpecInvalid StoreDamaged StoreUnavailable Orphaned UnknownRoom UnknownSource".split(
        " ",
      );
    expect(Object.keys(REASONS).filter((reason) => OTHER_WORDS.has(reason))).to.have.members(
      shared,
    );
  });

  it("and conditions stand in docs/spec.md", () => {
    const { text } = Page.read("docs/spec.md");
    for (const word of [...Object.keys(REASONS), ...CONDITION_TYPES])
      expect(text).to.include(`| \`${word}\` |`);
  });
});
