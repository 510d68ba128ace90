import { expect } from "chai";
import { toIso } from "../../../agent/kernel/clock.ts";
import { SteadyTime } from "../../../agent/kernel/steady-time.ts";
import type { Room } from "../../../agent/room/room.ts";
import { noteRoomServer } from "../../../agent/run/room-server-change.ts";
import { onlyDocument } from "../../../agent/store/only-document.ts";
import { writePullRequest } from "../../../agent/store/shown-plans.ts";
import { aConfirmation, anInput, anIntent, aQuarantine, aRoomRow } from "../../support/a-row.ts";
import { aTrail } from "../../support/a-trail.ts";
import { anEntity } from "../../support/a-room-spec.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const A = "http://a.example.org:5000";
const B = "http://b.example.org:5000";
const join = { kind: "join", item: "entity/E-1", entity: anEntity("E-1") } as const;
const kick = { kind: "kick", item: "entity/E-1", previous: { id: "E-1" } } as const;

describe("a change of the RoomServer", () => {
  let clock: FakeClock;
  let store: MemoryStore;
  let logged: (readonly [object, string])[];

  beforeEach(async () => {
    clock = new FakeClock();
    store = new MemoryStore(() => clock.nowMs());
    logged = [];
    await note(A);
  });

  async function note(baseUrl: string): ReturnType<typeof noteRoomServer> {
    const log = (fields: object, message: string) => void logged.push([fields, message]);
    const logger = { info: log, warn: log } as never;
    const steady = new SteadyTime(clock, null);
    return noteRoomServer(baseUrl, {
      store,
      clock,
      steady,
      newId: () => "id-9",
      trail: aTrail({ clock }),
      logger,
    });
  }

  async function rooms(count: number, given: Partial<Room> = {}): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const roomId = `room-${String(i).padStart(4, "0")}`;
      const row = aRoomRow({ roomId, verifiedBefore: true, inventory: ["entity/E-1"], ...given });
      const confirmation = aConfirmation({ id: `c-${i}`, roomId });
      await store.write([
        { kind: "room", row },
        { kind: "confirmation", row: confirmation },
      ]);
    }
    store.written.length = 0;
  }

  const room = async (roomId = "room-0000") => (await store.readRoom(roomId)) as Room;
  const waiting = async () => (await store.readConfirmations(null, clock.nowMs())).length;
  const records = async (action: string) =>
    (await store.readAudit({ count: 10_000 })).filter((one) => one.action === action);

  it("ends confirmations of every origin, with a reason and a count", async () => {
    await rooms(1);
    for (const origin of ["label", "request", "return"] as const)
      await store.write([
        { kind: "confirmation", row: aConfirmation({ id: origin, roomId: "room-0000", origin }) },
      ]);
    await note(B);
    expect(await waiting()).to.equal(0);
    const ended = await records("confirmation.withdrawn");
    expect(ended).to.have.length(4);
    for (const { metadata } of ended)
      expect(metadata["message"]).to.include(
        `was ${A} and is ${B}, and it was given for the room there`,
      );
    const counts = { rooms: 1, confirmations: 4, intents: 0, rollbacks: 0 };
    const [changed] = await records("server.changed");
    expect(changed?.metadata).to.include({ from: A, to: B, ...counts });
    expect(logged.filter(([, message]) => message === "confirmation withdrawn")).to.have.length(4);
    expect(logged.at(-1)).to.deep.equal([{ from: A, to: B, ...counts }, "another RoomServer"]);
  });

  it("ends open intents and an open rollback by no read, and says where to look", async () => {
    const pending = [{ of: join, actions: [kick], wasOurs: false }];
    await rooms(1, { quarantine: aQuarantine({ pending }) });
    await store.write([
      { kind: "intent", row: anIntent({ roomId: "room-0000", phase: "ROLLBACK" }) },
    ]);
    await note(B);
    expect(await store.readOpenIntents()).to.deep.equal([]);
    const [ended] = await records("entity.joined");
    expect(ended?.metadata).to.include({ outcome: "unknown", room: "room-0000" });
    expect(ended?.metadata["message"]).to.include(`look into the room on ${A}`);
    const { quarantine } = await room();
    expect(quarantine?.pending).to.deep.equal([]);
    const [kept] = quarantine?.notUndone ?? [];
    expect(kept).to.include({ action: "join", item: "entity/E-1", reason: "RoomServerChanged" });
    expect(kept?.message).to.include(`look into the room on ${A}`);
    const [rolledBack] = await records("room.rolledBack");
    expect(rolledBack?.metadata).to.include({
      reason: "RoomServerChanged",
      revision: "main@sha1:2",
    });
    const [changed] = await records("server.changed");
    expect(changed?.metadata).to.include({ intents: 1, rollbacks: 1 });
  });

  it("forgets what was shown of the old one, in rooms that were never verified too", async () => {
    const shown = {
      digest: `sha256:${"0".repeat(64)}`,
      inputs: "digest-1",
      removals: ["entity/E-1"],
    };
    const detour = { from: "a", since: "b", added: ["entity/E-1"] } as const;
    await rooms(1, {
      verifiedBefore: false,
      head: anInput(),
      pendingPlan: shown as Room["pendingPlan"],
      refusals: [{ items: ["entity/E-1"] }] as never,
      planConfirmed: "digest-1",
      reviewed: { inputs: "digest-1" } as never,
      detour,
      confirmedRequests: 3,
    });
    const plan = { head: "c", base: "d" } as never;
    const pull = { source: "main", number: 1, commentId: "7", plans: [plan] };
    await store.write([writePullRequest(pull)]);
    await note(B);
    const row = await room();
    expect(row).to.deep.include({
      pendingPlan: null,
      refusals: [],
      planConfirmed: null,
      reviewed: null,
    });
    expect(row.confirmedRequests, "names of plans").to.equal(4);
    expect(row.detour, "what a return takes out again").to.deep.equal({ ...detour, added: [] });
    expect(row.inDoubt, "it holds what the agent put there").to.include({ isAll: true });
    const [found] = await store.readDocuments("pullRequest");
    expect(found?.document).to.deep.equal({ ...pull, plans: [] });
  });

  it("ends nothing where the same address is written in another way", async () => {
    await rooms(1);
    for (const address of [A, `${A}/`, "HTTP://A.example.org:5000//"]) await note(address);
    expect(await waiting()).to.equal(1);
    expect(store.written).to.deep.equal([]);
  });

  it("continues where a crash cut it off, and counts all of it once", async () => {
    await rooms(250);
    store.failWrites(4);
    await rejection(note(B));
    const left = await waiting();
    expect(left).to.be.within(1, 249);
    store = store.reopen();
    await clock.advance(60_000);
    await note(B);
    expect(await waiting()).to.equal(0);
    expect(await records("confirmation.withdrawn")).to.have.length(250);
    const [changed, ...more] = await records("server.changed");
    expect(changed?.metadata).to.include({ from: A, to: B, rooms: 250, confirmations: 250 });
    expect(more).to.deep.equal([]);
    const last = await room("room-0249");
    expect(last.confirmedRequests).to.equal(1);
    expect((await room()).inDoubt, "since the same time").to.deep.equal(last.inDoubt);
    const known = await onlyDocument(store, "roomServer");
    expect(known).to.have.all.keys("baseUrl", "since", "moved");
    expect(known?.baseUrl).to.equal(B);
  });

  it("ends nothing more where the old one is back before a cut off change was done", async () => {
    await rooms(250);
    store.failWrites(4);
    await rejection(note(B));
    const left = await waiting();
    store = store.reopen();
    await note(A);
    expect(await waiting()).to.equal(left);
    expect((await room()).inDoubt?.message).to.include(`was ${B} and is ${A}`);
    expect((await room("room-0249")).inDoubt).to.equal(undefined);
    const [changed] = await records("server.changed");
    expect(changed?.metadata).to.include({ from: B, to: A, rooms: 250 - left });
    await note(A);
    expect(await records("server.changed")).to.have.length(1);
  });

  it("is known at each start from then on, until another one is done", async () => {
    expect(await note(A)).to.equal(null);
    const move = { from: A, to: B, since: toIso(clock.nowMs()) };
    expect(await note(B)).to.deep.equal(move);
    await clock.advance(60_000);
    expect(await note(B)).to.deep.equal(move);
    await rooms(1);
    store.failWrites(3);
    await rejection(note(A));
    store = store.reopen();
    expect(await note(B), "cut off").to.deep.equal(move);
    expect(await note(B)).to.deep.equal(move);
    const back = { from: B, to: A, since: toIso(clock.nowMs()) };
    expect(await note(A)).to.deep.equal(back);
  });

  it("writes many rooms in transactions of a bounded size", async () => {
    await rooms(1000);
    await note(B);
    const sizes = store.written.map((changes) => changes.length);
    expect(Math.max(...sizes)).to.be.at.most(210);
    expect(sizes.length).to.be.at.least(15);
  });

  it("withdraws what was given for the second one once the first is back", async () => {
    await rooms(1);
    await note(B);
    const row = aConfirmation({ id: "on-b", roomId: "room-0000" });
    await store.write([{ kind: "confirmation", row }]);
    await note(A);
    expect(await waiting()).to.equal(0);
    expect((await room()).inDoubt?.message).to.include(`was ${B} and is ${A}`);
  });
});
