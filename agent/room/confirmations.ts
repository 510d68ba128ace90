import { toIso } from "../kernel/clock.ts";
import type { Item } from "../plan/item.ts";
import type { ConfirmationRow } from "./rows.ts";
import type { Signer } from "./signer.ts";

/**
 * What becomes of a confirmation of removals (L4), all of it, and who does it:
 *
 * - given: `intent/commit-intents.ts` says what a commit or a label confirms, `request-confirm.ts` what a request does;
 * - stored: `toConfirmationRow`, for commits and labels by `intake/room-intake.ts`, for requests by `reconcile/pass-confirmations.ts`,
 *   for what a branch that is back takes out again by `intake/return-changes.ts`;
 * - counts: `coveredItems`, for the guardrails, gathered by `reconcile/phases/pre-checks.ts`;
 * - used: `useItems`, by `reconcile/sending/end-intents.ts`, once a removal was done or may have been;
 * - spent: `spendConverged`, after a pass that converged, by `reconcile/pass-confirmations.ts`;
 * - withdrawn: `withdrawals`, with the change that it was given for: when what it covers is in the spec again, and when the room
 *   gets other inputs, loses its spec or gets another owner, by `intake/withdrawn-confirmations.ts`; when its commit leaves the
 *   branch or another one gives back what it covers, by `intake/ended-confirms.ts`;
 * - expired: at `expiresAt` by steady time. `Store.readConfirmations` gives neither those nor what is used up, `Store.sweep` deletes them.
 */

/** What is written of confirmations: a `StoreChange`. */
export type ConfirmationChange =
  /**
   * A row with a known id changes nothing: the same commit seen twice confirms once, and neither expiry nor used items
   * are ever renewed.
   */
  { readonly kind: "confirmation"; readonly row: ConfirmationRow } | ConfirmationUse;

/** Adds to the used items those that the row covers. Refused for an unknown row. */
export interface ConfirmationUse {
  readonly kind: "confirmationUsed";
  readonly id: string;
  readonly items: readonly Item[];
}

/** A confirmation of a list of removals in one room, before it is a row. */
export interface Confirmation {
  readonly origin: ConfirmationRow["origin"];
  /** See `ConfirmationRow`. */
  readonly originId: string;
  /** Of a label, the commit that its pull request was merged as. */
  readonly commit?: string;
  readonly actor: string;
  /** True when the room was named (`Confirm: <roomId>`, `X-Confirm`). */
  readonly named: boolean;
  /** The commit's trailer as it is written, shortened, or the label and its pull request; absent: a request confirms. */
  readonly line?: string;
  readonly items: readonly Item[];
  /** Who signed the commit, where that was checked. */
  readonly signer?: Signer;
  /** Digest of the only inputs that it counts for; absent: the room's newest, whichever they are. */
  readonly inputs?: string;
  /** Of a commit or a label, the source that read it. */
  readonly source?: string;
}

/** When the agent first saw a confirmation, and how long it holds from then. */
export interface ConfirmationTime {
  readonly seenAtMs: number;
  readonly expiresAfterMs: number;
}

/**
 * The row of a confirmation. Its id follows from origin and room, so a commit that is read again confirms nothing more. A
 * commit's own date plays no part: its author chose it.
 */
export function toConfirmationRow(
  roomId: string,
  confirmation: Confirmation,
  time: ConfirmationTime,
): ConfirmationRow {
  const { origin, originId, actor, named, items, inputs, source } = confirmation;
  return {
    id: confirmationId(roomId, confirmation),
    roomId,
    origin,
    originId,
    ...(source === undefined ? {} : { source }),
    actor,
    named,
    items: [...new Set(items)],
    inputs: inputs ?? null,
    used: [],
    createdAt: toIso(time.seenAtMs),
    expiresAt: toIso(time.seenAtMs + time.expiresAfterMs),
  };
}

export function confirmationId(
  roomId: string,
  { origin, originId }: Pick<Confirmation, "origin" | "originId">,
): string {
  return `${origin}/${originId}/${roomId}`;
}

/** What may be removed at `nowMs`: items of rows that are not expired, each until it was removed once. */
export function coveredItems(rows: readonly ConfirmationRow[], nowMs: number): ReadonlySet<Item> {
  return new Set(
    rows.filter((row) => nowMs < Date.parse(row.expiresAt)).flatMap((row) => unusedItems(row)),
  );
}

/**
 * What the rows lose when `removed` was removed. An item is used up in every row that covers it, not in one of them: two
 * people who confirmed the same removal allowed one removal, and the next drift needs a new confirmation.
 */
export function useItems(
  rows: readonly ConfirmationRow[],
  removed: Iterable<Item>,
): readonly ConfirmationUse[] {
  const gone = new Set(removed);
  return usesOf(rows, (item) => gone.has(item));
}

/**
 * What the rows lose when a room was seen as its newest spec says: nothing is left to remove for them, so whatever appears later
 * needs a new confirmation. `inputs`: digest of that spec; a row that counts for others loses nothing. `waiting`: what could not be
 * removed yet.
 */
export function spendConverged(
  rows: readonly ConfirmationRow[],
  { inputs, waiting }: { readonly inputs: string; readonly waiting: Iterable<Item> },
): readonly ConfirmationUse[] {
  const kept = new Set(waiting);
  const own = rows.filter((row) => row.inputs === null || row.inputs === inputs);
  return usesOf(own, (item) => !kept.has(item));
}

function usesOf(
  rows: readonly ConfirmationRow[],
  isUsed: (item: Item) => boolean,
): readonly ConfirmationUse[] {
  return rows.flatMap((row) => {
    const items = unusedItems(row).filter(isUsed);
    return items.length === 0 ? [] : [{ kind: "confirmationUsed", id: row.id, items } as const];
  });
}

/** What was not removed under the row yet. */
export function unusedItems(row: ConfirmationRow): readonly Item[] {
  const used = new Set(row.used);
  return row.items.filter((item) => !used.has(item));
}

/** The row with `items` used up as far as it covers them; order and count of `items` do not matter. */
export function withUsed(row: ConfirmationRow, items: readonly Item[]): ConfirmationRow {
  const covered = new Set(row.items);
  const used = new Set([...row.used, ...items].filter((item) => covered.has(item)));
  return { ...row, used: [...used] };
}

/** True while the row covers an item that was not removed under it. */
export function hasUnused(row: ConfirmationRow): boolean {
  return unusedItems(row).length > 0;
}
