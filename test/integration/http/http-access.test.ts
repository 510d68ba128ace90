import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { HttpAccess, ProxyAccess } from "../../../agent/http/http-access.ts";
import { Authority } from "../../support/certificates.ts";
import type { Certificate } from "../../support/certificates.ts";
import { eventually } from "../../support/eventually.ts";
import { ForwardProxy } from "../../support/forward-proxy.ts";
import type { ForwardMode } from "../../support/forward-proxy.ts";
import { HttpBench, REQUEST } from "../../support/http-bench.ts";
import { rejection } from "../../support/rejection.ts";

describe("HttpClient: access", () => {
  let bench: HttpBench;
  let proxy: ForwardProxy;
  let folder: string;
  let authority: Authority;
  let own: Certificate;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-access-"));
    authority = new Authority(folder);
    own = authority.issue("here", "IP:127.0.0.1", 1);
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    bench = new HttpBench();
    proxy = await ForwardProxy.start();
  });
  afterEach(async () => {
    await bench.stop();
    await proxy.stop();
  });

  const ca = () => readFileSync(authority.file, "utf8");

  const via = (given: Partial<ProxyAccess> = {}): ProxyAccess => ({
    host: "127.0.0.1",
    port: proxy.port,
    setBy: "Proxy.Url",
    ...given,
  });

  /** A TLS server that says who is there; `requests` a client certificate of the authority. */
  function serveTls(answer: RequestListener, requests = false): Promise<URL> {
    const options = { ...own, ca: ca(), requestCert: requests, rejectUnauthorized: requests };
    return bench.listen(createServer(options, answer), "https");
  }

  for (const newConnection of [false, true]) {
    const kept = newConnection ? "a new connection" : "a kept connection";

    it(`trusts the given authority alone, and shows the client's certificate, on ${kept}`, async () => {
      const client = authority.issue("client", "DNS:client", 1);
      const origin = await serveTls((request, response) => {
        response.end((request.socket as TLSSocket).getPeerCertificate().subjectaltname);
      }, true);
      const ask = (access: HttpAccess) =>
        bench.ask(bench.connect(origin), { request: { access, newConnection } });
      expect(await ask({})).to.equal("connect, not sent");
      expect(await ask({ tls: { ca: own.cert } })).to.equal("connect, not sent");
      expect(await ask({ tls: { ca: ca(), ...client } })).to.equal("200 DNS:client");
      expect(await ask({ tls: { ca: ca() } })).to.match(/^(reset|connect), /);
    });

    it(`asks through the proxy, with and without TLS, on ${kept}`, async () => {
      const secure = await serveTls((_request, response) => response.end("tls"));
      const { origin, seen } = await bench.serve((request, response) => response.end(request.url));
      proxy.login = "us@er:p:w";
      const login = { username: "us@er", password: "p:w" };
      const access = { proxy: via({ login }), tls: { ca: ca() } };
      for (let round = 0; round < 2; round += 1) {
        const request = { access, newConnection };
        expect(await bench.ask(bench.connect(secure), { request })).to.equal("200 tls");
        const plain = { ...request, path: "/a//b?c=%20" };
        expect(await bench.ask(bench.connect(origin), { request: plain })).to.equal(
          "200 /a//b?c=%20",
        );
      }
      expect(new Set(proxy.asked)).to.deep.equal(
        new Set([`CONNECT ${secure.host}`, `GET ${origin.href}a//b?c=%20`]),
      );
      expect(seen.map(({ headers }) => headers.host)).to.deep.equal([origin.host, origin.host]);
      expect(seen.map(({ headers }) => headers["proxy-authorization"])).to.deep.equal([
        undefined,
        undefined,
      ]);
    });
  }

  it("keeps the connection through a tunnel, and gives it up with the access it was made for", async () => {
    const origin = await serveTls((_request, response) => response.end("ok"));
    const client = bench.connect(origin);
    const proxied = { proxy: via(), tls: { ca: ca() } };
    for (const access of [proxied, proxied, { ...proxied }]) {
      expect(await bench.ask(client, { request: { access } })).to.equal("200 ok");
    }
    expect(proxy.asked).to.have.length(1);
    expect(await bench.ask(client, { request: { access: { tls: { ca: ca() } } } })).to.equal(
      "200 ok",
    );
    await eventually("the tunnel is closed", () => proxy.connections === 0);
    client.close();
  });

  const broken: readonly (readonly [string, ForwardMode, string, RegExp])[] = [
    ["asks for a login", { kind: "status", status: 407 }, "PROXY_407", /answered 407 to CONNECT/],
    ["refuses the host", { kind: "status", status: 403 }, "PROXY_403", /answered 403/],
    ["closes within its answer", { kind: "cut" }, "ECONNRESET", /cannot be used/],
    ["speaks something else", { kind: "notHttp" }, "HPE_INVALID_CONSTANT", /cannot be used/],
    ["closes at once", { kind: "reset" }, "ECONNRESET", /cannot be used/],
  ];
  for (const [name, mode, code, words] of broken) {
    it(`names the proxy that ${name}`, async () => {
      const origin = await serveTls((_request, response) => response.end("ok"));
      proxy.break(mode);
      const client = bench.connect(origin);
      const request = { ...REQUEST, access: { proxy: via(), tls: { ca: ca() } } };
      const end = await client.exchange(request, async () => null, new AbortController().signal);
      expect(end).to.include({ kind: "noAnswer", failure: "connect", code, sent: false });
      expect(end).to.have.property("proxy", proxy.host);
      expect(end).to.have.property("message").that.matches(words).and.includes(proxy.host);
      proxy.heal();
      expect(await bench.ask(client, { request })).to.equal("200 ok");
    });
  }

  it("names the proxy that nobody listens at", async () => {
    const { origin } = await bench.serve((_request, response) => response.end("ok"));
    const secure = await serveTls((_request, response) => response.end("ok"));
    const free = await ForwardProxy.start();
    const { host } = free;
    const access = { proxy: via({ port: free.port }) };
    await free.stop();
    for (const server of [origin, secure]) {
      const end = await bench
        .connect(server)
        .exchange({ ...REQUEST, access }, async () => null, new AbortController().signal);
      expect(end).to.include({ kind: "noAnswer", code: "ECONNREFUSED", proxy: host });
    }
  });

  it("leaves a proxy that hangs, by deadline and by signal", async () => {
    const origin = await serveTls((_request, response) => response.end("ok"));
    proxy.break({ kind: "hang" });
    const client = bench.connect(origin);
    const request = { ...REQUEST, access: { proxy: via() }, deadlines: { totalMs: 60 } };
    const end = await client.exchange(request, async () => null, new AbortController().signal);
    expect(end).to.include({ kind: "noAnswer", failure: "timeout", proxy: proxy.host });
    expect(end).to.have.property("message").that.includes(`from the proxy at ${proxy.host}`);
    const signal = AbortSignal.timeout(60);
    const late = client.exchange(
      { ...request, deadlines: REQUEST.deadlines },
      async () => null,
      signal,
    );
    expect((await rejection(late)).name).to.equal("TimeoutError");
    await eventually("both are closed", () => proxy.connections === 0);
  });

  it("does not name the proxy for what the server does", async () => {
    const origin = await serveTls((request) => request.socket.destroy());
    const access = { proxy: via(), tls: { ca: ca() } };
    const end = await bench
      .connect(origin)
      .exchange({ ...REQUEST, access }, async () => null, new AbortController().signal);
    expect(end).to.include({ kind: "noAnswer", failure: "reset", sent: true });
    expect(end).not.to.have.property("proxy");
    const strange = bench
      .connect(origin)
      .exchange(
        { ...REQUEST, access: { proxy: via() } },
        async () => null,
        new AbortController().signal,
      );
    expect(await strange).to.include({
      failure: "connect",
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    expect(await strange).not.to.have.property("proxy");
  });
});
