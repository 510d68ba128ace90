import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { codes, Page, PROJECT } from "../../support/page.ts";

const page = Page.read("docs/operations.md");
const code = globSync("agent/**/*.ts", { cwd: PROJECT })
  .map((file) => readFileSync(path.join(PROJECT, file), "utf8"))
  .join("\n");

const firstCells = (title: string) =>
  page
    .section(title)
    .rows()
    .flatMap(([cell]) => codes(cell ?? ""));

describe("docs/operations.md", () => {
  it("explains every action of the audit, and none that is not", () => {
    const records = code.matchAll(
      /"((?:room|source)\.[a-zA-Z]+|store\.(?:damaged|failed|recovered)|(?:entity|artifact|policy|resource)\.[a-z]{3,}ed|policy\.set)"/g,
    );
    const known = new Set([...records].map(([, action]) => action));
    expect(known.size).to.be.above(12);
    const shown = firstCells("Audit").filter(
      (action) => action.includes(".") && action !== ".intended",
    );
    expect(shown).to.have.members([...known]);
  });

  it("names only messages that are logged", () => {
    const messages = firstCells("Logs").filter((message) => message.includes(" "));
    expect(messages.length).to.be.above(10);
    for (const message of messages) expect(code).to.include(`"${message}"`);
  });

  it("shows an audit record that has the members it has", () => {
    expect(JSON.parse(page.section("Audit").block("json"))).to.have.all.keys(
      "type",
      "action",
      "correlationId",
      "timestamp",
      "operatorVersion",
      "specVersion",
      "metadata",
    );
  });
});
