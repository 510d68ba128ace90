import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { GitHttp } from "../../../agent/source/git-http.ts";
import { uploadPackHttp } from "../../../agent/source/git-upload-pack.ts";
import { rejection } from "../../support/rejection.ts";

describe("uploadPackHttp", () => {
  let silent: Server;

  beforeEach(async () => {
    silent = createServer((request) => request.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  it("names the deadline of the whole operation, not what was left of it", async () => {
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/specs.git`;
    const http = new GitHttp(url);
    const client = uploadPackHttp(http, {
      credentials: { kind: "none" },
      nowMs: () => 0,
      signal: new AbortController().signal,
      deadlines: { headersMs: 60_000, idleMs: 60_000, totalMs: 200 },
      packBytes: 1000,
      onReceived: () => undefined,
    });
    const failure = await rejection(client.request({ url: `${url}/info/refs`, method: "GET" }));
    expect(failure.message).to.include("took more than 200 ms in all");
    http.close();
  });
});
