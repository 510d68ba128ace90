import { expect } from "chai";
import { accepted, refused, withSource } from "../../support/load-settings.ts";

const AUTH = { Kind: "ssh", KeyFile: "id", KnownHostsFile: "known" };
const SSH = { Url: "ssh://git@git.test:2222/a.git", Auth: AUTH };

describe("a source over ssh", () => {
  it("resolves its files", async () => {
    const { git } = await accepted(withSource({ ...SSH, Auth: { ...AUTH, PassphraseFile: "/p" } }));
    expect(git.sources[0]?.url).to.equal(SSH.Url);
    expect(git.sources[0]?.auth).to.deep.equal({
      kind: "ssh",
      keyFile: "/start/id",
      passphraseFile: "/p",
      knownHostsFile: "/start/known",
    });
  });

  it("uses no proxy of the environment", async () => {
    const env = { HTTPS_PROXY: "socks5://p", ALL_PROXY: "socks5://p" };
    const { git } = await accepted(withSource(SSH), env);
    expect(git.sources[0]?.reach.proxy).to.equal(null);
  });

  const AT = "Git.Sources[0]";
  const { KnownHostsFile: _known, ...unknown } = AUTH;
  const wrong: readonly (readonly [string, object, string, RegExp])[] = [
    [
      "without known hosts",
      { ...SSH, Auth: unknown },
      `${AT}.Auth.KnownHostsFile`,
      /ssh-keyscan -p 2222 git\.test > known_hosts.*ssh-keygen -lf/,
    ],
    [
      "without a key",
      { ...SSH, Auth: { Kind: "ssh", KnownHostsFile: "k" } },
      `${AT}.Auth.KeyFile`,
      /is required/,
    ],
    [
      "with a token",
      { ...SSH, Auth: { ...AUTH, Token: "t" } },
      `${AT}.Auth.Token`,
      /is not used by Kind "ssh"/,
    ],
    [
      "of another kind",
      { ...SSH, Auth: { Kind: "token", Token: "t" } },
      `${AT}.Auth.Kind`,
      /an ssh address needs Kind "ssh"/,
    ],
    ["without Auth", { ...SSH, Auth: {} }, `${AT}.Auth.Kind`, /KeyFile and KnownHostsFile/],
    [
      "of kind ssh at an https address",
      { Auth: AUTH },
      `${AT}.Auth.Kind`,
      /Url is an http or https address/,
    ],
    [
      "with a key file for https",
      { Auth: { KeyFile: "k" } },
      `${AT}.Auth.KeyFile`,
      /write Kind "ssh"/,
    ],
    [
      "with a quote in a path",
      { ...SSH, Auth: { ...AUTH, KnownHostsFile: 'a"b' } },
      `${AT}.Auth.KnownHostsFile`,
      /quotes/,
    ],
    [
      "with a variable in a path",
      { ...SSH, Auth: { ...AUTH, KeyFile: "$HOME/id" } },
      `${AT}.Auth.KeyFile`,
      /\$/,
    ],
    ["with TLS", { ...SSH, Tls: { CaFile: "c" } }, `${AT}.Tls.CaFile`, /no effect over ssh/],
    [
      "with a proxy",
      { ...SSH, Proxy: { Url: "http://p.test" } },
      `${AT}.Proxy.Url`,
      /no effect over ssh/,
    ],
  ];
  for (const [name, keys, key, words] of wrong) {
    it(`is refused ${name}`, async () => {
      const found = (await refused(withSource({ ...keys }))).find((each) => each.key === key);
      expect(found?.message).to.match(words);
    });
  }
});
