import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ANSWERS, problemAnswer } from "../../../agent/api/contract.ts";
import { ROUTES, type RouteId } from "../../../agent/api/routes.ts";
import { PROBLEM_CODES } from "../../../agent/api/problem.ts";
import { CONDITION_TYPES } from "../../../agent/status/condition.ts";

const text = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");

/** Text, and an answer that is shown as a part of another. */
const WITHOUT_EXAMPLE: ReadonlySet<string> = new Set(["/metrics", "/status/rooms/:roomId"]);

/** The part under a heading, up to the next one of its level. */
function section(heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`);
  const end = text.indexOf("\n## ", start + 1);
  return start === -1 ? "" : text.slice(start, end === -1 ? undefined : end);
}

describe("docs/api.md", () => {
  for (const id of Object.keys(ROUTES) as RouteId[]) {
    const { method, path } = ROUTES[id];
    const shown = `${method.toUpperCase()} ${path.replace(/:(\w+)/g, "{$1}")}`;

    it(`shows how to ask for ${shown}`, () => {
      expect(section(shown)).to.match(/```bash\ncurl .*127\.0\.0\.1:8080/);
      expect(text).to.include(`[\`${shown}\`]`);
    });

    it(`shows only answers of ${shown} that can be`, () => {
      const examples = [
        ...section(shown).matchAll(/Answer (\d{3})[^\n]*\n\n```json\n(.*?)\n```/gs),
      ];
      expect(examples.length > 0 || WITHOUT_EXAMPLE.has(path)).to.equal(true);
      for (const [, status, example] of examples) {
        const schema =
          Object.entries(ANSWERS[id]).find(([key]) => key === status)?.[1] ?? problemAnswer;
        const parsed = schema.safeParse(JSON.parse(example ?? ""));
        expect(parsed.error?.message, `answer ${status}`).to.equal(undefined);
      }
    });
  }

  it("explains every code and every condition", () => {
    for (const code of PROBLEM_CODES) expect(section("Problems")).to.include(`\`${code}\``);
    for (const type of CONDITION_TYPES)
      expect(section("GET /status")).to.include(`| \`${type}\` |`);
  });
});
