import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Page, PROJECT } from "../../support/page.ts";

/** The anchor that a heading gets on the usual forges. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** Without the content of the example's artifacts. */
const pages = globSync(["*.md", "{agent,devserver,docs,specs-example,test,bench}/**/*.md"], {
  cwd: PROJECT,
  exclude: ["specs-example/seeds"],
});

describe("links of the documents", () => {
  it("are looked for in every document", () => {
    expect(pages).to.include.members(["README.md", "docs/spec.md", "agent/README.md"]);
  });

  for (const name of pages) {
    it(`of ${name} lead somewhere`, () => {
      for (const link of Page.read(name).links) {
        if (/^https?:/.test(link)) continue;
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? name : path.join(path.dirname(name), file);
        expect(existsSync(path.join(PROJECT, target)), `${name}: ${link}`).to.equal(true);
        if (anchor === undefined) continue;
        expect(Page.read(target).headings.map(anchorOf), `${name}: ${link}`).to.include(anchor);
      }
    });
  }

  it("are all in the index or the README", () => {
    const reachable = ["README.md", "docs/README.md", "docs/decisions/README.md"].flatMap((name) =>
      Page.read(name).links.map((link) => path.join(path.dirname(name), link.split("#")[0] ?? "")),
    );
    const documents = pages.filter((name) => name !== "README.md" && name !== "docs/README.md");
    expect(reachable).to.include.members(documents);
  });
});
