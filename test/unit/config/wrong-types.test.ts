import { expect } from "chai";
import { refused } from "../../support/load-settings.ts";

const SOURCES = 'a list of at most 256 entries, as in [{ "Name": … }]';
const REF = 'an object with the keys Branch, Tag, Semver, Commit, as in { "Branch": … }';

describe("a list or an object of the configuration", () => {
  for (const [found, settings, message] of [
    ["an object", { Git: { Sources: { Name: "specs" } } }, `is an object, but must be ${SOURCES}`],
    ["text", { Git: { Sources: "canary" } }, `is text, but must be ${SOURCES}`],
    ["nothing", { Git: { Sources: null } }, `is nothing, but must be ${SOURCES}`],
    ["a branch", { Git: { Sources: [{ Ref: "canary" }] } }, `is text, but must be ${REF}`],
    ["a list", { Git: { Sources: [{ Ref: ["canary"] }] } }, `is a list, but must be ${REF}`],
    [
      "a longer list",
      { Git: { Sources: Array.from({ length: 257 }, () => ({})) } },
      `has 257 entries, but must be ${SOURCES}`,
    ],
  ] as const) {
    it(`says what is there and what has to be, where it finds ${found}`, async () => {
      const messages = (await refused(settings)).map((problem) => problem.message);
      expect(messages).to.include(message);
      expect(messages.join("\n")).to.not.include("canary");
    });
  }
});
