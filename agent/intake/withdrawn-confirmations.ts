import { confirmedItems } from "../plan/cut-names.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import { isNewOwner } from "../room/judge-owner.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import {
  boundToOthers,
  orphanedBy,
  otherHistory,
  returnedTo,
  takenOverBy,
  withdrawals,
  type Withdrawal,
  type WithdrawalCause,
} from "../room/withdrawals.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { CommitRange } from "../source/spec-source.ts";
import { NOT_SHOWN, type EndedConfirms } from "./ended-confirms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import type { RoomNews } from "./room-news.ts";
import { whyOrphaned, whyTakenOver } from "./withdrawn-why.ts";

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

/** A room that a snapshot has news of. */
interface NewsOfRoom {
  readonly before: Room | null;
  readonly news: RoomNews;
  readonly history: CommitRange["history"];
  /** What the commits of the fetch end. */
  readonly ended: EndedConfirms;
  /** Files of other sources that name the room. Absent: none does. */
  readonly claims?: ReturnType<IntakeDeps["claimsElsewhere"]>;
}

/** What becomes of the confirmations of a room that a snapshot has news of. The spec of the news must be in the store. */
export async function withdrawnByNews(
  { before, news, history, ended, claims = [] }: NewsOfRoom,
  by: WithdrawnBy & { readonly source: string },
  deps: WithdrawnDeps,
): Promise<readonly StoreChange[]> {
  const { source } = by;
  if (before === null) return [];
  const causes = async (): Promise<readonly WithdrawalCause[]> => {
    // A configuration that is corrected gives the room the same spec again.
    if (news.kind === "gone")
      return news.isLeftBehind === true
        ? []
        : [orphanedBy(source, whyOrphaned(news, source, claims))];
    const isOther = isNewOwner(before, source);
    if (news.kind === "problem" && news.path !== null && isOther)
      return [takenOverBy(source, null, whyTakenOver(before, source, false))];
    if (news.kind !== "inputs" || news.file.inputs === null) return [];
    const { inputs } = news.file;
    const isMoved = history !== "descends" && before.head?.digest !== inputs.digest;
    return [
      ...(isOther ? takenOver(before, inputs, { source, ended }) : []),
      ...(await causesOf(inputs, deps)),
      ...(isMoved ? [otherHistory(history)] : []),
    ];
  };
  const own = ended.rooms.get(by.roomId) ?? [];
  return withdrawn(by, async () => [...(await causes()), ...own], deps);
}

/** A source that takes the very same spec over may be the one before under another name, where it has the commits of that one. */
function takenOver(
  before: Room,
  inputs: RoomInputs,
  { source, ended }: { readonly source: string; readonly ended: EndedConfirms },
): readonly WithdrawalCause[] {
  const { digest } = inputs;
  if (!isRenamed(before, inputs))
    return [takenOverBy(source, digest, whyTakenOver(before, source, true))];
  return ended.takenOver.get(before.roomId) ?? [takenOverBy(source, digest, NOT_SHOWN)];
}

/** What becomes of the confirmations that the commits of a fetch end in rooms that were not ingested. */
export async function withdrawRest(
  { ended, taken }: { readonly ended: EndedConfirms; readonly taken: ReadonlySet<string> },
  by: Required<Omit<WithdrawnBy, "roomId">>,
  deps: WithdrawnDeps & Pick<IntakeDeps, "rooms" | "enqueue">,
): Promise<void> {
  for (const [roomId, causes] of ended.rooms) {
    if (taken.has(roomId)) continue;
    const count = await deps.rooms.update([roomId], async () => {
      const changes = await withdrawn({ ...by, roomId }, () => causes, deps);
      return { changes, result: changes.length };
    });
    if (count > 0) deps.enqueue(roomId);
  }
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

/** The same for a room whose agent was given another RoomServer; `rows`: its confirmations. */
export function withdrawnByServer(
  rows: readonly ConfirmationRow[],
  cause: WithdrawalCause,
  about: { readonly by: WithdrawnBy; readonly deps: Pick<WithdrawnDeps, "trail" | "log"> },
): readonly StoreChange[] {
  return withdrawals(rows, [cause]).flatMap((one) => toChanges(one, about.by, about.deps));
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
  { trail, log }: Pick<WithdrawnDeps, "trail" | "log">,
): readonly StoreChange[] {
  const about = {
    room,
    ...(revision === undefined ? {} : { revision }),
    confirmedBy: row.actor,
    confirmedIn: row.originId,
  };
  const message = `${why}: what is still to be removed needs a new confirmation`;
  if (log !== undefined)
    log.info({ ...about, itemCount: items.length, detail: message }, "confirmation withdrawn");
  const by = source === undefined ? {} : { source };
  const metadata = { ...about, ...by, ...confirmedItems(items), message };
  return [
    { kind: "confirmationUsed", id: row.id, items },
    trail.event("confirmation.withdrawn", metadata, { correlationId }),
  ];
}

/** The configuration gave the room's very spec to another source, as it does where a source is renamed: what was confirmed is the same. */
function isRenamed({ owner, lostOwner, head }: Room, { digest }: RoomInputs): boolean {
  return owner === null && lostOwner !== null && head?.digest === digest;
}
