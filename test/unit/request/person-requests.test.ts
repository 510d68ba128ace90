import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { specDigest } from "../../../agent/spec/digest.ts";
import type { PollEnd } from "../../../agent/trigger/poller.ts";
import type { ApplyAnswer, ApplySpec } from "../../../agent/request/requests.ts";
import { aPersonWorld, ask, WAIT_MS } from "./a-person-world.ts";
import { A_ROOM, aRoomSpec } from "../../support/a-room-spec.ts";
import { anInput, anIntent, aRoomRow } from "../../support/a-row.ts";
import { settled } from "../../support/fake-clock.ts";

function aPost(given: Partial<ApplySpec> = {}): ApplySpec {
  const spec = aRoomSpec({ version: 3, entities: ["E-1"] });
  return {
    ...ask,
    spec,
    digest: specDigest(spec),
    text: Buffer.from("text"),
    source: null,
    override: false,
    ...given,
  };
}

const codeOf = (answer: ApplyAnswer) =>
  answer.kind === "rejected" ? `${answer.status} ${answer.code}` : answer.kind;

describe("POST /apply {roomId}", () => {
  it("polls the room's source, tells the audit, and is answered with the report of its own pass", async () => {
    const { persons, store, world, polls, queued } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow() }]);
    const asked = persons.applyRoom({ ...ask, confirm: true });
    await settled();
    expect(polls).to.deep.equal(["main"]);
    expect(new Set(queued)).to.deep.equal(new Set([`apply ${A_ROOM}`]));
    expect(world.serve()).to.deep.equal({
      trigger: "apply",
      correlationId: "corr-1",
      actor: "ada",
      confirm: { kind: "made", inputs: null, dryRun: null },
      dryRun: false,
      retry: true,
      posted: null,
      carried: null,
      alsoFor: [],
    });
    expect(codeOf(await asked)).to.equal("report");
    const [record] = await store.readAudit({ count: 1 });
    expect(record).to.deep.include({ type: "command", action: "apply", correlationId: "corr-1" });
    expect(record?.metadata).to.deep.equal({
      room: A_ROOM,
      actor: "ada",
      confirm: true,
      dryRun: false,
    });
  });

  it("goes on when the poll fails or throws", async () => {
    const { persons, store, world } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow() }]);
    world.poll = () => Promise.reject(new Error("the agent stops"));
    const asked = persons.applyRoom(ask);
    await settled();
    world.serve();
    expect(codeOf(await asked)).to.equal("report");
  });

  it("is not found where no source names the room after a poll", async () => {
    const { persons, polls, pending, store } = aPersonWorld();
    expect(codeOf(await persons.applyRoom(ask))).to.equal("404 UnknownRoom");
    expect(polls).to.deep.equal(["main"]);
    expect(pending.has(A_ROOM)).to.equal(false);
    expect(await store.readAudit({ count: 10 })).to.deep.equal([]);
  });

  it("is asked whether it is the room that is called nearly so", async () => {
    const { persons, store } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow() }]);
    const answer = await persons.applyRoom({ ...ask, roomId: `${A_ROOM}x` });
    expect(answer.kind === "rejected" && answer.detail).to.include(
      `; did you mean "${A_ROOM}"? If not, push its spec`,
    );
    const deleted = await persons.deleteRoom({ ...ask, roomId: `${A_ROOM}x` });
    expect(deleted.kind === "rejected" && deleted.detail).to.equal(
      `no source and no posted spec names room "${A_ROOM}x"; did you mean "${A_ROOM}"? If not, there is nothing to delete: GET /status lists the rooms there are`,
    );
  });

  it("finds a room that the poll brings in", async () => {
    const { persons, store, world } = aPersonWorld();
    world.poll = async () => {
      await store.write([{ kind: "room", row: aRoomRow() }]);
      return { kind: "synced", head: "b" };
    };
    const asked = persons.applyRoom(ask);
    await settled();
    world.serve();
    expect(codeOf(await asked)).to.equal("report");
  });

  it("polls every source for a room that nobody owns", async () => {
    const { persons, store, world, polls } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow({ owner: null }) }]);
    const asked = persons.applyRoom(ask);
    await settled();
    expect(polls).to.deep.equal(["main"]);
    world.serve();
    await asked;
  });

  for (const slow of ["pass", "poll"] as const) {
    it(`is accepted when its ${slow} takes too long, and goes on by itself`, async () => {
      const { persons, store, world, clock, pending } = aPersonWorld();
      await store.write([{ kind: "room", row: aRoomRow() }]);
      let free: (end: PollEnd) => void = () => undefined;
      if (slow === "poll") {
        world.poll = () => new Promise((resolve) => (free = resolve));
      }
      const asked = persons.applyRoom(ask);
      await clock.advance(WAIT_MS);
      expect(await asked).to.deep.equal({
        kind: "accepted",
        correlationId: "corr-1",
        reason:
          slow === "poll"
            ? "not finished after 30 s: still polling main"
            : "not finished after 30 s",
      });
      free({ kind: "unchanged", head: "a" });
      await settled();
      expect(pending.has(A_ROOM)).to.equal(true);
      world.serve();
    });
  }

  it("leaves no timer behind", async () => {
    const { persons, store, world, clock } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow() }]);
    const asked = persons.applyRoom(ask);
    await settled();
    world.serve();
    await asked;
    await settled();
    expect(clock.sleeping).to.equal(0);
  });

  it("is rejected with the reason when its pass did not come about", async () => {
    const { persons, store, pending } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow() }]);
    pending.endAll(new OperatorError("ShuttingDown", "ask again"));
    expect(codeOf(await persons.applyRoom(ask))).to.equal("503 ShuttingDown");
  });
});

describe("POST /apply {spec}", () => {
  it("makes the spec the newest of a room that is not known, and supersedes what runs", async () => {
    const { persons, store, world, owners, queued } = aPersonWorld();
    const post = aPost();
    const asked = persons.applySpec(post);
    await settled();
    expect(queued).to.deep.equal([`git ${A_ROOM}`, `apply ${A_ROOM}`]);
    expect(world.serve().posted).to.equal(null);
    expect(codeOf(await asked)).to.equal("report");
    const row = await store.readRoom(A_ROOM);
    expect(row?.owner).to.deep.equal({ kind: "api" });
    expect(row?.head).to.deep.include({
      path: null,
      specVersion: 3,
      specOid: `api:${post.digest}`,
      revision: `api@sha256:${post.digest}`,
      author: "ada",
    });
    const history = await store.readHistory(A_ROOM);
    expect(history.map(({ outcome, revision }) => `${outcome} ${revision}`)).to.deep.equal([
      `observed api@sha256:${post.digest}`,
    ]);
    expect(await store.readSpec(`api:${post.digest}`)).to.deep.equal(post.spec);
    expect(owners.get(A_ROOM)).to.deep.equal({ kind: "api" });
  });

  it("answers 409 for a room of git and changes nothing", async () => {
    const { persons, store, queued } = aPersonWorld();
    const row = aRoomRow({ head: anInput() });
    await store.write([{ kind: "room", row }]);
    expect(codeOf(await persons.applySpec(aPost()))).to.equal("409 ManagedByGit");
    expect(await store.readRoom(A_ROOM)).to.deep.equal({ ...row, version: 1 });
    expect(queued).to.deep.equal([]);
    expect(store.written).to.have.length(1);
  });

  it("suspends a room of git with X-Override, which stays git's", async () => {
    const { persons, store, world } = aPersonWorld();
    const before = aRoomRow({ head: anInput(), dryRun: { commit: "c0ffee" } });
    await store.write([{ kind: "room", row: before }]);
    const asked = persons.applySpec(aPost({ override: true }));
    await settled();
    world.serve();
    await asked;
    const row = await store.readRoom(A_ROOM);
    expect(row).to.deep.include({ owner: before.owner, overridden: true, dryRun: null });
    expect(row?.head?.path).to.equal(null);
  });

  it("answers 409 when git claims the room while its seeds are read", async () => {
    const { persons, store, queued } = aPersonWorld();
    const row = aRoomRow({ head: anInput() });
    store.beforeWrite = async (changes) => {
      if (!changes.some(({ kind }) => kind === "spec")) return;
      store.beforeWrite = () => undefined;
      await store.write([{ kind: "room", row }]);
    };
    expect(codeOf(await persons.applySpec(aPost()))).to.equal("409 ManagedByGit");
    expect(await store.readRoom(A_ROOM)).to.deep.equal({ ...row, version: 1 });
    expect(queued).to.deep.equal([]);
  });

  it("with X-Dry-Run hands the spec to its pass and leaves the room as it is", async () => {
    const { persons, store, world, owners } = aPersonWorld();
    const asked = persons.applySpec(aPost({ dryRun: true }));
    await settled();
    expect(world.serve()).to.deep.include({ dryRun: true });
    await asked;
    expect(await store.readRoom(A_ROOM)).to.equal(null);
    expect(owners.get(A_ROOM)).to.equal(null);
  });
});

describe("DELETE /rooms/{roomId}", () => {
  it("orphans a room of a posted spec and supersedes its pass", async () => {
    const { persons, store, owners, queued, released } = aPersonWorld();
    await store.write([{ kind: "room", row: aRoomRow({ owner: { kind: "api" } }) }]);
    const fact = { problem: null, took: "unusable", lost: false, prunedBy: null } as const;
    owners.set(A_ROOM, { owner: { kind: "api" }, ...fact });
    expect(await persons.deleteRoom(ask)).to.deep.equal({ kind: "orphaned" });
    const row = await store.readRoom(A_ROOM);
    expect(row?.owner).to.equal(null);
    expect(row?.conditions.map(({ type }) => type)).to.deep.equal(["Ready", "Orphaned"]);
    expect(owners.get(A_ROOM)).to.equal(null);
    expect(queued).to.deep.equal([`git ${A_ROOM}`]);
    expect(released).to.deep.equal([A_ROOM]);
    expect(await persons.deleteRoom(ask)).to.deep.equal({ kind: "forgotten" });
    expect(await store.readRoom(A_ROOM)).to.equal(null);
    expect(await persons.deleteRoom(ask)).to.deep.include({ status: 404 });
  });

  it("ends what no read has settled of a room that is forgotten, with both records of each", async () => {
    const { persons, store } = aPersonWorld();
    const waiting = anIntent({ id: "call-1", roomId: A_ROOM, unrecorded: true });
    const recorded = anIntent({ id: "call-2", roomId: A_ROOM });
    await store.write([
      { kind: "room", row: aRoomRow({ owner: null }) },
      { kind: "intent", row: waiting },
      { kind: "intent", row: recorded },
    ]);
    expect(await persons.deleteRoom(ask)).to.deep.equal({ kind: "forgotten" });
    const audit = await store.readAudit({ count: 100, roomId: A_ROOM });
    const shown = audit.map(({ action, timestamp, metadata }) => ({
      action,
      request: metadata["requestId"],
      outcome: metadata["outcome"],
      at: metadata["outcome"] === undefined && action.endsWith("intended") ? timestamp : null,
    }));
    const name = shown[0]?.action.replace(".intended", "") ?? "";
    expect(shown).to.deep.equal([
      {
        action: `${name}.intended`,
        request: "call-1",
        outcome: undefined,
        at: waiting.createdAt,
      },
      { action: name, request: "call-1", outcome: "unknown", at: null },
      { action: name, request: "call-2", outcome: "unknown", at: null },
      { action: "room.forgotten", request: undefined, outcome: undefined, at: null },
    ]);
    expect(await store.readOpenIntents(A_ROOM)).to.deep.equal([]);
  });

  it("answers 409 for a room of git and 404 for one that is not known", async () => {
    const { persons, store, queued, released } = aPersonWorld();
    expect(await persons.deleteRoom(ask)).to.deep.include({ status: 404 });
    await store.write([{ kind: "room", row: aRoomRow() }]);
    const answer = await persons.deleteRoom(ask);
    expect(answer).to.include({ status: 409, code: "ManagedByGit" });
    // DELETE does not know X-Override.
    expect(JSON.stringify(answer)).to.include("remove that file").and.not.include("X-Override");
    expect(queued).to.deep.equal([]);
    expect(released).to.deep.equal([]);
  });
});
