import { expect } from "chai";
import { accepted, warned } from "../../support/load-settings.ts";
import { Page } from "../../support/page.ts";

const page = Page.read("docs/install.md");
const pulls = Page.read("docs/pull-requests.md");

describe("docs/install.md", () => {
  it("shows a configuration that loads without a warning but that of the missing token", async () => {
    const [, json = ""] = /<<'JSON'\n([^]*?)^JSON$/m.exec(page.text) ?? [];
    expect(await warned(JSON.parse(json), { ROOM_AUTH_TOKEN: "t" })).to.deep.equal([]);
  });
});

describe("docs/pull-requests.md", () => {
  it("shows a threshold that loads without a warning", async () => {
    const json: unknown = JSON.parse(pulls.section("Four eyes").block("json"));
    const { operator } = await accepted(json, { ROOM_AUTH_TOKEN: "t" });
    expect(operator.reconciliation.guardrails.changeThreshold).to.equal(0);
  });

  it("shows a forge that loads without a warning", async () => {
    const json: unknown = JSON.parse(pulls.section("The plan in the pull request").block("json"));
    expect(await warned(json, { ROOM_AUTH_TOKEN: "t" })).to.deep.equal([]);
    const { git } = await accepted(json, { ROOM_AUTH_TOKEN: "t" });
    const [source] = git.sources;
    expect(source?.kind === "git" && source.forge?.repository).to.equal("rooms/specs");
  });
});
