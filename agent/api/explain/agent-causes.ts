import { storeProblem } from "../../status/store-problem.ts";
import { type Blocker, type ExplainFacts, isAtNewest } from "./blocker.ts";

/** The agent is stopping: no further pass begins. */
export function stopping({ agent }: ExplainFacts): readonly Blocker[] {
  if (!agent.stopping) return [];
  const message = "the agent is stopping: no further pass begins";
  return [{ reason: "ShuttingDown", since: null, message, blocks: "yes" }];
}

/** Without its memory the agent makes no call that changes a room. */
export function storeFails({ agent }: ExplainFacts): readonly Blocker[] {
  const problem = storeProblem(agent.store);
  return problem === null ? [] : [{ ...problem, since: null, blocks: "yes" }];
}

/**
 * The configuration file has something that is not in force. Where that is about the source of the room, what the room should be
 * is not known.
 */
export function configurationRefused({ agent, source, room }: ExplainFacts): readonly Blocker[] {
  const { failure } = agent.configuration;
  if (failure === null) return [];
  const { reason, since, message, sources } = failure;
  const name = source?.name ?? room.lostOwner?.source ?? null;
  const isAbout = name !== null && sources?.includes(name) === true;
  return [{ reason, since, message, blocks: isAbout ? "unknown" : "no" }];
}

/** A damaged store was set aside, and this room was not released yet. One at its head stays there, and nothing would keep it there. */
export function observeOnly(facts: ExplainFacts): readonly Blocker[] {
  const state = facts.agent.observeOnly;
  const { roomId } = facts.room;
  if (state === null || state.released.includes(roomId)) return [];
  const message = `the store was damaged (${state.message}) and set aside as ${state.file}: the room is only observed, and nothing is written to it`;
  const blocks = isAtNewest(facts) ? "no" : "yes";
  return [{ reason: "ObserveOnly", since: state.since, message, blocks }];
}
