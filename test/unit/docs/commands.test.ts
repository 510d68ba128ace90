import { expect } from "chai";
import { commands } from "../../../agent/cli/commands.ts";
import { codes, Page } from "../../support/page.ts";

describe("docs/commands.md", () => {
  it("lists every command as help does", () => {
    const [head = ""] = Page.read("docs/commands.md").text.split("\n## ");
    const shown = new Page(head).rows().map(([call]) => codes(call ?? "")[0]);
    const known = Object.entries(commands).map(([name, { usage }]) =>
      `room-operator ${name} ${usage}`.trimEnd(),
    );
    expect(shown).to.deep.equal(known);
  });
});
