import type { Room } from "../room/room.ts";
import type { RoomUpdate } from "../store/room-writer.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import { dryRunProblem } from "../room/dry-run-text.ts";
import { newestInputs, pendingPrune } from "../room/prune.ts";
import { withoutSpecs } from "../room/rehearsals.ts";
import { isToReview } from "../room/review-law.ts";
import { isQuarantined } from "../room/choose-desired.ts";
import type { PassCause, ReconcileDeps, RequestLift } from "./pass.ts";
import { withConfirmed } from "./pass-confirmations.ts";
import { versionVerdict } from "./room-rules.ts";

/**
 * What a person's request lifts before anything is planned: a quarantine, and updates that were refused; and with `X-Confirm` observe-only for this room,
 * a dry run that a commit asked for, and a specVersion that went down. `row` is the room as the pass plans it. What a
 * confirmation lifts is written by `lift`, once it is known that the plan is the one that was confirmed.
 */
export async function acceptRequest(
  row: Room,
  cause: PassCause,
  deps: ReconcileDeps,
): Promise<{ readonly row: Room; readonly lift: RequestLift | null }> {
  const retries = cause.retry && (isQuarantined(row) || refusedCount(row) > 0);
  if (cause.confirm === null || cause.dryRun)
    return { row: retries ? await acceptRetry(row, cause, deps) : row, lift: null };
  const lift = {
    retries,
    endsDryRun: endsDryRun(row, cause),
    lowersVersion: await lowersVersion(row, cause, deps),
    acceptsPlan: acceptsPlan(row, cause, deps),
  };
  return { row: lifted(row, lift), lift };
}

/** The row with what is lifted; what came in meanwhile stays. */
function lifted(
  row: Room,
  { retries, endsDryRun: ends, lowersVersion: lowers, acceptsPlan: accepts }: RequestLift,
) {
  return {
    ...row,
    ...(retries ? retrying(row) : {}),
    ...(ends ? withoutDryRun(row) : {}),
    ...(lowers && row.head !== null
      ? { versionConfirmed: row.head.digest, versionConfirmedBy: null }
      : {}),
    ...(accepts && row.head !== null ? { planConfirmed: row.head.digest } : {}),
  };
}

/** No force-push that brings back what was confirmed makes it a dry run again. */
function withoutDryRun(row: Room): Pick<Room, "dryRun" | "rehearsals"> {
  const confirmed = newestInputs(row);
  const specs = confirmed === null ? [] : [{ oid: confirmed.specOid, inputs: confirmed.digest }];
  return { dryRun: null, rehearsals: withoutSpecs(row, specs) };
}

/** What is tried again at a person's request. */
function retrying(row: Room): Partial<Pick<Room, "quarantine" | "refusedUpdates">> {
  return {
    ...(isQuarantined(row) ? { quarantine: null } : {}),
    ...(row.refusedUpdates === undefined ? {} : { refusedUpdates: [] }),
  };
}

function refusedCount({ refusedUpdates = [] }: Room): number {
  return refusedUpdates.length;
}

/** A commit that asked for a dry run after the request arrived is not what the person saw. */
function endsDryRun({ dryRun }: Room, { confirm }: PassCause): boolean {
  if (dryRun === null || confirm === null) return false;
  return confirm.kind === "plan" || confirm.dryRun === dryRun.commit;
}

function acceptsPlan(row: Room, { confirm }: PassCause, { options }: ReconcileDeps): boolean {
  const { head, owner } = row;
  if (head === null || confirm === null || owner?.kind !== "git") return false;
  if (confirm.kind === "shown" && confirm.inputs !== head.digest) return false;
  return options.reviewOf?.(owner.source)?.isRequired === true && isToReview(row, head);
}

async function lowersVersion(
  row: Room,
  { confirm }: PassCause,
  deps: ReconcileDeps,
): Promise<boolean> {
  const { head } = row;
  if (head === null || confirm === null || pendingPrune(row) !== null) return false;
  const isAnother = confirm.kind === "shown" && confirm.inputs !== head.digest;
  return !isAnother && (await versionVerdict(head, row, deps)).kind === "refused";
}

/** What was rolled back is tried again, by a request of a person and only by that. */
async function acceptRetry(row: Room, cause: PassCause, deps: ReconcileDeps): Promise<Room> {
  return deps.rooms.update([row.roomId], async (rows): Promise<RoomUpdate<Room>> => {
    const now = rows.get(row.roomId) ?? row;
    if (now.head?.digest !== row.head?.digest) return { changes: [], result: now };
    const after = { ...now, ...retrying(now) };
    const record = retryRecord({ row, cause }, deps);
    return { changes: [{ kind: "room", row: after }, record], result: after };
  });
}

/**
 * Writes what a confirmed request lifts. `before`: the room as the pass found it. False: nothing is lifted, because the room has
 * other inputs or another dry run by now, which is not what was confirmed.
 */
export async function writeLift(
  given: { readonly before: Room; readonly cause: PassCause; readonly lift: RequestLift },
  deps: ReconcileDeps,
): Promise<boolean> {
  const { before, cause, lift } = given;
  const { roomId } = before;
  if (deps.observeOnly.closedFor(before) !== null) {
    const record = liftRecord({ row: before, cause }, ["ObserveOnly"], deps);
    await deps.observeOnly.release(roomId, [record]);
  }
  const words = [
    ...(lift.endsDryRun ? [dryRunProblem(before).reason] : []),
    ...(lift.lowersVersion ? ["SpecVersionRegressed"] : []),
    ...(lift.acceptsPlan ? ["PlanChanged"] : []),
  ];
  if (words.length === 0 && !lift.retries) return true;
  return deps.rooms.update([roomId], async (rows): Promise<RoomUpdate<boolean>> => {
    const now = rows.get(roomId) ?? before;
    const isSameDryRun = now.dryRun?.commit === before.dryRun?.commit;
    const isLifted = now.head?.digest === before.head?.digest && isSameDryRun;
    if (!isLifted) return { changes: [], result: false };
    const row = withConfirmed(lifted(now, lift));
    const records = [
      ...(words.length === 0 ? [] : [liftRecord({ row: before, cause }, words, deps)]),
      ...(lift.retries ? [retryRecord({ row: before, cause }, deps)] : []),
    ];
    return { changes: [{ kind: "room", row }, ...records], result: true };
  });
}

interface Asked {
  readonly row: Room;
  readonly cause: PassCause;
}

function retryRecord({ row, cause }: Asked, deps: ReconcileDeps): StoreChange {
  return auditRecord({ row, cause, inputs: row.head }, deps, {
    type: "command",
    action: "retry",
    metadata: {
      quarantined: row.quarantine?.revision ?? null,
      since: row.quarantine?.since ?? null,
      refusedUpdates: refusedCount(row),
    },
  });
}

function liftRecord(
  { row, cause }: Asked,
  words: readonly string[],
  deps: ReconcileDeps,
): StoreChange {
  return auditRecord({ row, cause, inputs: row.head }, deps, {
    type: "command",
    action: "confirm",
    metadata: { via: "X-Confirm", lifted: [...words] },
  });
}
