import { expect } from "chai";
import { checkFiles } from "../../../agent/config/check-files.ts";
import { accepted, refused, withSource } from "../../support/load-settings.ts";

describe("Fetcher", () => {
  it("is builtin unless it says system, which leaves the proxies of the environment to git", async () => {
    const env = { HTTPS_PROXY: "socks5://p" };
    expect((await accepted(withSource({}))).git.sources[0]?.fetcher).to.equal("builtin");
    const { git } = await accepted(withSource({ Fetcher: "system" }), env);
    expect(git.sources[0]).to.deep.include({ fetcher: "system" });
    expect(git.sources[0]?.reach.proxy).to.equal(null);
  });

  it("system is refused at start where git is not installed", async () => {
    const config = await accepted(withSource({ Fetcher: "system" }));
    const problems = await checkFiles(config, "/nowhere", new AbortController().signal);
    expect(problems).to.have.length(1);
    expect(problems[0]?.key).to.equal("Git.Sources[0].Fetcher");
    expect(problems[0]?.message).to.include("install git");
    expect(
      await checkFiles(config, process.env["PATH"] ?? "", new AbortController().signal),
    ).to.deep.equal([]);
  });

  const AT = "Git.Sources[0]";
  const wrong: readonly (readonly [string, object, string, RegExp])[] = [
    ["another word", { Fetcher: "git" }, `${AT}.Fetcher`, /`builtin` or `system`/],
    ["an own authority", { Tls: { CaFile: "c" } }, `${AT}.Tls.CaFile`, /http\.sslCAInfo/],
    ["a proxy", { Proxy: { Url: "http://p.test" } }, `${AT}.Proxy.Url`, /http\.proxy/],
    ["a bearer token", { Auth: { Kind: "bearer", Token: "t" } }, `${AT}.Fetcher`, /no bearer/],
    [
      "an ssh address",
      { Url: "git@git.test:a", Auth: { Kind: "ssh", KeyFile: "k", KnownHostsFile: "h" } },
      `${AT}.Fetcher`,
      /over ssh/,
    ],
  ];
  for (const [name, keys, key, words] of wrong) {
    it(`system is refused with ${name}`, async () => {
      const problems = await refused(withSource({ Fetcher: "system", ...keys }));
      expect(problems.find((each) => each.key === key)?.message).to.match(words);
    });
  }
});
