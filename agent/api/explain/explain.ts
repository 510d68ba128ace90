import { toIso } from "../../kernel/clock.ts";
import { observedRevision } from "../../room/revision.ts";
import { nextAllowed } from "../../room/sync-windows.ts";
import { gateCondition } from "../../room/write-gate.ts";
import { attentionOf } from "../../status/attention.ts";
import { stepFor } from "../../room/after-push.ts";
import { toRoomSource } from "../room-view.ts";
import { CAUSES } from "./causes.ts";
import {
  type Blocker,
  type Cause,
  type ExplainFacts,
  hasNoHead,
  isFound,
  sourceInfo,
  triedAgainAt,
} from "./blocker.ts";
import type { ExplainAnswer } from "./explain-contract.ts";
import { unblockOf } from "./unblock.ts";

/**
 * The one answer to "why is this room not at head": everything that holds it back at this moment, most decisive first, and
 * what would end each. Pure.
 */
export function explain(facts: ExplainFacts, causes: readonly Cause[] = CAUSES): ExplainAnswer {
  const { room } = facts;
  let found: readonly Blocker[] = [];
  for (const cause of causes) found = [...found, ...cause(facts, found)];
  const isAtHead = atHead(found);
  return {
    roomId: room.roomId,
    source: toRoomSource(room),
    path: room.owner?.kind === "git" ? room.owner.path : null,
    head: hasNoHead(facts) ? null : room.observedRevision,
    ...sourceHead(facts, isAtHead),
    ...polls(facts),
    verifiedRevision: room.verifiedRevision,
    atHead: isAtHead,
    needsPerson: attentionOf(room),
    planDigest: room.pendingPlan?.digest ?? null,
    ...nextAllowed(room),
    ...triedAgain(facts),
    blockedBy: found.map((blocker) => ({
      reason: blocker.reason,
      since: blocker.since,
      message: blocker.message,
      unblock: nextOf(blocker, facts, found),
    })),
  };
}

function triedAgain(facts: ExplainFacts): Pick<ExplainAnswer, "triedAgainAt"> {
  const atMs = triedAgainAt(facts);
  return atMs === null ? {} : { triedAgainAt: toIso(atMs) };
}

/** Requests are refused while a gate of the room is closed that none opens. */
function nextOf(blocker: Blocker, facts: ExplainFacts, all: readonly Blocker[]): string {
  const said = blocker.unblock ?? unblockOf(blocker.reason, facts);
  const isPosted = facts.room.owner?.kind === "api";
  const next = stepFor(said, { isPosted, source: sourceInfo(facts) });
  const closed = gateCondition(facts.room.conditions);
  const isBehind =
    closed !== undefined && blocker.reason !== closed.reason && isFound(closed.reason, all);
  if (!isBehind || !next.includes("POST /apply")) return next;
  return `End the ${closed.toEnd} first: \`POST /apply\` is refused until then. ${next}`;
}

/**
 * Commits that change other files alone leave a room at the revision that changed it last. While files of another head are ingested, a
 * room on its way may be at that one.
 */
function sourceHead(
  { room, source }: ExplainFacts,
  isAtHead: boolean | null,
): Pick<ExplainAnswer, "sourceHead"> {
  if (source?.info == null || source.row === null) return {};
  if (isAtHead === false && source.row.takingIn !== null) return {};
  const revision = observedRevision(source.row);
  return revision === null || revision === room.observedRevision ? {} : { sourceHead: revision };
}

function polls({ source }: ExplainFacts): Pick<ExplainAnswer, "lastPoll" | "nextPoll"> {
  const { lastPoll = null, nextPoll = null } = source?.live ?? {};
  return {
    ...(lastPoll === null ? {} : { lastPoll }),
    ...(nextPoll === null ? {} : { nextPoll }),
  };
}

/** Null: not known, because the source that knows does not answer. */
function atHead(found: readonly Blocker[]): boolean | null {
  if (found.some(({ blocks }) => blocks === "yes")) return false;
  return found.some(({ blocks }) => blocks === "unknown") ? null : true;
}
