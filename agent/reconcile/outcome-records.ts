import { toIso } from "../kernel/clock.ts";
import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import { FIRST_ENTRIES, ListPager } from "../plan/cut-lists.ts";
import { cutName, cutNames, SHOWN_ENTRIES } from "../plan/cut-names.ts";
import { blockedByReason } from "../status/attention.ts";
import { someEnded } from "../room/equal-failures.ts";
import type { Room } from "../room/room.ts";
import type { HistoryRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import { endOf, reasonOf } from "../room/ends.ts";
import { dryRunProblem } from "../room/dry-run-text.ts";
import type { Outcome } from "../room/outcome.ts";
import { isPrune, pendingPrune } from "../room/prune.ts";
import type { PassCause, ReconcileDeps, RolledBack } from "./pass.ts";
import { warningsToRead } from "../room/warnings-to-read.ts";
import { planDigestOf, type EndedAttempt } from "./ended-pass.ts";

export interface Concluded {
  /** The room before the pass and after it. */
  readonly row: Room;
  readonly after: Room;
  readonly cause: PassCause;
  readonly attempts: readonly EndedAttempt[];
  readonly outcome: Outcome;
}

/** Audit and history of a pass. A state that lasts is recorded when it begins, changes or ends, not per pass. */
export function outcomeRecords(
  concluded: Concluded,
  deps: Pick<ReconcileDeps, "clock" | "trail">,
): readonly StoreChange[] {
  const first = concluded.attempts[0];
  if (first === undefined || !shouldRecord(concluded, first)) return [];
  // The outcome of older inputs says nothing about the newest spec, which has records of its own.
  const isKept = concluded.outcome.kind === "converged" && !first.isHead;
  const action = isKept ? null : actionOf(concluded, first);
  const history = first.isHead ? historyOf(concluded, first, toIso(deps.clock.nowMs())) : null;
  const changes: StoreChange[] = history === null ? [] : [history];
  if (action === null) return changes;
  const subject = { row: concluded.row, cause: concluded.cause, inputs: first.inputs };
  const record = auditRecord(subject, deps, { action, metadata: metadataOf(concluded, first) });
  return [record, ...changes];
}

/** A prune has a record of its own once all of it is done. */
function actionOf({ outcome, after }: Concluded, { inputs }: EndedAttempt): string | null {
  const { audit } = endOf(outcome);
  if (!isPrune(inputs) || outcome.kind !== "converged") return audit;
  return pendingPrune(after) === null ? "room.pruned" : null;
}

function shouldRecord({ row, after, cause }: Concluded, first: EndedAttempt): boolean {
  return (
    cause.trigger === "apply" ||
    row.lastOutcome !== after.lastOutcome ||
    row.attemptedRevision !== after.attemptedRevision ||
    row.verifiedRevision !== after.verifiedRevision ||
    (after.lastOutcome === "converged" && first.ending.reports.length > 0) ||
    someEnded(row.equalFailures, after.equalFailures) ||
    itemsOf(row) !== itemsOf(after) ||
    canonicalJson(blockedOf(row)) !== canonicalJson(blockedOf(after)) ||
    canonicalJson(row.quarantine) !== canonicalJson(after.quarantine)
  );
}

/**
 * What is being refused, as one comparable text. Of a long list only that it is long: a RoomServer that shows thousands of
 * others at each read has nothing new to say.
 */
function itemsOf(row: Room): string {
  return JSON.stringify(
    row.refusals.map(({ reason, items }) => [
      reason,
      items.length > SHOWN_ENTRIES ? "many" : items,
    ]),
  );
}

/** Items that cannot be done now, by reason. */
function blockedOf({ blocked }: Room): JsonValue[] {
  return blockedByReason(blocked).map(({ reason, message }) => ({ reason, message }));
}

function metadataOf(concluded: Concluded, first: EndedAttempt): Record<string, JsonValue> {
  const { outcome } = concluded;
  const { ending } = first;
  const metadata: Record<string, JsonValue> = {
    phase: ending.phase,
    outcome: endOf(outcome).word,
    trigger: concluded.cause.trigger,
    actions: ending.reports.length,
  };
  Object.assign(metadata, reasonOf(outcome), pruneMetadata(concluded, first));
  const isShown = endOf(outcome).audit === "room.planned" || ending.refusals.length > 0;
  if (isShown && ending.plan !== null) metadata["planDigest"] = planDigestOf(first, concluded.row);
  if (ending.rollback !== null) Object.assign(metadata, undoMetadata(ending.rollback));
  if (outcome.kind === "planned") Object.assign(metadata, dryRunProblem(concluded.after));
  const { refusals } = concluded.after;
  if (refusals.length > 0) {
    metadata["refusals"] = refusals.map(({ reason, message, items }) => ({
      reason,
      message,
      items: [...cutNames(items, SHOWN_ENTRIES)],
      ...(items.length > SHOWN_ENTRIES ? { moreItems: items.length - SHOWN_ENTRIES } : {}),
    }));
  }
  const warnings = warningsToRead(concluded.after);
  if (warnings.length > 0) metadata["warnings"] = warnings.map((warning) => ({ ...warning }));
  if (concluded.after.blocked.length > 0) metadata["blocked"] = blockedOf(concluded.after);
  return metadata;
}

/** Which commit removed the file, and who confirmed the prune in which commit or request. */
function pruneMetadata({ after }: Concluded, { inputs }: EndedAttempt): Record<string, JsonValue> {
  const { prune = null, pruned = null } = after;
  if (!isPrune(inputs) || prune === null) return {};
  const { source, path, commit } = prune;
  const isDone = pruned?.since === prune.since;
  if (!isDone) return { source, path, commit };
  const { confirmedBy, confirmedIn, removed = 0, found = 0 } = pruned;
  return { source, path, commit, confirmedBy, confirmedIn, removed, found };
}

/** What was undone, what not and why, and what is still to be. */
export function undoMetadata({
  row,
}: {
  readonly row: Pick<RolledBack["row"], "quarantine" | "enforced">;
}): Record<string, JsonValue> {
  const { undone = [], notUndone = [], pending = [] } = row.quarantine ?? {};
  const pager = new ListPager(FIRST_ENTRIES);
  const change = (action: string, item: string) => `${action} ${cutName(item)}`;
  const shown = {
    undone: pager.show("undone", undone).map(({ action, item }) => change(action, item)),
    notUndone: pager
      .show("notUndone", notUndone)
      .map((each) => ({ ...each, item: cutName(each.item) })),
    pending: pager.show("pending", pending).map(({ of }) => change(of.kind, of.item)),
  };
  const { cutLists = [] } = pager.cutLists;
  return {
    ...shown,
    ...(cutLists.length === 0 ? {} : { cutLists: cutLists.map((each) => ({ ...each })) }),
    enforcedRevision: row.enforced?.revision ?? null,
  };
}

function historyOf(
  concluded: Concluded,
  { inputs, ending }: EndedAttempt,
  nowIso: string,
): StoreChange | null {
  const isUntouched = ending.phase === "PRE_CHECKS" && concluded.outcome.kind === "held";
  const outcome = isUntouched ? "refused" : endOf(concluded.outcome).history;
  // A prune has no spec of which there could be a history.
  if (outcome === null || isPrune(inputs)) return null;
  const row: HistoryRow = {
    roomId: concluded.row.roomId,
    specVersion: inputs.specVersion,
    specDigest: inputs.specDigest,
    inputsDigest: inputs.digest,
    revision: inputs.revision,
    path: inputs.path,
    specOid: inputs.specOid,
    author: inputs.author,
    time: nowIso,
    outcome,
  };
  return { kind: "history", row };
}
