import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { encodeLine, FLUSH } from "../../../agent/source/git/wire/git-pkt-line.ts";
import type { GitTransport } from "../../../agent/source/git/wire/git-transport.ts";
import { SmartHttpTransport } from "../../../agent/source/git/wire/smart-http-transport.ts";
import { aPack } from "../../support/a-pack.ts";
import { rejection } from "../../support/rejection.ts";

describe("SmartHttpTransport: a fetch", () => {
  let server: Server;
  let transport: GitTransport;
  let folder: string;

  async function serve(answer: RequestListener): Promise<void> {
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    transport = new SmartHttpTransport(`http://127.0.0.1:${port}/specs.git`);
  }

  function transfer(totalMs: number): Promise<unknown> {
    const wish = {
      want: ["1".repeat(40)],
      have: null,
      shallow: new Set<string>(),
      depth: null,
      filter: null,
    };
    return transport.fetch(wish, {
      credentials: { kind: "none" },
      nowMs: () => 0,
      signal: new AbortController().signal,
      deadlines: { headersMs: 60_000, idleMs: 60_000, totalMs },
      limits: { packBytes: 1_000_000, objectBytes: 100_000 },
      packFolder: folder,
      onProgress: () => undefined,
      onFilters: () => undefined,
    });
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-packs-"));
  });

  afterEach(async () => {
    transport.close();
    server.closeAllConnections();
    // Whatever went wrong, nothing is left of it.
    expect(readdirSync(folder)).to.deep.equal([]);
    rmSync(folder, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  });

  it("names the deadline of the whole operation, not what was left of it", async () => {
    await serve((request) => request.resume());
    expect((await rejection(transfer(200))).message).to.include("took more than 200 ms in all");
  });

  it("hangs up at the head of an object over the limit, long before the pack's end", async () => {
    let hungUp: Promise<unknown> | undefined;
    await serve((request, response) => {
      request.resume();
      if (request.method === "GET") {
        response.setHeader("content-type", "application/x-git-upload-pack-advertisement");
        response.end(Buffer.concat([...["version 2", "ls-refs", "fetch"].map(encodeLine), FLUSH]));
        return;
      }
      hungUp = once(response, "close");
      response.setHeader("content-type", "application/x-git-upload-pack-result");
      // No more ever comes: whoever waits for the end waits a minute.
      const pack = aPack([{ type: "tree", data: randomBytes(100_001) }]).subarray(0, 60_000);
      const band = Buffer.concat([Buffer.from("\u0001"), pack]);
      response.write(encodeLine("NAK"));
      response.write(Buffer.from((band.length + 4).toString(16).padStart(4, "0")));
      response.write(band);
    });
    const failure = await rejection(transfer(60_000));
    expect(failure).to.have.property("code", "LimitExceeded");
    expect(failure.message).to.include("tree or tag of 100001 bytes (limit ObjectBytes: 100000)");
    await hungUp;
  });
});
