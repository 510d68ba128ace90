import type { Blocker, ExplainFacts } from "./blocker.ts";

/** The agent was told to stop: no further pass begins. */
export function stopping({ agent }: ExplainFacts): readonly Blocker[] {
  if (!agent.stopping) return [];
  const message = "the agent is stopping: no further pass begins";
  return [{ reason: "ShuttingDown", since: null, message, blocks: true }];
}

/** Without its memory the agent makes no call that changes a room. */
export function storeFails({ agent }: ExplainFacts): readonly Blocker[] {
  if (agent.store.ok) return [];
  const message = `the agent cannot keep its memory, so it writes to no room: ${agent.store.message}`;
  return [{ reason: "StoreUnavailable", since: null, message, blocks: true }];
}
