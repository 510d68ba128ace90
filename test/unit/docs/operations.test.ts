import { expect } from "chai";
import { codes, Page } from "../../support/page.ts";
import { auditActions, logCalls } from "./source-words.ts";

const page = Page.read("docs/operations.md");
const firstCells = (title: string) =>
  page
    .section(title)
    .rows()
    .flatMap(([cell]) => codes(cell ?? ""));

/** One line per message, `message: levels`; the levels of a row are one for all, or one for each of its messages. */
function loggedInDocs(): string[] {
  const rows = page
    .section("Logs")
    .rows()
    .filter((cells) => cells.length === 3);
  return rows.flatMap(([messages = "", levels = ""]) => {
    const names = codes(messages);
    const each = levels.split(", ");
    return names.map((name, at) => {
      const own = names.length > 1 && each.length === names.length ? [each[at]] : each;
      return `${name}: ${own.toSorted((a = "", b = "") => a.localeCompare(b)).join()}`;
    });
  });
}

describe("docs/operations.md", () => {
  it("explains every action of the audit, and none that is not", () => {
    const known = auditActions();
    expect(known.size).to.be.above(20);
    const shown = firstCells("Audit").filter((action) => action !== ".intended");
    expect(shown).to.have.members([...known]);
  });

  it("explains every message that is logged with its level, and none that is not", () => {
    const calls = logCalls();
    expect(calls.length).to.be.above(20);
    const levels = new Map<string, Set<string>>();
    for (const { file, message, levels: some } of calls) {
      if (message === undefined) throw new Error(`${file} logs a message that is not constant`);
      for (const level of some)
        levels.set(message, (levels.get(message) ?? new Set<string>()).add(level));
    }
    const inCode = [...levels].map(([message, some]) => `${message}: ${[...some].sort().join()}`);
    expect(loggedInDocs().sort()).to.deep.equal(inCode.sort());
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
