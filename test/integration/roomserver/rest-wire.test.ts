import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCredential } from "../../../agent/config/credential.ts";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import type { RoomServerOptions } from "../../../agent/roomserver/open-room-server.ts";
import type { SentCall } from "../../../agent/roomserver/room-caller.ts";
import { aCall } from "../../support/a-call.ts";
import { aRestRoomServer } from "../../support/a-rest-room-server.ts";
import { A_ROOM, anArtifact, anEntity } from "../../support/a-room-spec.ts";

const STATE = JSON.stringify({ roomId: A_ROOM, entities: [], artifacts: [] });

describe("The REST adapter on the wire", () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(
      servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
    );
  });

  async function listen(server: Server): Promise<string> {
    servers.push(server);
    server.on("connection", (socket: Socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A server that answers each request with `answer` and keeps the requests. */
  async function serve(answer: RequestListener): Promise<{ url: string; seen: IncomingMessage[] }> {
    const seen: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      seen.push(request);
      request.resume();
      answer(request, response);
    });
    return { url: await listen(server), seen };
  }

  const readState = (url: string, given: Partial<RoomServerOptions> = {}) =>
    aRestRoomServer(url, given).readState(A_ROOM, aCall());

  it("says who asks, for which pass and which action, and asks for plain bytes", async () => {
    const { url, seen } = await serve((_request, response) => response.end(STATE));
    const call = aCall({ correlationId: "pass-9", requestId: "action-9" });
    await aRestRoomServer(url, { token: async () => "s3cret" }).readState(A_ROOM, call);
    expect(seen[0]?.headers).to.include({
      authorization: "Bearer s3cret",
      "x-correlation-id": "pass-9",
      "x-request-id": "action-9",
      "accept-encoding": "identity",
    });
    expect(seen[0]?.url).to.equal(`/room/${A_ROOM}/state`);
  });

  for (const token of [undefined, "", "  ", "${ROOM_AUTH_TOKEN}"]) {
    it(`sends no Authorization for the token ${JSON.stringify(token)}`, async () => {
      const { url, seen } = await serve((_request, response) => response.end(STATE));
      expect(await readState(url, { token: async () => token })).to.include({ kind: "ok" });
      expect(seen[0]?.headers).not.to.have.property("authorization");
    });
  }

  it("asks for the token before each request", async () => {
    const tokens = ["old", "new"];
    const { url, seen } = await serve((request, response) => {
      response.statusCode = request.headers.authorization === "Bearer old" ? 503 : 200;
      response.end(STATE);
    });
    await readState(url, { token: async () => tokens.shift() });
    expect(seen.map(({ headers }) => headers.authorization)).to.deep.equal([
      "Bearer old",
      "Bearer new",
    ]);
  });

  for (const { from, token, tokenFile, says } of [
    {
      from: "nowhere",
      token: undefined,
      says: /answered 401\. No token was sent: set ROOM_AUTH_TOKEN or Auth\.TokenFile/,
    },
    {
      from: "a file",
      token: "s3cret",
      tokenFile: "/run/room-token",
      says: /401\. Renew the token in \/run\/room-token \(Auth\.TokenFile\).* no restart is needed\.$/,
    },
    {
      from: "the environment",
      token: "s3cret",
      says: /401\. Renew the RoomServer token \(ROOM_AUTH_TOKEN .* start the agent again\.$/,
    },
  ])
    it(`says of a refused token from ${from} how it is renewed`, async () => {
      const { url } = await serve((_request, response) => {
        response.statusCode = 401;
        response.end();
      });
      const file = tokenFile === undefined ? {} : { tokenFile };
      const result = await readState(url, { token: async () => token, ...file });
      expect(result).to.include({ kind: "unauthorized" });
      expect(result).to.have.property("message").that.matches(says);
    });

  it("sends nothing with a token that no header can carry, and does not repeat it", async () => {
    const { url, seen } = await serve((_request, response) => response.end(STATE));
    const result = await readState(url, { token: async () => "s3\ncret" });
    expect(result).to.include({ kind: "unauthorized" });
    expect(JSON.stringify(result)).not.to.include("cret");
    expect(seen).to.have.length(0);
  });

  it("sends nothing while the token's file cannot be read, and says which file", async () => {
    const { url, seen } = await serve((_request, response) => response.end(STATE));
    const folder = mkdtempSync(join(tmpdir(), "room-operator-token-"));
    const path = join(folder, "token");
    const token = async () =>
      (await readCredential({ kind: "file", path, holds: "token" })).reveal();
    try {
      const result = await readState(url, { token });
      expect(result).to.include({ kind: "unauthorized" });
      expect(result).to.have.property("message").that.includes(path);
      expect(seen).to.have.length(0);
      for (const value of ["first", "second"]) {
        writeFileSync(path, `${value}\n`);
        expect(await readState(url, { token })).to.include({ kind: "ok" });
        expect(seen.at(-1)?.headers.authorization).to.equal(`Bearer ${value}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const token of ["s3cret", 's3"cret']) {
    it(`shows no token ${token} that the server repeats`, async () => {
      const { url } = await serve((request, response) => {
        response.statusCode = 401;
        const sent = request.headers.authorization;
        response.end(JSON.stringify({ error: "INVALID_TOKEN", sent }));
      });
      const result = await readState(url, { token: async () => token });
      expect(result).to.include({ kind: "unauthorized", status: 401 });
      expect(result).to.have.property("message").that.includes('"sent":"Bearer [redacted]"');
    });
  }

  it("puts its paths behind the path of the base URL", async () => {
    const { url, seen } = await serve((_request, response) => response.end(STATE));
    await readState(`${url}/tenants/a/`);
    expect(seen[0]?.url).to.equal(`/tenants/a/room/${A_ROOM}/state`);
  });

  it("sends nothing for a name that would change the path", async () => {
    const { url, seen } = await serve((_request, response) => response.end("{}"));
    const server = aRestRoomServer(url);
    for (const name of ["..", ".", ""]) {
      for (const result of [
        await server.kick(A_ROOM, name, aCall()),
        await server.deleteArtifact(A_ROOM, name, aCall()),
        await server.promote(A_ROOM, name, aCall()),
        await server.readFingerprint(A_ROOM, name, aCall()),
      ]) {
        expect(result).to.include({ kind: "refused", status: 400 });
      }
    }
    expect(seen).to.have.length(0);
  });

  it("sends a promote with an empty body", async () => {
    const { url, seen } = await serve((_request, response) => response.end());
    expect(await aRestRoomServer(url).promote(A_ROOM, "notes", aCall())).to.deep.equal({
      kind: "done",
    });
    expect(seen[0]?.headers).to.include({ "content-length": "0" });
    expect(seen[0]?.headers).not.to.have.property("transfer-encoding");
  });

  it("uses one connection for one call after the other, and a new one when asked to", async () => {
    const { url, seen } = await serve((_request, response) => response.end(STATE));
    const server = aRestRoomServer(url);
    await server.readState(A_ROOM, aCall());
    await server.join(A_ROOM, anEntity("E-1"), aCall());
    await server.readState(A_ROOM, aCall({ newConnection: true }));
    await server.readState(A_ROOM, aCall());
    const ports = seen.map(({ socket }) => sockets.indexOf(socket));
    expect(ports).to.deep.equal([0, 0, 1, 0]);
    expect(seen[2]?.headers.connection).to.equal("close");
    await server.close();
  });

  it("is certain that nothing was done when nobody listens, and says where it looked", async () => {
    const url = await listen(createTcpServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const sent: SentCall[] = [];
    const server = aRestRoomServer(url, { onCall: (call) => sent.push(call) });
    const result = await server.seed(
      A_ROOM,
      { artifact: anArtifact("notes"), bytes: new Uint8Array() },
      aCall(),
    );
    expect(result).to.include({ kind: "unavailable", maybeDone: false });
    expect(result)
      .to.have.property("message")
      .that.matches(/^RoomServer unreachable \(.*: connection refused, 127\.0\.0\.1:\d+\)$/);
    expect(sent.map(({ failure }) => failure)).to.deep.equal(["connect", "connect", "connect"]);
  });

  for (const baseUrl of ["localhost:5000", "ftp://host/", "", "http://user:pa55@host/"]) {
    it(`refuses the base URL "${baseUrl.replace("pa55", "…")}" without showing a password`, () => {
      expect(() => aRestRoomServer(baseUrl))
        .to.throw(OperatorError)
        .that.satisfies(
          (error: OperatorError) =>
            error.code === "InvalidBaseUrl" && !error.message.includes("pa55"),
        );
    });
  }
});
