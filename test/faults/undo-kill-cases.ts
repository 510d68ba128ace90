import { expect } from "chai";
import type { RoomAnswer } from "../../agent/api/status-contract.ts";
import type { PassPoint } from "../../agent/room/pass-points.ts";
import { setFaults, type FaultGiven } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { shownRoom } from "../support/shown-room.ts";
import { happenedOnce, settledByReading } from "./change-checks.ts";
import { messageOf } from "./change-case.ts";
import type { FaultCase, RunGiven, RunReport } from "./fault-case.ts";
import { PATIENCE_MS, ProcessWorld, ROOM } from "./process-world.ts";
import {
  ACTION_KINDS,
  CHANGE_KINDS,
  UNDONE_CHANGES,
  type ChangeKind,
  type UndoneChange,
} from "./room-changes.ts";

const MOMENTS: readonly {
  readonly id: string;
  readonly title: string;
  readonly point: PassPoint;
}[] = [
  { id: "P1.12a", title: "quarantined, nothing taken back", point: "quarantined" },
  { id: "P1.12b", title: "a call of ROLLBACK sent, work done", point: "sent" },
  { id: "P1.12c", title: "a call of ROLLBACK answered, not noted", point: "answered" },
];

/** The agent dies while it takes a change back, at an action of each kind: the undo is gone on with, and nothing else is done. */
export const undoKillCases = MOMENTS.map(({ id, title, point }): FaultCase => ({
  id,
  title: `kill -9: ${title}`,
  variants: CHANGE_KINDS,
  seeds: [1],
  withinCycles: 3,
  run: (run) => kill(point, run.variant as ChangeKind, run),
}));

/** Of three actions one is refused, which is more than this. */
const SETTINGS = { Operator__Rollback__FailureRatio: "0.2" };

async function kill(point: PassPoint, kind: ChangeKind, run: RunGiven): Promise<RunReport> {
  const world = await ProcessWorld.create(run, SETTINGS);
  const change = UNDONE_CHANGES[kind];
  try {
    await world.begin(change.from);
    const before = await shownRoom(world.world, ROOM);
    const writes = (await world.world.log()).length;
    await strike(world, change, { point, kind });
    run.count("kills of the agent", 1);
    const open = world.openIntents();
    await setFaults(world.world.roomServerUrl);
    world.set({});
    const killedMs = Date.now();
    await world.start();
    const room = await undone(world, killedMs);
    const cycles = await world.passesUntil("room.rolledBack", killedMs);
    await world.quiet();
    expect(await shownRoom(world.world, ROOM)).to.deep.equal(before);
    expect(room.quarantine).to.deep.include({ reason: "RolledBack", notUndone: [] });
    await happenedOnce(world, { effects: change.effects, since: writes, run });
    await settledByReading(world, open, killedMs);
    await triedAgain(world);
    return { cycles, invariants: await world.check() };
  } finally {
    await world.remove();
  }
}

/** One action of the change is refused for good, so that the others are taken back; there the agent dies. */
async function strike(
  world: ProcessWorld,
  change: UndoneChange,
  { point, kind }: { readonly point: PassPoint; readonly kind: ChangeKind },
): Promise<void> {
  const [operation, target] = change.refused;
  const refusal: FaultGiven = { kind: "status", status: 403, operation, target };
  const slow: FaultGiven = { kind: "latency", ms: 2000, operation: kind, afterWork: true };
  await setFaults(world.world.roomServerUrl, refusal, ...(point === "sent" ? [slow] : []));
  const nth = point === "quarantined" ? 1 : change.struck;
  const at = { kind: ACTION_KINDS[kind], phase: "ROLLBACK", nth } as const;
  world.set({ kill: { point, room: ROOM, victim: "agent", ...at } });
  world.push(change.to, messageOf(change));
  await world.struck();
  expect(await world.agent.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
}

/**
 * Waits until nothing is left to be taken back, the audit says so, and the room is held to what it was. What is left alone is
 * no evidence: an undo whose calls were all answered before the kill leaves nothing from its beginning on.
 */
function undone(world: ProcessWorld, sinceMs: number): Promise<RoomAnswer> {
  const isSaid = async () =>
    (await world.world.auditOf(ROOM)).some(
      ({ action, timestamp }) => action === "room.rolledBack" && Date.parse(timestamp) > sinceMs,
    );
  const read = async () => {
    if (!(await isSaid())) throw new Error("no room.rolledBack in the audit");
    const room = await world.world.room(ROOM);
    const isAtRest = room.quarantine?.pending.length === 0 && room.lastOutcome === "converged";
    if (isAtRest) return room;
    throw new Error(JSON.stringify(room));
  };
  return eventually(`${ROOM} is as it was`, read, PATIENCE_MS);
}

/** What was undone comes about when a person says so, and needs another yes where it removes. */
async function triedAgain(world: ProcessWorld): Promise<void> {
  const { status, body } = await world.world.apply({ roomId: ROOM }, { "X-Confirm": "true" });
  expect(status, JSON.stringify(body)).to.equal(200);
  await world.verified();
  expect((await world.world.room(ROOM)).quarantine).to.equal(null);
}
