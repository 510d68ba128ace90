import { confirmedItems } from "../plan/cut-names.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import {
  boundToOthers,
  orphanedBy,
  returnedTo,
  takenOverBy,
  withdrawals,
  type Withdrawal,
  type WithdrawalCause,
} from "../room/withdrawals.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { RoomNews } from "./room-news.ts";

export interface WithdrawnDeps {
  readonly store: Pick<Store, "readConfirmations" | "readSpec">;
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly trail: AuditTrail;
  /** Absent: what a person asked for is in the audit alone. */
  readonly log?: Pick<Logger, "info">;
}

/** What ends confirmations, as audit and log name it. */
export interface WithdrawnBy {
  readonly roomId: string;
  /** Absent: a request did. */
  readonly source?: string;
  readonly revision?: string;
  readonly correlationId: string;
}

/** What becomes of the confirmations of a room that a snapshot has news of. What the spec of the news is must be in the store. */
export async function withdrawnByNews(
  { before, news }: { readonly before: Room | null; readonly news: RoomNews },
  by: WithdrawnBy & { readonly source: string },
  deps: WithdrawnDeps,
): Promise<readonly StoreChange[]> {
  const { source } = by;
  if (before === null) return [];
  if (news.kind === "gone") return withdrawn(by, () => [orphanedBy(source)], deps);
  if (news.kind === "problem" && news.path !== null && isNewOwner(before, source))
    return withdrawn(by, () => [takenOverBy(source, null)], deps);
  if (news.kind !== "inputs" || news.file.inputs === null) return [];
  const { inputs } = news.file;
  const isOther = isNewOwner(before, source) && !isRenamed(before, inputs);
  const causes = async () => [
    ...(isOther ? [takenOverBy(source, inputs.digest)] : []),
    ...(await causesOf(inputs, deps)),
  ];
  return withdrawn(by, causes, deps);
}

/** The same for a room that gets a posted spec. */
export function withdrawnByPost(
  { before, inputs }: { readonly before: Room; readonly inputs: RoomInputs },
  by: WithdrawnBy,
  deps: WithdrawnDeps,
): Promise<readonly StoreChange[]> {
  const wasPosted = before.owner?.kind === "api" || before.overridden;
  const causes = async () => [
    ...(await causesOf(inputs, deps)),
    ...(wasPosted ? [] : [takenOverBy(null, inputs.digest)]),
  ];
  return withdrawn(by, causes, deps);
}

/** The same for a room that a person makes an orphan. */
export function withdrawnByDelete(
  by: WithdrawnBy,
  deps: WithdrawnDeps,
): Promise<readonly StoreChange[]> {
  return withdrawn(by, () => [orphanedBy(null)], deps);
}

/**
 * What a spec names again is not to be removed any more, so earlier confirmations of that are spent, and so are those that
 * belong to other inputs.
 */
async function causesOf(
  { specOid, digest }: RoomInputs,
  { store }: Pick<WithdrawnDeps, "store">,
): Promise<readonly WithdrawalCause[]> {
  const spec = await store.readSpec(specOid);
  return [...(spec === null ? [] : [returnedTo(spec)]), boundToOthers(digest)];
}

async function withdrawn(
  by: WithdrawnBy,
  causes: () => readonly WithdrawalCause[] | Promise<readonly WithdrawalCause[]>,
  deps: WithdrawnDeps,
): Promise<readonly StoreChange[]> {
  const rows = await deps.store.readConfirmations(by.roomId, deps.steady.nowMs());
  if (rows.length === 0) return [];
  return withdrawals(rows, await causes()).flatMap((one) => toChanges(one, by, deps));
}

function toChanges(
  { row, items, why }: Withdrawal,
  { roomId: room, source, revision, correlationId }: WithdrawnBy,
  { trail, log }: WithdrawnDeps,
): readonly StoreChange[] {
  const about = {
    room,
    ...(source === undefined ? {} : { source }),
    ...(revision === undefined ? {} : { revision }),
    confirmedBy: row.actor,
    confirmedIn: row.originId,
  };
  const message = `${why}: what is still to be removed needs a new confirmation`;
  if (log !== undefined)
    log.info({ ...about, itemCount: items.length, detail: message }, "confirmation withdrawn");
  const metadata = { ...about, ...confirmedItems(items), message };
  return [
    { kind: "confirmationUsed", id: row.id, items },
    trail.event("confirmation.withdrawn", metadata, { correlationId }),
  ];
}

function isNewOwner({ owner }: Room, source: string): boolean {
  return owner?.kind !== "git" || owner.source !== source;
}

/** The configuration gave the room's very spec to another source, as it does where a source is renamed: what was confirmed is the same. */
function isRenamed({ owner, lostOwner, head }: Room, { digest }: RoomInputs): boolean {
  return owner === null && lostOwner !== null && head?.digest === digest;
}
