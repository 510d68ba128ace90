import { toRevision } from "../../source/spec-source.ts";
import type { Blocker, ExplainFacts, SourceStanding } from "./blocker.ts";

/** The room belongs to a source that this agent does not follow any more. */
export function notConfigured({ source }: ExplainFacts): readonly Blocker[] {
  if (source === null || source.info !== null) return [];
  const message = `the room belongs to source ${source.name}, which is not configured: nothing is written to it`;
  return [{ reason: "SourceNotConfigured", since: null, message, blocks: "yes" }];
}

/** While a source fails, nobody knows what its head says now. */
export function sourceFails({ source }: ExplainFacts): readonly Blocker[] {
  const lastError = source?.row?.lastError ?? null;
  if (source?.info == null || lastError === null) return [];
  const { reason, since, message } = lastError;
  const text = `source ${source.name}: ${message}. What was pushed since may not be known here; ${lastGood(source)}`;
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
