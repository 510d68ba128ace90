import { expect } from "chai";
import type { SentCall } from "../../../agent/roomserver/room-caller.ts";
import type { RoomServer } from "../../../agent/roomserver/room-server.ts";
import { createDevserver } from "../../../devserver/devserver.ts";
import type { Devserver } from "../../../devserver/devserver.ts";
import { aCall } from "../../support/a-call.ts";
import { aRestRoomServer } from "../../support/a-rest-room-server.ts";
import { A_ROOM, anArtifact, anEntity, aResource } from "../../support/a-room-spec.ts";
import { readLog, setFaults } from "../../support/devserver-client.ts";
import { rejection } from "../../support/rejection.ts";

const HELLO = new TextEncoder().encode("hello");

const HUNDRED_YEARS_MS = 100 * 365 * 86_400_000;

describe("The REST adapter under faults", () => {
  let devserver: Devserver;
  let url: string;
  let server: RoomServer;
  let sent: SentCall[];

  beforeEach(async () => {
    devserver = createDevserver({ port: 0 });
    ({ url } = await devserver.start());
    sent = [];
    server = aRestRoomServer(url, { onCall: (call) => sent.push(call) });
  });
  afterEach(async () => {
    await server.close();
    await devserver.stop();
  });

  const seed = () => server.seed(A_ROOM, { artifact: anArtifact("notes"), bytes: HELLO }, aCall());
  const join = () => server.join(A_ROOM, anEntity("E-1"), aCall());
  const log = async () =>
    (await readLog(url)).map(({ op, effect }) => `${op} ${effect ? "changed" : "no effect"}`);

  for (const { operation, write } of [
    { operation: "join", write: join },
    { operation: "kick", write: () => server.kick(A_ROOM, "E-1", aCall()) },
    { operation: "delete", write: () => server.deleteArtifact(A_ROOM, "notes", aCall()) },
    {
      operation: "policy",
      write: () =>
        server.setPolicy(A_ROOM, { policy: "dmVisibilityDefault", value: "team" }, aCall()),
    },
    { operation: "state", write: () => server.readState(A_ROOM, aCall()) },
    { operation: "hash", write: () => server.readFingerprint(A_ROOM, "notes", aCall()) },
  ]) {
    it(`re-sends ${operation} after 503s until an answer comes`, async () => {
      await setFaults(url, { kind: "status", operation, status: 503, count: 2 });
      expect((await write()).kind).to.be.oneOf(["done", "already", "ok"]);
      expect(sent.map(({ status }) => status)).to.have.length(3);
      expect(sent.slice(0, 2).map(({ status }) => status)).to.deep.equal([503, 503]);
    });

    it(`gives ${operation} up after as many requests as configured`, async () => {
      await setFaults(url, { kind: "status", operation, status: 500 });
      expect(await write()).to.include({ kind: "unavailable", maybeDone: true });
      expect(sent).to.have.length(3);
    });
  }

  it("reads of an error only the beginning, and still waits as it asks", async () => {
    await setFaults(url, {
      kind: "status",
      operation: "join",
      status: 503,
      retryAfter: 120,
      body: JSON.stringify({ error: "x".repeat(9_000_000) }),
    });
    const answer = await join();
    expect(answer).to.include({ kind: "unavailable", retryAfterMs: 120_000 });
    expect(JSON.stringify(answer).length).to.be.lessThan(600);
  });

  it("says for how long a Retry-After asks, a hundred years at most, and does not wait in place", async () => {
    for (const retryAfter of ["99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"]) {
      await setFaults(url, { kind: "status", operation: "join", status: 503, retryAfter });
      expect(await join()).to.include({ kind: "unavailable", retryAfterMs: HUNDRED_YEARS_MS });
    }
  });

  for (const { operation, write } of [
    { operation: "seed", write: seed },
    { operation: "promote", write: () => server.promote(A_ROOM, "notes", aCall()) },
    {
      operation: "resource",
      write: () => server.ensureResource(A_ROOM, aResource("search"), aCall()),
    },
  ]) {
    it(`does not re-send ${operation} after a 503`, async () => {
      await setFaults(url, { kind: "status", operation, status: 503, retryAfter: 2 });
      expect(await write()).to.include({
        kind: "unavailable",
        maybeDone: true,
        retryAfterMs: 2000,
      });
      expect(sent).to.have.length(1);
    });

    it(`re-sends ${operation} after 429s`, async () => {
      await setFaults(url, { kind: "status", operation, status: 429, count: 2 });
      await write();
      expect(sent.map(({ status }) => status).slice(0, 2)).to.deep.equal([429, 429]);
      expect(sent).to.have.length(3);
    });
  }

  it("re-sends the same request id", async () => {
    await setFaults(url, { kind: "status", operation: "join", status: 503, count: 1 });
    await server.join(A_ROOM, anEntity("E-1"), aCall({ requestId: "action-7" }));
    const ids = (await readLog(url)).map(({ requestId }) => requestId);
    expect(ids).to.deep.equal(["action-7", "action-7"]);
  });

  it("finds a join done that the server did before it failed to say so", async () => {
    await setFaults(url, {
      kind: "status",
      operation: "join",
      status: 500,
      count: 1,
      afterWork: true,
    });
    expect(await join()).to.deep.include({ kind: "already", status: 409 });
    expect(await log()).to.deep.equal(["join changed", "join no effect"]);
  });

  for (const connection of ["first", "kept"]) {
    it(`leaves open whether a seed was done whose answer was lost on a ${connection} connection`, async () => {
      if (connection === "kept") await server.readState(A_ROOM, aCall());
      await setFaults(url, { kind: "drop", operation: "seed", afterWork: true });
      expect(await seed()).to.include({ kind: "unavailable", maybeDone: true });
      expect(await log()).to.deep.equal(["seed changed"]);
      const read = await server.readFingerprint(A_ROOM, "notes", aCall());
      expect(read).to.have.property("value").that.is.a("string");
    });
  }

  for (const afterBytes of [1, 500_000, 1_000_000]) {
    it(`leaves no half artifact when the upload is cut after ${afterBytes} bytes`, async () => {
      await setFaults(url, { kind: "cut", operation: "seed", afterBytes });
      const bytes = new Uint8Array(1_000_003);
      const result = await server.seed(A_ROOM, { artifact: anArtifact("blob"), bytes }, aCall());
      expect(result).to.include({ kind: "unavailable", maybeDone: true });
      await setFaults(url);
      const read = await server.readFingerprint(A_ROOM, "blob", aCall());
      expect(read).to.deep.equal({ kind: "ok", value: null });
    });
  }

  it("sends a write again that ran out of time, and leaves a read to the next pass", async () => {
    server = aRestRoomServer(url, {
      timeoutMs: 60,
      retry: { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1, jitterFactor: 0 },
      onCall: (call) => sent.push(call),
    });
    await setFaults(url, { kind: "hang" });
    const ranOut = { kind: "unavailable", maybeDone: true };
    expect(await server.join(A_ROOM, anEntity("E-1"), aCall())).to.include(ranOut);
    expect(sent.map(({ failure }) => failure)).to.deep.equal(["timeout", "timeout"]);
    sent.length = 0;
    expect(await server.readState(A_ROOM, aCall())).to.include(ranOut);
    expect(sent.map(({ failure }) => failure)).to.deep.equal(["timeout"]);
  });

  it("leaves the wait for a Retry-After as soon as the signal aborts", async () => {
    await setFaults(url, { kind: "status", status: 429, retryAfter: 50 });
    const controller = new AbortController();
    const reading = rejection(server.readState(A_ROOM, aCall({ signal: controller.signal })));
    setTimeout(() => controller.abort(new Error("stopping")), 50);
    expect((await reading).message).to.equal("stopping");
    expect(sent).to.have.length(1);
  });

  it("comes back later when the server asks for more than a minute", async () => {
    await setFaults(url, { kind: "status", status: 429, retryAfter: 120 });
    expect(await join()).to.include({
      kind: "unavailable",
      maybeDone: false,
      retryAfterMs: 120_000,
    });
    expect(sent).to.have.length(1);
  });

  it("does not read an answer to its end that is larger than 8 MiB", async () => {
    await setFaults(url, { kind: "hugeJson", bytes: 100_000_000 });
    const result = await server.readState(A_ROOM, aCall());
    expect(result).to.include({ kind: "wrongProtocol" });
    expect(sent.map(({ failure }) => failure)).to.deep.equal(["tooLarge"]);
  });

  it("reads an answer of just under 8 MiB", async () => {
    await setFaults(url, { kind: "hugeJson", bytes: 8 * 1024 * 1024 });
    expect(await server.readState(A_ROOM, aCall())).to.include({ kind: "wrongProtocol" });
    expect(sent[0]).to.include({ status: 200, failure: null });
  });

  it("takes a sign-in page for the wrong protocol, for reads and writes", async () => {
    await setFaults(url, { kind: "invalidJson" });
    expect(await server.readState(A_ROOM, aCall())).to.include({ kind: "wrongProtocol" });
    expect(await join()).to.include({ kind: "wrongProtocol" });
    expect(sent).to.have.length(2);
  });

  it("shows the state of another room as what it is", async () => {
    await setFaults(url, { kind: "otherRoom", roomId: "room-other1" });
    const read = await server.readState(A_ROOM, aCall());
    expect(read).to.have.nested.property("value.roomId", "room-other1");
  });

  it("shows entities without a policy as having none, and artifacts without a hash likewise", async () => {
    await join();
    await seed();
    await setFaults(url, { kind: "omitPolicy" }, { kind: "omitHash" });
    const read = await server.readState(A_ROOM, aCall());
    expect(read).not.to.have.nested.property("value.entities[0].policy");
    expect(read).to.have.nested.property("value.entities[0].id", "E-1");
    expect(read).not.to.have.nested.property("value.artifacts[0].fingerprint");
  });
});
