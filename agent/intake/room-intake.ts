import { toConfirmationRow, type Confirmation } from "../room/confirmations.ts";
import { legible } from "../kernel/shortened.ts";
import { toIso } from "../kernel/clock.ts";
import { confirmedItems } from "../plan/cut-names.ts";
import { emptyRoom } from "../room/empty-room.ts";
import type { Room, RoomOwner } from "../room/room.ts";
import type { FileRow } from "../room/rows.ts";
import { shownSigner } from "../room/signer.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { StoreChange } from "../store/store.ts";
import { dryRunProblem } from "../room/dry-run-text.ts";
import { observedRow, problemText } from "./intake-rows.ts";
import { marked } from "./mark-room.ts";
import { leftBehind, ownerOnRecord, withOwner } from "../room/judge-owner.ts";
import { notReadProblem } from "./not-read.ts";
import { goneRecord } from "./orphan-metadata.ts";
import { waitsProblem } from "./waits-for.ts";
import { withIntent } from "./intent-in-room.ts";
import { endedDryRun, liftedByCommit } from "./lifted-by-commit.ts";
import { withConfirmedDryRun } from "../room/confirmed-dry-runs.ts";
import { liftedMetadata, namingCommit } from "../room/confirmed-head.ts";
import { roomConditions } from "../room/room-conditions.ts";
import { withRoomless } from "../room/roomless-dry-runs.ts";
import type { PruneMark } from "../room/prune-mark.ts";
import { PRUNE_OFF, pruneText } from "../room/prune.ts";
import { markAfter } from "./prune-confirms.ts";
import type { RoomIntakeDeps, RoomNews, RoomNewsGiven } from "./room-news.ts";
import { isSameOwner } from "./source-index.ts";
import type { Reason } from "../status/reasons.ts";

/** The room after the news, and all that has to be written with it in one transaction. */
export function takeRoomIn(
  given: RoomNewsGiven,
  deps: RoomIntakeDeps,
): { readonly row: Room; readonly changes: readonly StoreChange[] } {
  const fresh = withNews(given, deps);
  const said = { ...given, isChanged: fresh !== given.before };
  const withWords = withIntent(fresh, said);
  const ended = endedDryRun({ fresh, row: withWords, given: said });
  const naming = given.intent?.naming;
  const intended =
    ended === null || naming === undefined
      ? withWords
      : withConfirmedDryRun(withWords, ended, naming.originId);
  const { row, rewrite } = marked(intended, { given, deps, isChanged: said.isChanged });
  const changes: StoreChange[] = [{ kind: "room", row }];
  if (given.news.kind === "inputs" && row.head !== null) {
    changes.push({
      kind: "history",
      row: observedRow(row.roomId, row.head, toIso(deps.clock.nowMs())),
    });
  }
  if (rewrite !== null) {
    const { from, to } = rewrite;
    changes.push(audit("room.historyRewritten", { from, to }, { given, deps }));
  }
  changes.push(...problemRecords(row, { given, deps }));
  const tried = given.before?.quarantine;
  if (tried != null && row.quarantine === null)
    changes.push(audit("room.quarantineLifted", { quarantined: tried.revision }, { given, deps }));
  changes.push(...takenOver(row, { given, deps }));
  const { news } = given;
  if (news.kind === "gone" || (news.kind === "unowned" && news.problem === null))
    changes.push(audit(...goneRecord(row), { given, deps }));
  for (const { commit, line, reason } of given.intent?.ignored ?? []) {
    const isHeld = row.dryRun?.commit === commit && row.dryRun.lookAlike?.line === line;
    const metadata = { commit, line, detail: reason };
    const word = isHeld ? "DryRunLookAlike" : "IntentIgnored";
    changes.push(audit("intent.ignored", { reason: word, ...metadata }, { given, deps }));
  }
  if (
    given.intent?.override !== undefined &&
    row.windowOverride?.commit === given.intent.override.commit
  ) {
    const { commit, actor, reason } = given.intent.override;
    changes.push(audit("window.override", { actor, commit, reason }, { given, deps }));
  }
  for (const confirmation of given.intent?.confirmations ?? []) {
    changes.push(...confirmationChanges(confirmation, given, deps));
  }
  const lifted = liftedByCommit({ fresh, row: intended, given: said }, ended);
  if (naming !== undefined && lifted.length > 0) {
    const metadata = liftedMetadata(namingCommit(naming), lifted);
    changes.push(audit("confirm", metadata, { given, deps }));
  }
  return { row, changes };
}

/** A newest spec that may not be used; recorded when that begins, changes and ends. An orphan has a record of its own. */
function problemRecords(row: Room, about: AuditAbout): readonly StoreChange[] {
  const { headProblem: before = null } = about.given.before ?? {};
  const after = row.headProblem;
  // A room that waits for another source is an orphan so far, and its records say so.
  if (after?.waitsFor !== undefined) return [];
  if (after === null)
    return before?.waitsFor !== undefined || before === null || row.owner === null
      ? []
      : [audit("room.specAccepted", {}, about)];
  const { reason, message } = after;
  if (before?.reason === reason && before.message === message) return [];
  // Nothing is corrected in a room without an owner, so it is not kept at what was enforced before.
  const enforcedRevision = row.owner === null ? null : (row.enforced?.revision ?? null);
  const metadata = { reason, message, enforcedRevision };
  return [audit("room.specRefused", metadata, about)];
}

function withNews(given: RoomNewsGiven, deps: RoomIntakeDeps): Room {
  const { roomId, news, source, revision } = given;
  const before = withRoomless(given.before ?? emptyRoom(roomId, null), given.roomless);
  const nowIso = toIso(deps.clock.nowMs());
  switch (news.kind) {
    case "inputs":
      return { ...withInputs(before, news.file, nowIso), lineage: given.lineage };
    case "problem": {
      const { reason, message, path } = news;
      if (path === null && isKnown(before.headProblem, news)) return before;
      const owner = { kind: "git", source, path: path ?? "" } as const;
      return {
        ...(path === null ? before : withOwner(before, owner, nowIso)),
        headProblem: { reason, message, revision },
        observedRevision: revision,
      };
    }
    case "gone":
      return withoutFile(before, news, { nowIso, revision });
    case "unowned":
      return withoutSpec(before, news, revision);
    case "intentOnly":
      return before;
  }
}

function withoutFile(
  before: Room,
  news: Extract<RoomNews, { kind: "gone" }>,
  { nowIso, revision }: { readonly nowIso: string; readonly revision: string },
): Room {
  const mark = markAfter(before, news);
  const why = news.why === "" ? NOTHING_TO_PRUNE : news.why;
  const row = { ...orphaned(before, nowIso, mark), ...(mark === null ? { notPruned: why } : {}) };
  if (news.isLeftBehind === true) return leftBehind(row, nowIso);
  if (news.waitsFor !== undefined)
    return withoutSpec(row, { problem: waitsProblem(news.waitsFor) }, revision);
  if (news.notRead === undefined) return row;
  return withoutSpec(row, { problem: notReadProblem(news.notRead) }, revision);
}

/** An orphan, with or without a file that is meant for it; the pass that follows makes its conditions. */
function withoutSpec(
  { notReadLeft: _left, ...before }: Room,
  { problem, left }: Omit<Extract<RoomNews, { kind: "unowned" }>, "kind">,
  revision: string,
): Room {
  const headProblem = problem === null ? null : { ...problem, revision };
  const observedRevision = problem === null ? before.observedRevision : revision;
  const notReadLeft = left === undefined ? {} : { notReadLeft: left };
  const notPruned = problem === null && left === undefined ? whyStill(before) : {};
  return { ...before, ...notReadLeft, ...notPruned, headProblem, observedRevision };
}

/** Once the file is gone to which the room's spec was renamed, that is said. */
function whyStill({ headProblem, notPruned }: Room): Pick<Room, "notPruned"> {
  const file = headProblem?.notRead;
  if (file === undefined || notPruned === undefined || notPruned === PRUNE_OFF) return {};
  return { notPruned: goneUnread(file.path) };
}

/** A room that was known has another owner, be it another file of the same source. A new room has its first one. */
function takenOver({ owner }: Room, about: AuditAbout): readonly StoreChange[] {
  const { before } = about.given;
  if (owner?.kind !== "git" || before === null) return [];
  const had = ownerOnRecord(before);
  if (had === null && before.head === null) return [];
  if (before.owner?.kind === "git" && isSameOwner(before.owner, owner)) return [];
  const reason = before.lostOwner === null ? {} : { reason: before.lostOwner.reason };
  const orphan = before.owner === null && before.lostOwner === null ? { wasOrphan: true } : {};
  const metadata = { path: owner.path, from: shownOwner(had), ...orphan, ...reason };
  return [audit("room.takenOver", metadata, about)];
}

function shownOwner(owner: RoomOwner | null) {
  if (owner === null) return null;
  return owner.kind === "git" ? { source: owner.source, path: owner.path } : { source: "api" };
}

/** A problem that lasts is not recorded again: commits that do not touch the room do not change its row. */
function isKnown(
  known: Room["headProblem"],
  news: { readonly reason: Reason; readonly message: string },
): boolean {
  return known?.reason === news.reason && known.message === news.message;
}

/** Whatever was said of the old inputs (a problem, an override, warnings) no longer holds. */
function withInputs(before: Room, file: FileRow, nowIso: string): Room {
  const { inputs, source, path, warnings } = file;
  if (inputs === null) throw new TypeError(`${path} has no inputs`);
  return {
    ...withOwner(before, { kind: "git", source, path }, nowIso),
    head: inputs,
    headProblem: null,
    quarantine: before.quarantine?.digest === inputs.digest ? before.quarantine : null,
    observedRevision: inputs.revision,
    overridden: false,
    warnings: warnings.map(({ line, column, message }) => ({
      reason: "SpecWarning",
      message: `${path}:${line}:${column}: ${message}`,
    })),
  };
}

const NOTHING_TO_PRUNE = "the agent put nothing into it";

function goneUnread(path: string): string {
  return `its file was renamed to ${legible(path)}, which was not read because of its name as it was removed`;
}

/** A room that has no owner any more: left as it is, with nothing pending but its prune. */
export function orphaned(before: Room, nowIso: string, prune: PruneMark | null = null): Room {
  const waits = prune === null ? null : { message: pruneText(prune, before) };
  const facts = {
    prune: waits === null ? null : { ...waits, isDone: false },
    owned: false,
    outcome: null,
    problem: null,
    refusals: [],
    blocked: [],
    drifted: false,
    revision: null,
    dryRun: dryRunProblem({ roomId: before.roomId, dryRun: null }),
  };
  const { dryRun, head } = before;
  const dryRunLeft = dryRun === null ? before.dryRunLeft : { oid: head?.specOid ?? "", ...dryRun };
  const lastOwner = ownerOnRecord(before);
  return {
    ...before,
    owner: null,
    lostOwner: null,
    ...(lastOwner === null ? {} : { lastOwner }),
    headProblem: null,
    quarantine: null,
    dryRun: null,
    dryRunLeft,
    prune,
    overridden: false,
    refusals: [],
    blocked: [],
    pendingDiff: null,
    conditions: roomConditions(facts, before.conditions, nowIso),
  };
}

export function confirmationChanges(
  confirmation: Confirmation,
  given: AuditGiven,
  deps: RoomIntakeDeps,
): readonly StoreChange[] {
  const time = { seenAtMs: deps.steady.nowMs(), expiresAfterMs: deps.confirmationExpiresMs };
  const { originId, commit = originId, actor, items, line, signer } = confirmation;
  const metadata = {
    actor,
    commit,
    ...confirmedItems(items),
    ...(line === undefined ? {} : { via: line }),
    ...(signer === undefined ? {} : { signedBy: shownSigner(signer) }),
  };
  return [
    {
      kind: "confirmation",
      row: toConfirmationRow(given.roomId, { ...confirmation, source: given.source }, time),
    },
    audit("confirm", metadata, { given, deps }),
  ];
}

interface AuditAbout {
  readonly given: RoomNewsGiven;
  readonly deps: RoomIntakeDeps;
}

type AuditGiven = Pick<RoomNewsGiven, "roomId" | "source" | "revision" | "correlationId">;

function audit(
  action: string,
  metadata: AuditRecord["metadata"] & { readonly actor?: string },
  { given, deps }: { readonly given: AuditGiven; readonly deps: RoomIntakeDeps },
): StoreChange {
  const { roomId: room, source, revision, correlationId } = given;
  const all = { actor: "operator", room, source, revision, ...metadata };
  const type = action === "confirm" || action === "window.override" ? "command" : "event";
  return deps.trail[type](action, all, { correlationId });
}

/** The problem of a room whose file is broken. */
export function brokenFile(file: FileRow): RoomNews {
  return { kind: "problem", reason: "SpecInvalid", message: problemText(file), path: file.path };
}
