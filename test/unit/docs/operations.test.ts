import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { codes, Page, PROJECT } from "../../support/page.ts";

const page = Page.read("docs/operations.md");
const code = globSync("agent/**/*.ts", { cwd: PROJECT })
  .map((file) => readFileSync(path.join(PROJECT, file), "utf8").replaceAll(/^ *\*.*$/gm, ""))
  .join("\n");

const firstCells = (title: string) =>
  page
    .section(title)
    .rows()
    .flatMap(([cell]) => codes(cell ?? ""));

/** The constant sentences of calls like `log.warn({ … }, "sentence")`: whatever texts of their last argument have a blank. */
function loggedMessages(source: string): readonly string[] {
  const calls = source.matchAll(/\b#?log(?:ger)?\.(?:info|warn|error|fatal)\(/g);
  return [...calls].flatMap(({ index, 0: opening }) => {
    const start = index + opening.length;
    let [end, depth] = [start, 1];
    for (; depth > 0 && end < source.length; end += 1) {
      if ("({[".includes(source[end] ?? "")) depth += 1;
      if (")}]".includes(source[end] ?? "")) depth -= 1;
    }
    const args = source.slice(start, end - 1);
    const last = args.slice(Math.max(args.lastIndexOf("},"), 0));
    return [...last.matchAll(/"([^"]+)"/g)].flatMap(([, text]) => text ?? []).filter(isSentence);
  });
}

function isSentence(text: string): boolean {
  return text.includes(" ");
}

describe("docs/operations.md", () => {
  it("explains every action of the audit, and none that is not", () => {
    const records = code.matchAll(
      /"((?:room|source|intent)\.[a-zA-Z]+|store\.(?:damaged|failed|recovered)|(?:entity|artifact|policy|resource)\.[a-z]{3,}ed|policy\.set)"/g,
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

  it("explains every message that is logged at info or above", () => {
    const logged = new Set(loggedMessages(code));
    expect(logged.size).to.be.above(10);
    const shown = firstCells("Logs");
    expect([...logged].filter((message) => !shown.includes(message))).to.deep.equal([]);
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
