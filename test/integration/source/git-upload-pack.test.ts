import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { HttpClient } from "isomorphic-git";
import { GitHttp } from "../../../agent/source/git-http.ts";
import { encodeLine } from "../../../agent/source/git-pkt-line.ts";
import { uploadPackHttp } from "../../../agent/source/git-upload-pack.ts";
import { aPack } from "../../support/a-pack.ts";
import { rejection } from "../../support/rejection.ts";

describe("uploadPackHttp", () => {
  let server: Server;
  let http: GitHttp;
  let url: string;

  async function serve(answer: RequestListener): Promise<void> {
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/specs.git`;
    http = new GitHttp(url);
  }

  function client(totalMs: number): HttpClient {
    return uploadPackHttp(http, {
      credentials: { kind: "none" },
      nowMs: () => 0,
      signal: new AbortController().signal,
      deadlines: { headersMs: 60_000, idleMs: 60_000, totalMs },
      limits: { packBytes: 1_000_000, objectBytes: 100_000 },
      onReceived: () => undefined,
      onScanned: () => undefined,
    });
  }

  afterEach(async () => {
    http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("names the deadline of the whole operation, not what was left of it", async () => {
    await serve((request) => request.resume());
    const asked = client(200).request({ url: `${url}/info/refs`, method: "GET" });
    expect((await rejection(asked)).message).to.include("took more than 200 ms in all");
  });

  it("hangs up at the head of an object over the limit, long before the pack's end", async () => {
    let hungUp: Promise<unknown> | undefined;
    await serve((request, response) => {
      hungUp = once(response, "close");
      request.resume();
      response.setHeader("content-type", "application/x-git-upload-pack-result");
      // No more ever comes: whoever waits for the end waits a minute.
      const pack = aPack([{ type: "blob", data: randomBytes(100_001) }]).subarray(0, 60_000);
      const band = Buffer.concat([Buffer.from("\u0001"), pack]);
      response.write(encodeLine("NAK"));
      response.write(Buffer.from((band.length + 4).toString(16).padStart(4, "0")));
      response.write(band);
    });
    const asked = client(60_000).request({ url: `${url}/git-upload-pack`, method: "POST" });
    const failure = await rejection(asked);
    expect(failure).to.have.property("code", "LimitExceeded");
    expect(failure.message).to.include("an object of 100001 bytes (limit ObjectBytes: 100000)");
    await hungUp;
  });
});
