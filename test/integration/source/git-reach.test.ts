import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { HttpAccess, ProxyAccess } from "../../../agent/http/http-access.ts";
import type { GitCredentials } from "../../../agent/source/git/wire/git-credentials.ts";
import { Authority } from "../../support/certificates.ts";
import { ForwardProxy } from "../../support/forward-proxy.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import { TlsFront } from "../../support/tls-front.ts";

describe("git source: proxy and certificates", () => {
  let bench: GitSourceBench;
  let proxy: ForwardProxy;
  let front: TlsFront;
  let folder: string;
  let credentials: GitCredentials;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-authority-"));
    const authority = new Authority(folder);
    credentials = { kind: "none" };
    bench = await GitSourceBench.start({ credentials: async () => credentials });
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    front = await TlsFront.start(bench.server.origin, authority);
    proxy = await ForwardProxy.start();
  });
  afterEach(async () => {
    await bench.stop();
    await proxy.stop();
    await front.stop();
    rmSync(folder, { recursive: true });
  });

  const via = (given: Partial<ProxyAccess> = {}): ProxyAccess => ({
    host: "127.0.0.1",
    port: proxy.port,
    setBy: "Proxy.Url",
    ...given,
  });
  const tls = () => ({ ca: readFileSync(front.authority.file, "utf8"), ...front.client });
  const reach = (access: HttpAccess) => (credentials = { kind: "none", access });

  async function failure(): Promise<string> {
    const polled = await bench.source.poll(bench.signal);
    if (polled.kind !== "failed") throw new Error("the poll went well");
    return `${polled.reason}: ${polled.message}`;
  }

  it("polls and fetches by plain HTTP through a proxy that wants a login", async () => {
    proxy.login = "u:pr0xy-secret";
    reach({ proxy: via() });
    expect(await failure()).to.match(
      /^Unreachable: .*407.*Proxy\.Username and Proxy\.PasswordFile/,
    );
    reach({ proxy: via({ login: { username: "u", password: "wr0ng-secret" } }) });
    expect(await failure())
      .to.match(/^Unreachable: .*does not accept the login/)
      .and.not.include("wr0ng");
    reach({ proxy: via({ login: { username: "u", password: "pr0xy-secret" } }) });
    expect((await bench.follow()).result.kind).to.equal("ready");
    expect(proxy.asked.every((line) => line.includes(bench.server.origin))).to.equal(true);
  });

  it("polls and fetches with an authority and a certificate of its own, through a proxy", async () => {
    await bench.restart({ url: `${front.origin}/specs.git` });
    reach({ proxy: via(), tls: tls() });
    expect((await bench.follow()).result.kind).to.equal("ready");
    expect(proxy.asked).not.to.deep.equal([]);
    expect(await bench.source.poll(bench.signal, { fresh: true })).to.include({ kind: "head" });
    const { ca } = tls();
    reach({ tls: { ca } });
    expect(await failure()).to.match(
      /^Unreachable: .*asks for a client certificate.*Tls\.CertFile/,
    );
    reach({});
    expect(await failure()).to.match(/^Unreachable: .*unknown authority. Set Tls\.CaFile/);
  });

  for (const [name, mode, words] of [
    [
      "asks for a login",
      { kind: "status", status: 407 },
      /answered 407 to the request for 127.*asks for a login/,
    ],
    ["forbids the server", { kind: "status", status: 403 }, /answered 403 .*allow it/],
    [
      "cannot reach the server",
      { kind: "status", status: 502 },
      /answered 502 .*cannot reach the server/,
    ],
    ["is cut", { kind: "cut" }, /through the proxy at 127.*closed the connection/],
    ["speaks something else", { kind: "notHttp" }, /what it sends is not HTTP. Check Proxy\.Url/],
  ] as const) {
    it(`reports a proxy that ${name}, and recovers`, async () => {
      await bench.restart({ url: `${front.origin}/specs.git` });
      reach({ proxy: via(), tls: tls() });
      proxy.break(mode);
      expect(await failure())
        .to.match(/^Unreachable: /)
        .and.match(words);
      proxy.heal();
      expect((await bench.follow()).result.kind).to.equal("ready");
    });
  }

  it("reports a proxy that hangs", async () => {
    await bench.restart({ url: `${front.origin}/specs.git`, pollTimeoutMs: 200, timeoutMs: 200 });
    reach({ proxy: via(), tls: tls() });
    proxy.break({ kind: "hang" });
    expect(await failure()).to.match(
      /^Timeout: The proxy at 127\.0\.0\.1:\d+ took more than 100 ms/,
    );
  });

  it("signs in by a bearer token", async () => {
    bench.server.authorization = "Bearer t0ken-secret";
    expect(await failure()).to.match(/^AuthenticationFailed/);
    credentials = { kind: "bearer", token: "t0ken-secret" };
    expect((await bench.follow()).result.kind).to.equal("ready");
  });
});
