import { expect } from "chai";
import { ROUTES } from "../../../agent/api/routes.ts";
import { codes, Page } from "../../support/page.ts";

describe("docs/api.md", () => {
  it("lists every route of the API, in their order", () => {
    const [head = ""] = Page.read("docs/api.md").text.split("\n## ");
    const shown = new Page(head).rows().map(([route]) => codes(route ?? "")[0]);
    const known = Object.values(ROUTES).map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, "{$1}")}`,
    );
    expect(shown).to.deep.equal(known);
  });
});
