import { expect } from "chai";
import * as fc from "fast-check";
import { describeKeys } from "../../../agent/config/describe.ts";
import { loadSettings, refused, warned } from "../../support/load-settings.ts";

const token = { ROOM_AUTH_TOKEN: "t" };

describe("hostile settings", () => {
  for (const text of [
    '{"__proto__":{"Port":1}}',
    '{"constructor":{"prototype":{"Port":1}}}',
    '{"HttpApi":{"__proto__":{"Port":1}}}',
  ]) {
    it(`are refused as unknown: ${text}`, async () => {
      expect((await refused(text))[0]?.message).to.match(/^is not a known key/);
      expect({}).to.not.have.property("Port");
    });
  }

  it("may be nested without end where anything may stand", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const warnings = await warned(`{"RoomServer":{"EntityPresence":[${deep}]}}`, token);
    expect(warnings.map(({ key }) => key)).to.deep.equal(["RoomServer.EntityPresence"]);
    expect((await refused(`{"HttpApi":{"Port":${deep}}}`))[0]?.message).to.match(/^is a list, but/);
  });

  it("are named where they belong, if their name stands further below", async () => {
    const problems = await refused({ Operator: { IntervalSeconds: 5 }, Host: "a" });
    expect(problems.map(({ message }) => message)).to.deep.equal([
      "is not a known key; did you mean Operator.Reconciliation.IntervalSeconds?",
      "is not a known key; did you mean HttpApi.Host?",
    ]);
  });

  it("are named without harm to a terminal", async () => {
    const problems = await refused({ "a\u001b[2J": 1, "": 2 }, { "Store__\u001b[2J": "x" });
    expect(problems.map(({ key }) => key)).to.deep.equal([
      '["Store__\\u001b[2J"]',
      '["a\\u001b[2J"]',
      '[""]',
    ]);
    expect(JSON.stringify(problems)).to.equal(JSON.stringify(problems).replace(/\p{Cc}/gu, ""));
    expect(problems[0]?.message).to.not.include("\u001b");
  });

  it("are refused when there are too many sources", async () => {
    const sources = Array.from({ length: 257 }, (_, position) => ({
      Name: `s${position}`,
      Url: "https://git.test/a",
    }));
    expect((await refused({ Git: { Sources: sources } }))[0]).to.deep.include({
      key: "Git.Sources",
    });
  });

  it("end in a configuration or in problems with key and message, never in an error", async () => {
    const names = [...new Set(describeKeys().flatMap(({ key }) => key.split(/\.|\[\]\.?/)))];
    const name = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 5 }));
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("5s", "https://git.test/a", "${X}", "${Y}", "$${", "${", "true", "7", "."),
    );
    const leaf = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    const variable = fc
      .array(fc.oneof(name, fc.constantFrom("0", "1")), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join("__"));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, tree, { maxKeys: 4 }),
        fc.dictionary(variable, text, { maxKeys: 4 }),
        async (file, variables) => {
          const loaded = await loadSettings(file, { ...variables, X: "x" });
          const told = loaded.ok ? loaded.warnings : loaded.problems;
          for (const { key, message } of told) expect(`${key} ${message}`).to.match(/^\S.* \S/s);
          if (!loaded.ok) expect(told).to.not.be.empty;
        },
      ),
      { numRuns: 300 },
    );
  });
});
