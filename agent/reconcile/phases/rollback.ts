import { joined } from "../../kernel/joined.ts";
import { toIso } from "../../kernel/clock.ts";
import type { Item } from "../../plan/item.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { Change, Quarantine, UndoStep } from "../../room/quarantine.ts";
import { isStillNewest } from "../../room/prune.ts";
import type { Room } from "../../room/room.ts";
import type { RoomUpdate } from "../../store/room-writer.ts";
import type { StoreChange } from "../../store/store.ts";
import { removingAfter } from "../sending/after-removals.ts";
import { endIntents, endedIntents } from "../sending/end-intents.ts";
import { removedBy } from "../sending/removed-by.ts";
import { withoutInputs } from "../../room/enforced-inputs.ts";
import { isHolding, waitForSecondRead, withTrust } from "../../room/judge-read.ts";
import { reasonOf } from "../../room/ends.ts";
import type { Outcome } from "../../room/outcome.ts";
import {
  endingAt,
  type Ending,
  type ReconcileDeps,
  type RolledBack,
  type Attempt,
} from "../pass.ts";
import { outText, undoText } from "../../room/quarantine-text.ts";
import { readWholeRoom, type Reading } from "../read-room.ts";
import {
  endUndo,
  intendSteps,
  isSuperseded,
  sendSteps,
  type IntendedStep,
} from "../undo/undo-run.ts";
import { intentChanges, type Sender } from "../sending/sender.ts";
import { openUndo, planUndo } from "../undo/rollback-law.ts";
import { withoutOut } from "../verdict.ts";

/**
 * ROLLBACK: undoes what this very pass did, last change first, and quarantines the inputs it was for. The quarantine and
 * every intent are durable before the first call, together with the ends of the pass's own intents. It removes only what
 * the pass added, and stops at the next safe point for a newer revision, which is planned from what the room is by then.
 */
export async function rollback(ending: Ending, deps: ReconcileDeps): Promise<Ending> {
  const { verified, outcome, confirmations, trust } = ending;
  if (verified === null || verified.signals.stopping()) return ending;
  const { row, inputs, reports, observedAfter: observed } = verified;
  const ended = endedIntents({ reports, observed, phase: "APPLY" });
  const known = trust === null ? row : withTrust(row, trust);
  const closing = { ended, confirmations, inventory: known.inventory };
  const { changes, inventory } = endIntents(closing, verified, deps);
  const { steps, kept } = planUndo(verified);
  const quarantine: Quarantine = {
    digest: inputs.digest,
    revision: inputs.revision,
    specVersion: inputs.specVersion,
    correlationId: verified.cause.correlationId,
    reason: "RolledBack",
    message: withoutOut(reasonOf(outcome)?.message ?? outcome.kind),
    since: toIso(deps.clock.nowMs()),
    undone: [],
    notUndone: kept,
    pending: steps,
  };
  const end = await takeBack({ attempt: verified, quarantine, inventory, changes }, deps);
  return end === null
    ? { ...ending, outcome: { kind: "superseded" } }
    : { ...ending, phase: "ROLLBACK", ...end };
}

/** Continues a rollback that was cut off, by what a fresh read shows of it. */
export async function resumeRollback(attempt: Attempt, deps: ReconcileDeps): Promise<Ending> {
  const { quarantine: before } = attempt.row;
  if (before === null) throw new TypeError(`room ${attempt.row.roomId} has no quarantine`);
  const read = await readFor(before.pending, attempt, deps);
  if (read.kind === "failed") return endingAt("ROLLBACK", read.outcome);
  const { trust } = read;
  if (isHolding(trust.suspicion)) return endingAt("ROLLBACK", waitForSecondRead(trust), { trust });
  const { steps, kept, undone } = openUndo(before.pending, read.state);
  const quarantine: Quarantine = {
    ...before,
    undone: [...before.undone, ...undone],
    notUndone: [...before.notUndone, ...kept],
    pending: steps,
  };
  const inventory = withUndone(withTrust(attempt.row, trust).inventory, before.pending, undone);
  const end = await takeBack({ attempt, quarantine, inventory, changes: [] }, deps);
  return end === null
    ? endingAt("ROLLBACK", { kind: "superseded" }, { trust })
    : endingAt("ROLLBACK", end.outcome, { ...end, trust });
}

interface Undoing {
  readonly attempt: Attempt;
  /** The changes to roll back are pending in it. */
  readonly quarantine: Quarantine;
  readonly inventory: readonly Item[];
  /** To be durable with it. */
  readonly changes: readonly StoreChange[];
}

/** Null when a newer revision, or a person, was faster: nothing was done. */
async function takeBack(
  undoing: Undoing,
  deps: ReconcileDeps,
): Promise<{ readonly outcome: Outcome; readonly rollback: RolledBack } | null> {
  const { attempt, quarantine: before } = undoing;
  const { roomId } = attempt.row;
  const steps = intendSteps(before.pending, attempt, deps);
  if (!(await begin(undoing, steps, deps))) return null;
  await deps.onPassPoint?.({ point: "quarantined", roomId });
  deps.cache.drop(roomId);
  const run = await sendSteps(steps, attempt, deps);
  const observed = await readBack(run, undoing, deps);
  const { undone, kept, pending } = endUndo(steps, run.reports, observed);
  const quarantine: Quarantine = {
    ...before,
    undone: [...before.undone, ...undone],
    notUndone: [...before.notUndone, ...kept],
    pending,
  };
  const ended = endedIntents({ reports: run.reports, observed, phase: "ROLLBACK" });
  const left = withUndone(undoing.inventory, before.pending, undone);
  // What the undo removed by an answer alone is the agent's until a read shows it gone.
  const unseen = ended.filter(({ isUnseen }) => isUnseen).map(({ action }) => action.item);
  const inventory = [...new Set([...left, ...unseen])].sort();
  const removing = removingAfter(attempt.row, { ended, inventory, nowMs: deps.steady.nowMs() });
  const row = { ...toMembers(undoing), inventory, ...removing, quarantine };
  return { outcome: toOutcome(quarantine), rollback: { row, undo: run.reports, observed } };
}

function toOutcome(quarantine: Quarantine): Outcome {
  const { reason, message, notUndone, pending } = quarantine;
  return {
    kind: "rolledBack",
    reason,
    message: joined([outText(quarantine), message, undoText(quarantine)]),
    notUndone,
    pending: pending.length,
  };
}

/** Writes down the quarantine and what is about to be done; false when the room's newest spec is another one by now. */
async function begin(
  { attempt, quarantine, changes, ...undoing }: Undoing,
  steps: readonly IntendedStep[],
  deps: ReconcileDeps,
): Promise<boolean> {
  const { row, inputs } = attempt;
  const members = toMembers({ attempt, quarantine, changes, ...undoing });
  if (await isSuperseded(attempt, deps)) return false;
  return deps.rooms.update([row.roomId], async (rows): Promise<RoomUpdate<boolean>> => {
    const now = rows.get(row.roomId) ?? null;
    if (now === null || !isStillNewest(now, inputs)) return { changes: [], result: false };
    if (row.quarantine !== null && now.quarantine?.digest !== row.quarantine.digest)
      return { changes: [], result: false };
    const intents = steps.flatMap((step) => step.intents);
    const room: StoreChange = { kind: "room", row: { ...now, ...members } };
    const undoing = { ...attempt, undoes: quarantine.correlationId };
    return { changes: [room, ...changes, ...intentChanges(undoing, intents, deps)], result: true };
  });
}

function toMembers({ attempt, quarantine, inventory }: Undoing): RolledBack["row"] {
  const { row, inputs } = attempt;
  const { enforced, enforcedBefore } = withoutInputs(row, inputs.digest);
  const { keepsDmVisibility } = row;
  return { enforced, enforcedBefore, keepsDmVisibility, inventory, quarantine };
}

/** Null where nothing was sent, or no read may follow or can be believed. */
async function readBack(
  { reports, stoppedBy }: Pick<Sender, "reports" | "stoppedBy">,
  { attempt, quarantine, inventory }: Undoing,
  deps: ReconcileDeps,
): Promise<RoomState | null> {
  const wasSent = reports.some(({ result }) => result.kind !== "notSent");
  if (!wasSent || stoppedBy === "shutdown" || stoppedBy === "unauthorized") return null;
  const removed = removedBy(reports);
  const row = { ...attempt.row, inventory };
  const read = await readFor(quarantine.pending, { ...attempt, row, removed }, deps);
  if (read.kind === "failed" || isHolding(read.trust.suspicion)) return null;
  deps.cache.put(attempt.row.roomId, read.state);
  return read.state;
}

/** Reads the room with the fingerprints of the artifacts that are to be put back. */
function readFor(
  steps: readonly UndoStep[],
  reading: Reading,
  deps: ReconcileDeps,
): ReturnType<typeof readWholeRoom> {
  const seeded = new Set(
    steps.flatMap(({ of, actions }) =>
      [of, ...actions].flatMap((one) => (one.kind === "seed" ? [one.artifact.name] : [])),
    ),
  );
  return readWholeRoom(reading, ({ name }) => seeded.has(name), deps);
}

/** An item whose change was undone is the agent's own again only if it was before. */
function withUndone(
  inventory: Room["inventory"],
  steps: readonly UndoStep[],
  undone: readonly Change[],
): Room["inventory"] {
  const items = new Set(inventory);
  const wereOurs = new Map(steps.map(({ of, wasOurs }) => [of.item, wasOurs]));
  for (const { item } of undone) {
    if (wereOurs.get(item) === true) items.add(item);
    else items.delete(item);
  }
  return [...items].sort();
}
