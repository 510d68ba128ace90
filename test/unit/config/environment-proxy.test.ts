import { expect } from "chai";
import { environmentProxy } from "../../../agent/config/environment-proxy.ts";
import { parseProxyUrl } from "../../../agent/config/proxy-url.ts";

describe("environmentProxy", () => {
  const named: readonly (readonly [string, Record<string, string>, string | null])[] = [
    ["https://git.test/a", { HTTPS_PROXY: "p" }, "HTTPS_PROXY"],
    ["https://git.test/a", { HTTPS_PROXY: "p", https_proxy: "q" }, "https_proxy"],
    ["https://git.test/a", { HTTPS_PROXY: "p", https_proxy: "" }, "HTTPS_PROXY"],
    ["https://git.test/a", { HTTP_PROXY: "p" }, null],
    ["http://git.test/a", { HTTPS_PROXY: "p" }, null],
    ["http://git.test/a", { HTTP_PROXY: "p" }, "HTTP_PROXY"],
    ["http://git.test/a", { ALL_PROXY: "p" }, "ALL_PROXY"],
    ["https://git.test/a", { all_proxy: "p" }, "all_proxy"],
    ["https://localhost:3000/a", { HTTPS_PROXY: "p" }, null],
    ["http://127.0.0.1/a", { HTTP_PROXY: "p" }, null],
    ["http://[::1]:5000/a", { HTTP_PROXY: "p" }, null],
    ["https://git.test/a", {}, null],
  ];
  for (const [url, env, want] of named) {
    it(`takes ${want} for ${url} of ${JSON.stringify(env)}`, () => {
      expect(environmentProxy(new URL(url), env)?.variable ?? null).to.equal(want);
    });
  }

  const excepted: readonly (readonly [string, string, boolean])[] = [
    ["https://git.test/a", "*", true],
    ["https://git.test/a", "git.test", true],
    ["https://git.test/a", " other.test , GIT.test", true],
    ["https://git.test/a", "other.test git.test", true],
    ["https://git.test./a", "git.test", true],
    ["https://a.git.test/a", "git.test", true],
    ["https://a.git.test/a", ".git.test", true],
    ["https://a.git.test/a", "*.git.test", true],
    ["https://agit.test/a", "git.test", false],
    ["https://git.test.evil/a", "git.test", false],
    ["https://git.test/a", "git.test:443", true],
    ["https://git.test:8443/a", "git.test:443", false],
    ["http://git.test/a", "git.test:80", true],
    ["http://10.1.2.3/a", "10.0.0.0/8", true],
    ["http://11.1.2.3/a", "10.0.0.0/8", false],
    ["http://10.1.2.3/a", "10.1.2.3", true],
    ["http://10.1.2.3:81/a", "10.1.2.3:80", false],
    ["http://10.1.2.3/a", "2.3", false],
    ["http://10.1.2.3/a", "10.0.0.0/99", false],
    ["http://10.1.2.3/a", "fd00::/8", false],
    ["http://[fd00::7]/a", "fd00::/8", true],
    ["http://[fd00::7]/a", "[fd00::7]:80", true],
    ["http://[fd00::7]/a", "fd00::8", false],
    ["https://git.test/a", "", false],
    ["https://git.test/a", ",", false],
    ["https://git.test/a", ".", false],
  ];
  for (const [url, list, want] of excepted) {
    it(`${want ? "excepts" : "does not except"} ${url} by ${JSON.stringify(list)}`, () => {
      const env = { HTTPS_PROXY: "http://p", HTTP_PROXY: "http://p", NO_PROXY: list };
      expect(environmentProxy(new URL(url), env) === null).to.equal(want);
    });
  }

  it("lets the lower case of NO_PROXY win", () => {
    const env = { HTTPS_PROXY: "p", NO_PROXY: "git.test", no_proxy: "other.test" };
    expect(environmentProxy(new URL("https://git.test"), env)).not.to.equal(null);
  });
});

describe("parseProxyUrl", () => {
  for (const [text, want] of [
    ["http://p.test:3128", { host: "p.test", port: 3128, login: null }],
    ["HTTP://p.test/", { host: "p.test", port: 80, login: null }],
    ["p.test:3128", { host: "p.test", port: 3128, login: null }],
    ["http://[::1]:8888", { host: "::1", port: 8888, login: null }],
    [
      "http://us%40er:p%3Aw@p.test:1",
      { host: "p.test", port: 1, login: { username: "us@er", password: "p:w" } },
    ],
    ["https://p.test:3128", null],
    ["socks5://p.test", null],
    ["http://p.test/path", null],
    ["http://p.test?x", null],
    ["http://%zz@p.test", null],
    ["http://", null],
  ] as const) {
    it(`reads ${text}`, () => expect(parseProxyUrl(text)).to.deep.equal(want));
  }
});
