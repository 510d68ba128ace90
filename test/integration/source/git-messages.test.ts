import { createServer } from "node:http";
import type { Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { encodeLine, FLUSH } from "../../../agent/source/git/wire/git-pkt-line.ts";
import { Authority } from "../../support/certificates.ts";
import { FaultProxy } from "../../support/fault-proxy.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { GitFault } from "../../support/git-server.ts";

const PAGE: GitFault = {
  kind: "status",
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<html><head><title>Sign-In Prohibited</title></head></html>",
};

describe("git source: what its failures say", () => {
  let bench: GitSourceBench;
  before(async () => {
    bench = await GitSourceBench.start();
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
  });
  after(() => bench.stop());
  afterEach(() => bench.server.heal());

  const polled = async (): Promise<string> => {
    const result = await bench.source.poll(bench.signal);
    return result.kind === "failed" ? `${result.reason}: ${result.message}` : result.head;
  };

  it("reads answers that were compressed although nobody asked", async () => {
    bench.server.break({ kind: "gzip" });
    const head = bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 2 }) });
    await bench.restart();
    expect(await polled()).to.equal(head);
    expect((await bench.sync(head)).result.kind).to.equal("ready");
  });

  it("refuses an encoding that it does not read by name, and a damaged one", async () => {
    const headers = { "content-type": "application/x-git-upload-pack-result" };
    for (const [encoding, says] of [
      ["br", 'encoded as "br"'],
      ["gzip", "gzip encoding is damaged"],
    ] as const) {
      const encoded = { ...headers, "content-encoding": encoding };
      // The first poll after a restart asks by GET, which has another type.
      bench.server.fault = (request) =>
        request.method === "POST"
          ? { kind: "status", status: 200, headers: encoded, body: "0000" }
          : undefined;
      expect(await polled())
        .to.include("ProtocolError")
        .and.include(says);
    }
  });

  it("counts inflated bytes and lines against the limit of a poll", async () => {
    const post = (fault: GitFault) => {
      bench.server.fault = (request) => (request.method === "POST" ? fault : undefined);
    };
    const line = encodeLine(`${"1".repeat(40)} refs/heads/main-x`);
    const lines = Buffer.concat([...Array.from({ length: 16_385 }, () => line), FLUSH]);
    post({ kind: "gzip", body: lines });
    expect(await polled())
      .to.include("LimitExceeded")
      .and.include("16384 refs");
    post({
      kind: "gzip",
      body: Buffer.concat(Array.from({ length: 140 }, () => longLine(30_000))),
    });
    expect(await polled())
      .to.include("LimitExceeded")
      .and.include("4194304 bytes");
  });

  it("shows the title of a page, and the first line of a text", async () => {
    bench.server.break(PAGE);
    expect(await polled()).to.include('a web page, "Sign-In Prohibited"');
    const headers = { "content-type": "text/plain" };
    bench.server.break({ kind: "status", status: 401, headers, body: "Update your password" });
    expect(await polled())
      .to.include("AuthenticationFailed: ")
      .and.include(': "Update your password".');
  });

  it("does not wait for the body of a refused answer", async () => {
    bench.server.fault = () => undefined;
    const server: Server = createServer((_request, response) => {
      response.writeHead(401, { "content-type": "text/plain" });
      response.write("Update your ");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = (server.address() as AddressInfo).port;
    await bench.restart({ url: `http://127.0.0.1:${port}/a.git` });
    const startedMs = performance.now();
    expect(await polled())
      .to.include("AuthenticationFailed")
      .and.include('"Update your"');
    expect(performance.now() - startedMs).to.be.below(4_000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await bench.restart();
  });

  it("shows a refused redirect without user and query", async () => {
    const headers = { location: "https://kim:pw@x.test/login?access_token=abc" };
    bench.server.break({ kind: "status", status: 302, headers });
    expect(await polled())
      .to.include("RedirectRefused")
      .and.include("to https://x.test/login, a sign-in page")
      .and.not.match(/abc|pw@/);
  });

  it("shows the server's own error lines", async () => {
    bench.server.break({ kind: "body", body: "0023ERR too many jobs, try later!!\n0000" });
    expect(await polled()).to.include('reports an error: "too many jobs, try later!!".');
  });

  it("says how much of a pack had come when the connection broke", async () => {
    const files = { "a.room.yaml": specText("room-a", { version: 3 }), "x.txt": noise(400_000) };
    const head = bench.repository.commit(files);
    bench.server.fault = (request) =>
      request.method === "POST" ? { kind: "resetAfter", bytes: 200_000 } : undefined;
    const { result } = await bench.sync(head);
    expect(result).to.include({ kind: "failed", reason: "Unreachable" });
    expect(result)
      .to.have.property("message")
      .that.matches(/broke after \d+ kB of the pack; it is fetched again\.$/);
    bench.server.heal();
    expect((await bench.sync(head)).result.kind).to.equal("ready");
  });

  it("asks no cache for the list of refs", async () => {
    await bench.restart();
    bench.server.requests.length = 0;
    await polled();
    const [first] = bench.server.requests;
    expect(first).to.include({ method: "GET" });
    expect(first?.headers).to.include({ pragma: "no-cache", "cache-control": "no-cache" });
  });
});

describe("git source: certificates", () => {
  let bench: GitSourceBench;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-authority-"));
    bench = await GitSourceBench.start();
  });
  after(async () => {
    await bench.stop();
    rmSync(folder, { recursive: true });
  });

  const messageVia = async (days: number, scheme = "https"): Promise<string> => {
    const certificate = new Authority(folder).issue("git", "IP:127.0.0.1", days);
    const proxy = await FaultProxy.start(bench.server.origin, certificate);
    await bench.restart({ url: `${scheme}://127.0.0.1:${proxy.port}/specs.git` });
    const result = await bench.source.poll(bench.signal);
    await proxy.stop();
    expect(result).to.include({ kind: "failed", reason: "Unreachable" });
    return result.kind === "failed" ? result.message : "";
  };

  it("names NODE_EXTRA_CA_CERTS for an unknown authority", async () => {
    expect(await messageVia(1)).to.include("NODE_EXTRA_CA_CERTS=FILE");
  });

  it("says that https does not work on a port of http, and the other way", async () => {
    await bench.restart({ url: bench.server.url().replace("http:", "https:") });
    const result = await bench.source.poll(bench.signal);
    expect(result).to.have.property("message").that.includes("does not speak TLS");
    expect(await messageVia(1, "http")).to.include("closed before an answer came");
  });
});

/** A line of a list whose name is so long. */
function longLine(bytes: number): Buffer {
  return encodeLine(`${"1".repeat(40)} refs/heads/main${"x".repeat(bytes)}`);
}

/** Text that does not compress. */
function noise(bytes: number): string {
  let state = 1;
  let text = "";
  while (text.length < bytes) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += String.fromCharCode(33 + ((state >>> 16) % 90));
  }
  return text;
}
