import { expect } from "chai";
import { otherPlaces } from "../../../agent/run/other-places.ts";
import { accepted } from "../../support/load-settings.ts";

/** The sources at whose places the repository of the first one is read too. */
async function readToo(url: string, other: string): Promise<readonly string[]> {
  const [a, b] = [
    { Name: "specs", Url: "https://git.test/a", Path: "rooms" },
    { Name: "other", Url: "https://git.test/b", Path: "rooms2" },
  ];
  const config = await accepted({ Git: { Sources: [a, b] } });
  const urls = [url, other];
  const sources = config.git.sources.map((one, at) =>
    one.kind === "git" ? { ...one, url: urls[at] ?? "" } : one,
  );
  const git = { ...config.git, sources };
  return otherPlaces("specs", { git }, []).map(({ source }) => source);
}

describe("otherPlaces", () => {
  for (const [url, other] of [
    ["https://git.test/ops/specs.git", "https://git.test/ops/specs"],
    ["https://git.test/ops/specs", "https://git.test:3000/Ops/Specs/"],
    ["https://git.test/ops/specs.git", "git@git.test:ops/specs.git"],
    ["ssh://git@git.test:2222/ops/specs.git", "https://git/forge/ops/specs"],
  ] as const)
    it(`takes ${url} and ${other} for one repository`, async () => {
      expect(await readToo(url, other)).to.deep.equal(["other"]);
    });

  for (const other of ["https://git.test/ops/specs2", "https://git.test/dev/specs"])
    it(`takes ${other} for another one`, async () => {
      expect(await readToo("https://git.test/ops/specs", other)).to.deep.equal([]);
    });
});
