import type { Refusal } from "../guardrail/guardrail.ts";
import type { LostOwner } from "./lost-owner.ts";
import type { RoomOwner, Room } from "./room.ts";
import { dryRunProblem } from "./dry-run-text.ts";
import { reasonsSince } from "./reasons-since.ts";
import { roomConditions, type ConditionFacts } from "./room-conditions.ts";

/** What the configuration says of owners. */
export interface OwnerRules {
  readonly isConfigured: (source: string) => boolean;
  /** Whether a configured source may manage a room (`AllowedRooms`). */
  readonly isRoomAllowed: (source: string, roomId: string) => boolean;
}

/**
 * The row under the configuration of this start (L6): an owner that is not configured, or may not manage the room, owns
 * nothing; one that may again gets back what it lost. Gives back the very row where nothing changes. Pure.
 */
export function judgeOwner(row: Room, rules: OwnerRules, nowIso: string): Room {
  const lost = row.lostOwner;
  const onRecord = row.owner ?? (lost === null ? null : gitOwner(lost));
  if (onRecord?.kind !== "git") return row;
  // Only a snapshot that names the room gives it an owner again.
  if (lost?.reason === "SourceChanged") return row;
  const { source, path } = onRecord;
  const reason = whyNot(row.roomId, source, rules);
  if (reason !== null) {
    if (lost?.reason === reason) return row;
    return withoutOwner(row, { source, path, reason, since: nowIso }, nowIso);
  }
  if (lost === null && !isLeftover(row)) return row;
  return fresh({ ...row, owner: onRecord, lostOwner: null }, { owned: true }, nowIso);
}

/** Why a room has no owner, in words for people; null when no owner lost it. */
export function lostProblem(
  row: Pick<Room, "roomId" | "lostOwner">,
): { readonly reason: LostOwner["reason"]; readonly message: string } | null {
  const lost = row.lostOwner;
  if (lost === null) return null;
  const { reason, source, path } = lost;
  const why = {
    SourceNotConfigured: `source "${source}", which is not configured`,
    RoomNotAllowed: `source "${source}", whose AllowedRooms do not match ${row.roomId}`,
    SourceChanged: `source "${source}", whose Url, Ref or Path was changed, and no spec there names it`,
  }[reason];
  const message = `the room belonged to ${path} of ${why}: nothing is written to it until a source that may manage it names it`;
  return { reason, message };
}

/** What a pass over such a room ends with: nothing a person confirms allows it. */
export function lostRefusals(row: Pick<Room, "roomId" | "lostOwner">): readonly Refusal[] {
  const problem = lostProblem(row);
  if (problem === null) return [];
  const common = {
    guardrail: "ownership",
    effect: "refusal",
    items: [],
    confirmable: false,
  } as const;
  return [{ ...common, ...problem }];
}

/** The room with another owner: what was noted while it had none is cleared. */
export function withOwner(row: Room, owner: RoomOwner, nowIso: string): Room {
  const { lastOwner: _last, notReadLeft: _left, notPruned: _why, ...owned } = row;
  const after = withoutPrune({ ...owned, owner, lostOwner: null });
  return row.lostOwner !== null ? fresh(after, { owned: true }, nowIso) : after;
}

const NOTHING_WAITS = { refusals: [], blocked: [], pendingDiff: null, pendingPlan: null };

/** The room without the prune that waited: with an owner, it is managed as before. A dry run of the prune ends with it. */
function withoutPrune(row: Room): Room {
  if (row.prune == null) return row;
  const { refusals, blocked, pendingDiff, pendingPlan } = NOTHING_WAITS;
  return { ...row, prune: null, dryRun: null, refusals, blocked, pendingDiff, pendingPlan };
}

/** It has no owner, no file claims it, and no configuration took it from its owner. */
export function isOrphan({ owner, headProblem, lostOwner }: Room): boolean {
  return owner === null && headProblem === null && lostOwner === null;
}

function whyNot(roomId: string, source: string, rules: OwnerRules): LostOwner["reason"] | null {
  if (!rules.isConfigured(source)) return "SourceNotConfigured";
  return rules.isRoomAllowed(source, roomId) ? null : "RoomNotAllowed";
}

/** Who has the room, or had it last; null: that is not known. */
export function ownerOnRecord(
  room: Pick<Room, "owner" | "lostOwner" | "lastOwner">,
): RoomOwner | null {
  const { owner, lostOwner, lastOwner } = room;
  if (owner !== null) return owner;
  return lostOwner === null ? (lastOwner ?? null) : gitOwner(lostOwner);
}

/** The room is not the source's so far. */
export function isNewOwner({ owner }: Pick<Room, "owner">, source: string): boolean {
  return owner?.kind !== "git" || owner.source !== source;
}

function gitOwner({ source, path }: LostOwner): RoomOwner {
  return { kind: "git", source, path };
}

/** What an older configuration refused is still shown, although this one allows it. */
function isLeftover({ conditions, refusals }: Room): boolean {
  return [...conditions, ...refusals].some(
    ({ reason }) => reason === "RoomNotAllowed" || reason === "SourceNotConfigured",
  );
}

/** An orphan that the configuration of its source took out: it needs a person until a snapshot names it. */
export function leftBehind(row: Room, nowIso: string): Room {
  if (row.lastOwner?.kind !== "git") return row;
  const { source, path } = row.lastOwner;
  return withoutOwner(row, { source, path, reason: "SourceChanged", since: nowIso }, nowIso);
}

function withoutOwner(row: Room, lostOwner: LostOwner, nowIso: string): Room {
  const after = { ...row, owner: null, lostOwner };
  return fresh(after, { owned: false, lost: lostProblem(after) }, nowIso);
}

/** Whatever passes said of the room before is not known to hold any more. */
function fresh(row: Room, known: Pick<ConditionFacts, "owned" | "lost">, nowIso: string): Room {
  const refusals = lostRefusals(row);
  const facts: ConditionFacts = {
    ...known,
    outcome: null,
    problem: known.owned ? row.headProblem : null,
    refusals,
    blocked: [],
    drifted: false,
    revision: null,
    dryRun: dryRunProblem(row),
  };
  const conditions = roomConditions(facts, row.conditions, nowIso);
  const shown = { conditions, refusals, blocked: [], headProblem: row.headProblem };
  return {
    ...row,
    refusals,
    blocked: [],
    pendingDiff: null,
    conditions,
    reasonsSince: reasonsSince({}, shown, nowIso),
  };
}
