import { readFileSync } from "node:fs";
import { expect } from "chai";
import { GENERATED_PARTS, refresh } from "../../../docs/generated-parts.ts";
import { accepted } from "../../support/load-settings.ts";

function readPage(name: string): string {
  return readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
}

/** The first fenced block of a page in this language. */
function block(page: string, language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(page);
  if (found?.[1] === undefined) throw new Error(`no block of ${language}`);
  return found[1];
}

describe("generated pages", () => {
  for (const part of GENERATED_PARTS) {
    it(`${part.page} is what npm run docs makes of it`, () => {
      const page = readPage(part.page);
      expect(refresh(page, part)).to.equal(page);
      expect(part.render().split("\n").length).to.be.greaterThan(10);
    });
  }

  it("refuses a page without the marks", () => {
    for (const part of GENERATED_PARTS) expect(() => refresh("# Page", part)).to.throw(/no <!--/);
  });

  it("shows one configuration as a file and as variables", async () => {
    const page = readPage("configuration.md");
    const exports = [...block(page, "sh").matchAll(/^export (\w+)=(.+)$/gm)];
    const env = Object.fromEntries(
      exports.map(([, name, value]) => [name, value === "…" ? "t" : value]),
    );
    const fromFile = await accepted(block(page, "json"), { ROOM_AUTH_TOKEN: "t" });
    expect(await accepted({}, env)).to.deep.equal(fromFile);
    expect(fromFile.git.sources.map(({ path }) => path)).to.deep.equal(["rooms"]);
  });

  for (const page of ["metrics.md", "operations.md"]) {
    it(`${page} asks for metrics that exist`, () => {
      const [listed] = GENERATED_PARTS.filter(({ name }) => name === "metrics");
      const text = readPage(page).split("<!-- begin metrics -->")[0] ?? "";
      const names = [...text.matchAll(/room_operator_\w+/g)].map(([name]) => name);
      expect(names).to.have.length.greaterThan(2);
      for (const name of names) {
        expect(listed?.render()).to.include(`\`${name.replace(/_bucket$/, "")}\``);
      }
    });
  }
});
