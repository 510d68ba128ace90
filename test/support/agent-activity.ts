import type { Agent } from "../../agent/run/agent.ts";

/** Agents that run in this process. What they log says that something may have changed. */
let running = 0;
let lastMs = Number.NEGATIVE_INFINITY;
const waiting = new Set<() => void>();

/** The agent, known to run from its start to its stop. */
export function countedAgent(agent: Agent): Agent {
  let isRunning = false;
  return {
    reload: () => agent.reload(),
    start: () => {
      if (!isRunning) running += 1;
      isRunning = true;
      return agent.start();
    },
    stop: () => {
      if (isRunning) running -= 1;
      isRunning = false;
      return agent.stop();
    },
  };
}

/** An agent has logged a line. */
export function noteActivity(): void {
  lastMs = performance.now();
  for (const wake of waiting) wake();
}

/** Resolves when an agent has logged something since then, and after `ms` at the latest. False: no agent runs in this process. */
export async function activitySince(sinceMs: number, ms: number): Promise<boolean> {
  if (running === 0) return false;
  if (lastMs >= sinceMs) return true;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  waiting.add(resolve);
  await promise;
  waiting.delete(resolve);
  clearTimeout(timer);
  return true;
}
