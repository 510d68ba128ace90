import { expect } from "chai";
import type { CommitStatus, ForgeAnswer } from "../../../agent/forge/forge.ts";
import type { FileErrors } from "../../../agent/intake/intake-findings.ts";
import { SyncStatus } from "../../../agent/review/sync-status.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { forgeFailure } from "../../support/scripted-forge.ts";
import { someInputs } from "../../support/some-inputs.ts";

const [ONE, TWO] = ["1".repeat(40), "2".repeat(40)];
const inputs = (digest: string) => someInputs({ digest });

function aRow(given: Partial<Room>): Room {
  const owner = { kind: "git", source: "specs", path: "a.room.yaml" } as const;
  return { ...emptyRoom("room-a", owner), ...given };
}

async function bench(store = new MemoryStore()) {
  const clock = new FakeClock();
  const written: string[] = [];
  const warned: string[] = [];
  const state = {
    head: ONE as string | null,
    isWhole: true,
    specErrors: { specErrorCount: 0, specErrors: [] } as FileErrors,
  };
  let answer: ForgeAnswer<null> = { kind: "ok", value: null };
  const set = (sha: string, { context, state: it, description, targetUrl }: CommitStatus) => {
    written.push(`${sha.slice(0, 1)} ${context} ${it}: ${description} -> ${targetUrl}`);
    return Promise.resolve(answer);
  };
  const sync = new SyncStatus({
    source: "specs",
    context: "room-operator/sync",
    forge: { statuses: { set, latest: () => Promise.resolve({ kind: "ok", value: null }) } },
    targetUrl: "https://rooms.test/status",
    head: () => state.head,
    isWhole: () => state.isWhole,
    specErrors: () => state.specErrors,
    store,
    clock,
    log: { info: () => undefined, error: () => undefined },
    warnings: {
      raise: (reason, message) => warned.push(`${reason}: ${message}`),
      end: (reason) => warned.push(`${reason} ended`),
    },
  });
  await sync.start();
  const settle = () => clock.advance(500);
  const answers = (next: ForgeAnswer<null>) => {
    answer = next;
  };
  return { sync, clock, written, warned, state, settle, answers, store };
}

const NEW = { head: inputs("new"), observedRevision: "main@sha1:1" };
const VERIFIED = { ...NEW, verified: inputs("new"), lastReconcile: "2026-05-01T12:00:01.000Z" };
const PENDING = "room-operator/sync pending: rooms are being synced -> https://rooms.test/status";
const DONE = "room-operator/sync success: 1 room verified -> https://rooms.test/status";

describe("SyncStatus", () => {
  it("is pending while a room is on its way, then what came of it, and is written once each", async () => {
    const { sync, settle, written } = await bench();
    sync.note(aRow(NEW));
    await settle();
    sync.note(aRow(NEW));
    await settle();
    sync.note(aRow(VERIFIED));
    await settle();
    await settle();
    expect(written).to.deep.equal([`1 ${PENDING}`, `1 ${DONE}`]);
  });

  it("names a room whose spec was renamed to a name that is not read, though it has no owner", async () => {
    const { sync, settle, written } = await bench();
    const of = { message: "renamed", revision: "main@sha1:1" };
    const notRead = { source: "specs", path: "a.yaml" };
    const headProblem = { ...of, reason: "RoomSpecNotRead", notRead } as const;
    sync.note(aRow({ ...VERIFIED, owner: null, headProblem }));
    const elsewhere = { ...headProblem, notRead: { ...notRead, source: "others" } };
    sync.note(aRow({ ...VERIFIED, roomId: "room-b", owner: null, headProblem: elsewhere }));
    await settle();
    expect(written).to.have.length(1);
    expect(written[0])
      .to.match(/failure: .*room-a\b.*RoomSpecNotRead/)
      .and.not.match(/room-b/);
  });

  it("names a room without an owner whose file is broken or one of two, for each source that has one", async () => {
    const { sync, settle, written } = await bench();
    const of = { message: "broken", revision: "main@sha1:1", reason: "SpecInvalid" } as const;
    const held = (...sources: string[]) => ({ ...of, sources });
    sync.note(aRow({ ...VERIFIED, owner: null, headProblem: held("others", "specs") }));
    sync.note(aRow({ ...VERIFIED, roomId: "room-b", owner: null, headProblem: held("others") }));
    await settle();
    expect(written).to.have.length(1);
    expect(written[0]).to.match(/failure: 1 of 1 rooms not synced: room-a: SpecInvalid/);
  });

  it("writes the end alone where a room is quick", async () => {
    const { sync, settle, written } = await bench();
    sync.note(aRow(NEW));
    sync.note(aRow(VERIFIED));
    await settle();
    expect(written).to.deep.equal([`1 ${DONE}`]);
  });

  it("leaves a commit that succeeded alone, whatever becomes of the room", async () => {
    const { sync, settle, written } = await bench();
    sync.note(aRow(VERIFIED));
    await settle();
    sync.note(aRow({ ...VERIFIED, verified: null }));
    await settle();
    expect(written).to.have.length(1);
  });

  it("says a failure, and the success when it was confirmed", async () => {
    const { sync, settle, written } = await bench();
    const conditions: Room["conditions"] = [
      {
        type: "AwaitingConfirm",
        status: "True",
        reason: "ChangeThresholdExceeded",
        message: "m",
        lastTransitionTime: "2026-05-01T12:00:00.000Z",
      },
    ];
    sync.note(aRow({ ...NEW, conditions }));
    sync.note(aRow({ ...NEW, conditions, lastReconcile: "2026-05-01T12:00:00.500Z" }));
    await settle();
    expect(written.at(-1)).to.match(/ failure: 1 of 1 rooms not synced: room-a: ChangeThreshold/);
    sync.note(aRow(VERIFIED));
    await settle();
    expect(written.at(-1)).to.equal(`1 ${DONE}`);
  });

  it("writes each head, and nothing while one is half ingested", async () => {
    const { sync, settle, written, state } = await bench();
    sync.note(aRow(VERIFIED));
    await settle();
    state.isWhole = false;
    sync.note(aRow({ ...NEW, head: inputs("newer"), observedRevision: "main@sha1:2" }));
    await settle();
    expect(written).to.have.length(1);
    state.head = TWO;
    state.isWhole = true;
    await settle();
    expect(written.at(-1)).to.equal(`2 ${PENDING}`);
  });

  it("warns where the forge refuses it, and tries again until it is written", async () => {
    const { sync, settle, written, warned, answers, clock } = await bench();
    answers(forgeFailure({ message: "the token may not write statuses" }));
    sync.note(aRow(VERIFIED));
    await settle();
    expect(warned).to.deep.equal([
      `SyncStatusNotWritten: the status room-operator/sync of commit ${ONE} is not written: the token may not write statuses`,
    ]);
    await clock.advance(5_000);
    expect(written).to.have.length(2);
    answers({ kind: "ok", value: null });
    await clock.advance(10_000);
    expect(written).to.have.length(3);
    expect(warned.at(-1)).to.equal("SyncStatusNotWritten ended");
    await clock.advance(600_000);
    expect(written).to.have.length(3);
  });

  it("fails a commit with spec files that no room is known of", async () => {
    const { sync, settle, written, state } = await bench();
    const error = { path: "rooms/bad.room.yaml", line: 1, column: 1, message: "no roomId" };
    state.specErrors = { specErrorCount: 2, specErrors: [error, error] };
    sync.note(aRow(VERIFIED));
    await settle();
    expect(written.at(-1)).to.include(
      "failure: 2 errors in spec files without a room: rooms/bad.room.yaml ->",
    );
  });

  it("leaves the forge alone for as long as it asks", async () => {
    const { sync, settle, written, answers, clock } = await bench();
    answers(forgeFailure({ reason: "ForgeRateLimited", retryAfterMs: 60_000 }));
    sync.note(aRow(VERIFIED));
    await settle();
    await clock.advance(59_000);
    expect(written).to.have.length(1);
    await clock.advance(2_000);
    expect(written).to.have.length(2);
  });

  it("does not write again after a restart what stands there", async () => {
    const first = await bench();
    first.sync.note(aRow(VERIFIED));
    await first.settle();
    await first.sync.stop();
    const second = await bench(first.store);
    second.sync.note(aRow(VERIFIED));
    await second.settle();
    expect(second.written).to.deep.equal([]);
  });

  it("forgets a room that is another's now", async () => {
    const { sync, settle, written } = await bench();
    sync.note(aRow(NEW));
    sync.note(aRow({ ...NEW, owner: null }));
    await settle();
    expect(written.at(-1)).to.include("success: 0 rooms verified");
  });

  it("writes a bounded number of statuses at one commit, and its success after them", async () => {
    const { sync, settle, written } = await bench();
    for (let at = 0; at < 150; at += 1) {
      const message = `problem ${at}`;
      const reason = at % 2 === 0 ? "SpecInvalid" : "ClaimedTwice";
      sync.note(aRow({ ...NEW, headProblem: { reason, message, revision: "r" } }));
      await settle();
    }
    expect(written).to.have.length(100);
    sync.note(aRow(VERIFIED));
    await settle();
    expect(written.slice(100)).to.have.length(1);
    expect(written.at(-1)).to.include("success: 1 room verified");
    sync.note(aRow({ ...NEW, headProblem: { reason: "SpecInvalid", message: "", revision: "r" } }));
    await settle();
    expect(written).to.have.length(101);
  });
});
