import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { FaultProxy } from "../../support/fault-proxy.ts";
import { rejection } from "../../support/rejection.ts";

describe("FaultProxy", () => {
  let server: Server;
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    proxy = await FaultProxy.start(`http://127.0.0.1:${port}`);
  });

  afterEach(async () => {
    await proxy.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = async (signal?: AbortSignal) => {
    const headers = { "X-Correlation-Id": "pass-1" };
    const init = signal === undefined ? { headers } : { headers, signal };
    return (await fetch(`${proxy.origin}/room/a/state`, init)).text();
  };

  const codeOf = async (asking: Promise<unknown>) =>
    ((await rejection(asking)) as Error & { cause?: { code?: string } }).cause?.code;

  it("lets requests through, and knows which", async () => {
    expect(await ask()).to.equal("hello");
    expect(proxy.requests.map(({ line, correlationId }) => [line, correlationId])).to.deep.equal([
      ["GET /room/a/state HTTP/1.1", "pass-1"],
    ]);
  });

  it("refuses connections while it is told to, and is at the same port afterwards", async () => {
    const { origin } = proxy;
    await proxy.set({ kind: "refuse" });
    expect(await codeOf(ask())).to.equal("ECONNREFUSED");
    await proxy.heal();
    expect(proxy.origin).to.equal(origin);
    expect(await ask()).to.equal("hello");
  });

  it("cuts what is connected when it is told something else", async () => {
    await proxy.set({ kind: "silence" });
    const asking = codeOf(ask());
    await eventually("it is connected", () => proxy.open > 0);
    await proxy.set({ kind: "reset" });
    expect(await asking).to.be.oneOf(["UND_ERR_SOCKET", "ECONNRESET"]);
    expect(await codeOf(ask())).to.be.oneOf(["UND_ERR_SOCKET", "ECONNRESET"]);
  });

  it("stops an answer after some bytes", async () => {
    await proxy.set({ kind: "stallAfter", bytes: 20 });
    const leaving = new AbortController();
    const asking = rejection(ask(leaving.signal));
    await eventually("the request is there", () => proxy.requests.length === 1);
    leaving.abort();
    expect((await asking).name).to.equal("AbortError");
  });

  it("lets an answer through byte by byte", async () => {
    await proxy.set({ kind: "drip", everyMs: 1 });
    expect(await ask()).to.equal("hello");
  });
});
