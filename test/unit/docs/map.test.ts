import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { codes, Page, PROJECT } from "../../support/page.ts";

const map = Page.read("agent/README.md");

const firstCells = (page: Page) => page.rows().flatMap(([cell]) => codes(cell ?? ""));

/** The folders in the order in which the linter lets them import each other. */
function importOrder(): readonly string[] {
  const config = readFileSync(path.join(PROJECT, "oxlint.config.ts"), "utf8");
  const list = /const FOLDERS = \[([^\]]*)\]/.exec(config)?.[1] ?? "";
  return [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name ?? "");
}

describe("agent/README.md", () => {
  it("lists every folder and file of agent/, in the order of imports", () => {
    const entries = readdirSync(path.join(PROJECT, "agent"), { withFileTypes: true });
    const known = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    const [order = ""] = map.text.split("## Where to start");
    const listed = firstCells(new Page(order));
    expect(listed).to.have.members(known.filter((name) => name !== "README.md"));
    const folders = listed.filter((name) => name.endsWith("/")).map((name) => name.slice(0, -1));
    expect(folders).to.deep.equal(importOrder().filter((name) => folders.includes(name)));
  });

  it("sends to files that exist", () => {
    const files = map
      .section("Where to start")
      .rows()
      .flatMap(([, cell]) => codes(cell ?? ""));
    expect(files.length).to.be.above(10);
    for (const file of files)
      expect(existsSync(path.join(PROJECT, "agent", file)), file).to.equal(true);
    for (const folder of firstCells(map.section("Around `agent/`")))
      expect(existsSync(path.join(PROJECT, folder)), folder).to.equal(true);
  });
});

describe("CONTRIBUTING.md", () => {
  it("names only files that exist, but for those that a build makes", () => {
    const files = codes(
      Page.read("CONTRIBUTING.md").text.replaceAll(/^```[^]*?^```$/gm, ""),
    ).filter((code) => /^(?!dist\/)[\w-]+\/[\w./-]+$/.test(code));
    expect(files.length).to.be.above(15);
    for (const file of files) expect(existsSync(path.join(PROJECT, file)), file).to.equal(true);
  });
});
