import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { artifactFingerprint } from "../../../agent/spec/fingerprint.ts";
import { specFields } from "../../../docs/spec-fields.ts";
import { Page, PROJECT } from "../../support/page.ts";
import { parseValid, warningsOf } from "../../support/parse.ts";

const page = Page.read("docs/spec.md");

/** Members of all objects of the schema file, other spellings aside. */
function countMembers(file: string): number {
  let count = 0;
  JSON.parse(readFileSync(path.join(PROJECT, file), "utf8"), (key, value: unknown) => {
    if (key !== "properties") return value;
    const members = Object.values(value as Record<string, { deprecated?: boolean }>);
    count += members.filter(({ deprecated }) => deprecated !== true).length;
    return value;
  });
  return count;
}

describe("docs/spec.md", () => {
  it("begins with an example that is valid without a warning", () => {
    const example = page.section("An example").block("yaml");
    expect(parseValid(example).spec.artifacts).to.have.length(2);
    expect(warningsOf(example)).to.deep.equal([]);
  });

  it("has a row for every field of the schema, with meaning and default", () => {
    const fields = specFields();
    expect(fields).to.have.length(countMembers("specs-example/room.schema.json"));
    expect(page.section("Fields").rows()).to.have.length(fields.length);
    expect(fields.map(({ field }) => field)).to.include.members([
      "`spec.entities[].policy.rateLimit.perMinute`",
      "`spec.artifacts[].seedFrom`",
      "`spec.resources[].onMissingDependency`",
    ]);
    for (const { field, range, fallback } of fields) {
      expect(`${range}|${fallback}`, field).to.match(/^[^|]+\|[^|]+$/);
      expect(range, field).not.to.equal("any");
    }
  });

  it("shows the fingerprint that the agent computes", () => {
    const artifact = {
      name: "plan",
      type: "document",
      workspace: "shared",
      tags: ["planning", "week-1"],
    };
    const fingerprint = artifactFingerprint(artifact, new TextEncoder().encode("# Plan\n"));
    expect(page.section("Seeds").text).to.include(`    ${fingerprint}\n`);
  });
});
