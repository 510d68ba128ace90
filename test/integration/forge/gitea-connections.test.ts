import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import type { Forge } from "../../../agent/forge/forge.ts";
import { openGitea } from "../../../agent/forge/gitea/open-gitea.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";

/** A server that cuts each kept connection as soon as a second request comes over it. */
async function startForgetful() {
  const requests: string[] = [];
  const used = new WeakSet<Socket>();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.connection}`);
    if (used.has(request.socket)) {
      request.socket.resetAndDestroy();
      return;
    }
    used.add(request.socket);
    request.resume();
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: 1, user: { id: 2, login: "bot" }, body: "b" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    apiUrl: `http://127.0.0.1:${port}/api/v1`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("connections of the client of Gitea", () => {
  let forgetful: Awaited<ReturnType<typeof startForgetful>>;
  let forge: Forge;
  const { signal } = new AbortController();

  beforeEach(async () => {
    forgetful = await startForgetful();
    forge = openGitea({
      kind: "gitea",
      apiUrl: forgetful.apiUrl,
      repository: "rooms/specs",
      login: async () => ({ kind: "token", token: "token-0123456789" }),
      access: async () => ({}),
      timeoutMs: 5000,
      clock: systemClock,
    });
  });
  afterEach(async () => {
    forge.close();
    await forgetful.stop();
  });

  it("never carry a new comment over a kept one, which may be stale: it would not be known whether it was written", async () => {
    for (let count = 0; count < 3; count += 1) {
      const made = await forge.comments.create(7, "a plan", signal);
      expect(made).to.have.property("kind", "ok");
    }
    expect(forgetful.requests).to.deep.equal(["POST close", "POST close", "POST close"]);
  });

  it("are given up where a kept one is stale, and what may be carried out twice is sent again", async () => {
    const place = { number: 7, id: "1" };
    for (let count = 0; count < 3; count += 1) {
      const edited = await forge.comments.edit(place, "a plan", signal);
      expect(edited).to.deep.equal({ kind: "ok", value: true });
    }
    expect(forgetful.requests.length).to.be.above(3);
  });
});
