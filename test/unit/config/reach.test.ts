import { expect } from "chai";
import type { Config } from "../../../agent/config/config.ts";
import { accepted, refused, withSource } from "../../support/load-settings.ts";

const reachOf = ({ git }: Config) => git.sources[0]?.reach;
const DIRECT = { tls: { caFile: null, certFile: null, keyFile: null }, proxy: null };

describe("how a server is reached", () => {
  it("is directly, if nothing says otherwise, for a source and for the RoomServer", async () => {
    const config = await accepted(withSource({}));
    expect(reachOf(config)).to.deep.equal(DIRECT);
    expect(config.roomServer.reach).to.deep.equal(DIRECT);
  });

  it("resolves the files of TLS", async () => {
    const Tls = { CaFile: "ca.pem", CertFile: "/x/c.pem", KeyFile: "k.pem" };
    expect(reachOf(await accepted(withSource({ Tls })))?.tls).to.deep.equal({
      caFile: "/start/ca.pem",
      certFile: "/x/c.pem",
      keyFile: "/start/k.pem",
    });
  });

  it("takes the proxy of the source before that of the environment, and none for none", async () => {
    const env = { HTTPS_PROXY: "http://us:pw@env.test:1" };
    const proxyOf = async (keys: object) =>
      reachOf(await accepted(withSource({ ...keys }), env))?.proxy;
    expect(await proxyOf({})).to.deep.include({ host: "env.test", port: 1, setBy: "HTTPS_PROXY" });
    expect((await proxyOf({}))?.login?.username).to.equal("us");
    expect(await proxyOf({ Proxy: { Url: "none" } })).to.equal(null);
    const Proxy = { Url: "http://own.test:2", Username: "u", PasswordFile: "pw" };
    expect(await proxyOf({ Proxy })).to.deep.equal({
      host: "own.test",
      port: 2,
      setBy: "Proxy.Url",
      login: { username: "u", password: { kind: "file", path: "/start/pw", holds: "password" } },
    });
  });

  it("gives the RoomServer the proxy of the environment, but not on this machine", async () => {
    const env = { HTTP_PROXY: "http://env.test:1" };
    const at = async (BaseUrl: string) =>
      (await accepted({ RoomServer: { BaseUrl } }, env)).roomServer.reach.proxy?.host;
    expect(await at("http://rooms.test")).to.equal("env.test");
    expect(await at("http://localhost:5000")).to.equal(undefined);
  });

  const SOURCE = "Git.Sources[0]";
  const wrong: readonly (readonly [string, object, Record<string, string>, string, RegExp])[] = [
    [
      "a proxy of the environment with SOCKS",
      {},
      { HTTPS_PROXY: "socks5://u:s3cret@p" },
      "HTTPS_PROXY",
      /http:\/\/ proxies alone.*to none/,
    ],
    [
      "a proxy with TLS",
      { Proxy: { Url: "https://p.test" } },
      {},
      `${SOURCE}.Proxy.Url`,
      /none.*or an http address/,
    ],
    [
      "a proxy with a password in its address",
      { Proxy: { Url: "http://u:s3cret@p.test" } },
      {},
      `${SOURCE}.Proxy.Url`,
      /without user/,
    ],
    [
      "a proxy with a path",
      { Proxy: { Url: "http://p.test/x" } },
      {},
      `${SOURCE}.Proxy.Url`,
      /and path/,
    ],
    [
      "a user without a password",
      { Proxy: { Url: "http://p.test", Username: "u" } },
      {},
      `${SOURCE}.Proxy.Password`,
      /PasswordFile/,
    ],
    [
      "a password without a user",
      { Proxy: { Url: "http://p.test", Password: "s3cret" } },
      {},
      `${SOURCE}.Proxy.Username`,
      /needs Username/,
    ],
    [
      "two passwords",
      { Proxy: { Url: "http://p.test", Username: "u", Password: "s3cret", PasswordFile: "f" } },
      {},
      `${SOURCE}.Proxy.PasswordFile`,
      /keep one/,
    ],
    [
      "a user without a proxy",
      { Proxy: { Username: "u", Password: "s3cret" } },
      {},
      `${SOURCE}.Proxy.Username`,
      /without Proxy.Url/,
    ],
    [
      "a certificate without its key",
      { Tls: { CertFile: "c" } },
      {},
      `${SOURCE}.Tls.KeyFile`,
      /is required/,
    ],
    [
      "a key without its certificate",
      { Tls: { KeyFile: "c" } },
      {},
      `${SOURCE}.Tls.CertFile`,
      /is required/,
    ],
    [
      "TLS for plain http",
      { Url: "http://git.test/a", Tls: { CaFile: "c" } },
      {},
      `${SOURCE}.Tls.CaFile`,
      /use https/,
    ],
  ];
  for (const [name, keys, env, key, words] of wrong) {
    it(`refuses ${name}`, async () => {
      const problems = await refused(withSource({ ...keys }), env);
      expect(problems[0]?.key).to.equal(key);
      expect(problems[0]?.message).to.match(words);
      expect(JSON.stringify(problems)).not.to.include("s3cret");
    });
  }
});
