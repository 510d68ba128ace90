import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { PROBLEM_CODES } from "../../../agent/api/problem.ts";
import { CONDITION_TYPES } from "../../../agent/status/condition.ts";
import { isReason, REASONS } from "../../../agent/status/reasons.ts";
import { Page, PROJECT } from "../../support/page.ts";

/** Codes that are no reasons: docs/api.md explains those of the API, and two never leave the process or the demo. */
const OTHER_CODES: ReadonlySet<string> = new Set([
  ...PROBLEM_CODES,
  "ApiStopped",
  "DemoMisconfigured",
]);

/** Codes of errors and of rejected commands, and reasons in log lines: the compiler takes any string there. */
const CODES = /(?:OperatorError\(\s*|\b(?:code|reason): )"([A-Z][a-z]\w*)"/g;
const QUOTED = /"([A-Z][a-z]\w*)"/g;

/** The words that `pattern` finds in the code, by word, each with a file that has it. */
function wordsInCode(pattern: RegExp): ReadonlyMap<string, string> {
  const files = globSync("agent/**/*.ts", { cwd: PROJECT }).filter(
    (file) => !/^agent\/status\/\w+-reasons\.ts/.test(file),
  );
  return new Map(
    files.flatMap((file) => {
      const code = readFileSync(path.join(PROJECT, file), "utf8").replaceAll(
        /^\s*(\/\/|\/?\*).*$/gm,
        "",
      );
      return [...code.matchAll(pattern)].map(([, word]): [string, string] => [word ?? "", file]);
    }),
  );
}

describe("reasons", () => {
  it("that are codes of errors are all explained in agent/status/*-reasons.ts (then: npm run docs)", () => {
    const codes = wordsInCode(CODES);
    expect(codes.size).to.be.above(50);
    const unexplained = [...codes].filter(([word]) => !isReason(word) && !OTHER_CODES.has(word));
    expect(unexplained.map(([word, file]) => `${word} in ${file}`)).to.deep.equal([]);
  });

  it("that are explained are all used in the code", () => {
    const words = wordsInCode(QUOTED);
    expect(Object.keys(REASONS).filter((reason) => !words.has(reason))).to.deep.equal([]);
  });

  it("are not explained twice, as a reason and as a code or condition", () => {
    const shared =
      "Contested Suspended SpecInvalid StoreDamaged StoreUnavailable Orphaned UnknownRoom UnknownSource".split(
        " ",
      );
    const others = new Set<string>([...OTHER_CODES, ...CONDITION_TYPES]);
    expect(Object.keys(REASONS).filter((reason) => others.has(reason))).to.have.members(shared);
  });

  it("and conditions stand in docs/spec.md", () => {
    const { text } = Page.read("docs/spec.md");
    for (const word of [...Object.keys(REASONS), ...CONDITION_TYPES])
      expect(text).to.include(`| \`${word}\` |`);
  });
});
