import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect } from "chai";
import { Authority } from "../../support/certificates.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { HttpBench, NEVER, REQUEST } from "../../support/http-bench.ts";
import { rejection } from "../../support/rejection.ts";

const ABORT = "stopping";

describe("HttpClient: connections", () => {
  let bench: HttpBench;
  beforeEach(() => (bench = new HttpBench()));
  afterEach(() => bench.stop());

  it("is not sent when nobody listens, or nobody knows the name", async () => {
    const closed = createTcpServer();
    const origin = await bench.listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await bench.ask(bench.connect(origin))).to.equal("connect, not sent");
    const unknown = bench.connect(new URL("http://no-such-host.invalid:5000"));
    expect(await bench.ask(unknown)).to.equal("connect, not sent");
  });

  it("hears a refusal that comes before all was sent, and does not use that connection again", async () => {
    const { origin } = await bench.serve((_request, response) => {
      response.writeHead(413).end("too large");
    });
    const client = bench.connect(origin);
    const body = { length: 5_000_000, chunks: () => [Buffer.alloc(5_000_000)] };
    expect(await bench.ask(client, { request: { method: "POST", body } })).to.equal(
      "413 too large",
    );
    await eventually("it is closed", () => bench.sockets[0]?.destroyed === true);
  });

  it("keeps a connection, opens one when asked to, and closes the idle ones", async () => {
    const { origin, seen } = await bench.serve((_request, response) => response.end("ok"));
    const client = bench.connect(origin);
    for (const newConnection of [false, false, true, false]) {
      expect(await bench.ask(client, { request: { newConnection } })).to.equal("200 ok");
    }
    expect(seen.map(({ socket }) => bench.sockets.indexOf(socket))).to.deep.equal([0, 0, 1, 0]);
    expect(seen[2]?.headers.connection).to.equal("close");
    client.close();
    await eventually("all closed", () => bench.sockets.every(({ destroyed }) => destroyed));
  });

  it("drops a connection that was idle for too long", async () => {
    const { origin } = await bench.serve((_request, response) => response.end("ok"));
    const client = bench.connect(origin, { idleConnectionMs: 30 });
    await bench.ask(client);
    await eventually("it is closed", () => bench.sockets[0]?.destroyed === true);
  });

  it("closes the connection of what it gave up, or did not read", async () => {
    const { origin } = await bench.serve((request, response) => {
      if (request.method === "GET") response.write("a beginning");
    });
    const client = bench.connect(origin);
    await bench.ask(client, { request: { method: "POST", deadlines: { totalMs: 40 } } });
    await client.exchange(REQUEST, async ({ status }) => status, NEVER);
    expect(bench.sockets).to.have.length(2);
    await eventually("both closed", () => bench.sockets.every(({ destroyed }) => destroyed));
  });

  for (const { isRepeatable, ends, requests } of [
    { isRepeatable: true, ends: ["200 1", "200 2"], requests: 3 },
    { isRepeatable: false, ends: ["200 1", "reset, sent"], requests: 2 },
  ]) {
    it(`gives for a kept connection that the server closes, repeatable ${isRepeatable}: ${ends[1]}`, async () => {
      const { origin, seen } = await bench.serve((request, response) => {
        if (seen.length === 2) request.socket.destroy();
        else response.end(String(bench.sockets.length));
      });
      const client = bench.connect(origin);
      const request = { isRepeatable };
      expect([
        await bench.ask(client, { request }),
        await bench.ask(client, { request }),
      ]).to.deep.equal(ends);
      expect(seen).to.have.length(requests);
    });
  }

  it("sends nothing twice on a new connection", async () => {
    const { origin, seen } = await bench.serve((request) => request.socket.destroy());
    const client = bench.connect(origin);
    expect(await bench.ask(client, { request: { isRepeatable: true } })).to.equal("reset, sent");
    expect(seen).to.have.length(1);
  });

  for (const { name, answer } of [
    { name: "headers", answer: () => undefined },
    { name: "the body", answer: (_request, response) => response.write("a beginning") },
    {
      name: "an upload",
      answer: (request) => setTimeout(() => request.resume(), 50) && request.pause(),
    },
  ] as { name: string; answer: RequestListener }[]) {
    it(`leaves as soon as its signal aborts while it waits for ${name}`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const { origin } = await bench.serve((request, response) => {
        answer(request, response);
        setTimeout(() => controller.abort(new Error(ABORT)), 10);
      });
      const length = name === "an upload" ? 30_000_000 : 0;
      const body = { length, chunks: () => [Buffer.alloc(length)] };
      const asked = { request: { body }, limits: { idleMs: 1_000 }, signal: controller.signal };
      const failure = await rejection(bench.ask(bench.connect(origin, { clock }), asked));
      expect(failure.message).to.equal(ABORT);
      expect(clock.sleeping).to.equal(0);
      await eventually("it is closed", () => bench.sockets[0]?.destroyed === true);
    });
  }

  it("leaves the queue for a connection by deadline and by signal", async () => {
    const { origin, seen } = await bench.serve(() => undefined);
    const client = bench.connect(origin, { maxConnections: 1 });
    const first = bench.ask(client);
    first.catch(() => undefined);
    await eventually("the first was sent", () => seen.length === 1);
    const waiting = await bench.ask(client, { request: { deadlines: { totalMs: 40 } } });
    expect(waiting).to.equal("timeout, total, not sent");
    const signal = AbortSignal.timeout(20);
    expect((await rejection(bench.ask(client, { signal }))).name).to.equal("TimeoutError");
    client.destroy();
    expect(await first).to.equal("reset, sent");
    expect(seen).to.have.length(1);
  });

  it("sends nothing for a signal that has aborted", async () => {
    const { origin, seen } = await bench.serve((_request, response) => response.end());
    const signal = AbortSignal.abort(new Error(ABORT));
    expect((await rejection(bench.ask(bench.connect(origin), { signal }))).message).to.equal(ABORT);
    expect(seen).to.deep.equal([]);
  });

  it("trusts the authorities that the program trusts, and no other", async () => {
    const folder = mkdtempSync(join(tmpdir(), "room-operator-authority-"));
    const trusted = getCACertificates("default");
    try {
      const authority = new Authority(folder);
      const { key, cert } = authority.issue("here", "IP:127.0.0.1", 1);
      const server = createHttpsServer({ key, cert }, (_request, response) => response.end("ok"));
      const origin = await bench.listen(server, "https");
      expect(await bench.ask(bench.connect(origin))).to.equal("connect, not sent");
      setDefaultCACertificates([...trusted, readFileSync(authority.file, "utf8")]);
      expect(await bench.ask(bench.connect(origin))).to.equal("200 ok");
    } finally {
      setDefaultCACertificates(trusted);
      rmSync(folder, { recursive: true });
    }
  });
});
