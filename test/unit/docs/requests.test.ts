import { globSync } from "node:fs";
import { expect } from "chai";
import { ROUTES, type Route } from "../../../agent/api/routes.ts";
import { Page, PROJECT } from "../../support/page.ts";

const routes: readonly Route[] = Object.values(ROUTES);

/** The requests to the agent's API that a page shows as curl lines. */
function requestsOf(name: string): readonly { readonly method: string; readonly url: URL }[] {
  const blocks = [...Page.read(name).blocks("bash"), ...Page.read(name).blocks("sh")];
  const lines = blocks
    .flatMap((block) => block.split("\n"))
    .filter((line) => /^curl .*:8080/.test(line));
  return lines.map((line) => ({
    method: / -X (\w+)/.exec(line)?.[1]?.toLowerCase() ?? "get",
    url: new URL(/http:[^\s"']+/.exec(line)?.[0] ?? ""),
  }));
}

function routeOf({ method, url }: { method: string; url: URL }): Route | undefined {
  return routes.find(
    (route) =>
      route.method === method &&
      new RegExp(`^${route.path.replaceAll(/:\w+/g, "[^/]+")}$`).test(url.pathname),
  );
}

describe("requests that the documents show", () => {
  it("are many", () => {
    expect(requestsOf("docs/api.md").length).to.be.above(10);
    expect(requestsOf("docs/install.md").length).to.be.above(2);
  });

  for (const name of globSync(["README.md", "docs/**/*.md"], { cwd: PROJECT })) {
    it(`of ${name} are requests of the API`, () => {
      for (const request of requestsOf(name)) {
        const { href, searchParams } = request.url;
        const query = routeOf(request)?.query.safeParse(Object.fromEntries(searchParams));
        expect(query?.success, `${request.method} ${href}`).to.equal(true);
      }
    });
  }
});
