import { withoutStop } from "../../kernel/joined.ts";
import { lostProblem } from "../../reconcile/judge-owner.ts";
import { toRevision } from "../../source/spec-source.ts";
import type { Blocker, ExplainFacts, SourceStanding } from "./blocker.ts";

/** The configuration does not let the last owner have the room: nobody does. */
export function lostOwner({ room }: ExplainFacts): readonly Blocker[] {
  const problem = lostProblem(room);
  if (problem === null) return [];
  const { reason, message } = problem;
  return [{ reason, since: room.lostOwner?.since ?? null, message, blocks: "yes" }];
}

/** Files that name the room and are refused. They keep a room of nobody from being managed, and an owned one from nothing. */
export function refusedFiles({ room, claims }: ExplainFacts): readonly Blocker[] {
  return claims.map(({ reason, message }) => ({
    reason,
    since: null,
    message,
    blocks: room.owner === null ? "yes" : "no",
  }));
}

/** While a source fails, nobody knows what its head says now. */
export function sourceFails({ source }: ExplainFacts): readonly Blocker[] {
  const lastError = source?.row?.lastError ?? null;
  if (source?.info == null || lastError === null) return [];
  const { reason, since, message } = lastError;
  const text = `source ${source.name}: ${withoutStop(message)}. What was pushed since may not be known here; ${lastGood(source)}`;
  return [{ reason, since, message: text, blocks: "unknown" }];
}

/** After a start the first poll shows whether head has moved meanwhile. */
export function notYetPolled({ source, agent }: ExplainFacts): readonly Blocker[] {
  if (source?.info == null || (source.live?.lastPoll ?? null) !== null) return [];
  const message = `source ${source.name} was not looked at since this agent started; ${lastGood(source)}`;
  return [{ reason: "NotYetPolled", since: agent.startedAt, message, blocks: "unknown" }];
}

function lastGood({ row }: SourceStanding): string {
  if (row === null || row.observedHead === null) return "no head of it was ever read";
  return `the last head read is ${toRevision(row.ref, row.observedHead)}, and its rooms are kept as that says`;
}
