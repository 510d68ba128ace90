import { expect } from "chai";
import { thingsToTry } from "../../../agent/cli/demo-words.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { accepted, warned } from "../../support/load-settings.ts";
import { Page } from "../../support/page.ts";
import { parseValid, warningsOf } from "../../support/parse.ts";

const readme = Page.read("README.md");

describe("README.md", () => {
  it("has at most 150 lines", () => {
    expect(readme.text.split("\n").length).to.be.at.most(151);
  });

  it("names only npm scripts that exist", () => {
    const named = [...readme.text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? "");
    expect(named).to.include.members(["demo", "devserver"]);
    expect(packageJson.scripts).to.include.keys(...named, "test", "start");
  });

  it("shows a RoomSpec that is valid, and writes the seed that it names", () => {
    const block = readme.section("Quick start").blocks("bash")[1] ?? "";
    const [, yaml = ""] = /<<'YAML'\n([^]*?)^YAML$/m.exec(block) ?? [];
    const { spec } = parseValid(yaml);
    expect(spec.roomId).to.equal("lab-01");
    expect(warningsOf(yaml)).to.deep.equal([]);
    for (const { seedFrom } of spec.artifacts) expect(block).to.include(`> ${seedFrom}\n`);
  });

  it("shows variables that load without a warning", async () => {
    const start = readme
      .section("Your own rooms")
      .blocks("bash")
      .find((block) => block.includes("export"));
    const exports = [...(start ?? "").matchAll(/^export (\w+)=(.+)$/gm)];
    const env = Object.fromEntries(exports.map(([, name, value]) => [name, value]));
    const { git } = await accepted({}, env);
    expect(git.sources.map(({ name }) => name)).to.deep.equal(["specs"]);
    expect(await warned({}, env)).to.deep.equal([]);
  });

  it("types the demo's own lines for a removal", () => {
    const words = thingsToTry({ gitUrl: "", agentUrl: "" });
    const lines = readme
      .section("A removal that is refused")
      .blocks("bash")
      .flatMap((block) => block.trim().split("\n"));
    expect(lines).to.have.length(3);
    for (const line of lines) expect(words).to.include(`  ${line}\n`);
  });
});
