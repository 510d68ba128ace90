import type { Config } from "../config/config.ts";
import { toEdges, type AgentOptions, type Edges } from "./edges.ts";
import { createFace } from "./face.ts";
import { LiveState } from "./live-state.ts";
import { openMemory, openStore, type Memory } from "./memory.ts";
import { createPasses } from "./passes.ts";
import { RunningAgent } from "./running-agent.ts";
import { openSources } from "./sources.ts";
import { createWork } from "./work.ts";

/** The whole agent: `start` resolves once it serves its API, `stop` once nothing of it is left. Both idempotent. */
export interface Agent {
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

/** The composition root. Nothing happens before `start`. */
export function createAgent(config: Config, options: AgentOptions): Agent {
  const edges = toEdges(options, config.operator.version);
  let running: Promise<RunningAgent> | null = null;
  let stopped: Promise<void> | null = null;
  return {
    start: async () => {
      if (stopped !== null) throw new Error("the agent was stopped; create another one");
      running ??= openAgent(config, edges);
      return (await running).start();
    },
    stop: () => {
      stopped ??= (running ?? Promise.resolve(null)).then(
        (agent) => agent?.stop(),
        // It never came up, and start() has said why.
        () => undefined,
      );
      return stopped;
    },
  };
}

/** A damage that shows only when the rows are read is noted by the store; opened once more, it is set aside. */
async function openAgent(config: Config, edges: Edges, isAgain = false): Promise<RunningAgent> {
  const state = new LiveState(edges.clock);
  const store = await openStore(config, state, edges);
  try {
    return await assemble(config, edges, await openMemory(config, { store, state }, edges));
  } catch (error) {
    await store.close();
    if (state.damage !== null && !isAgain) return openAgent(config, edges, true);
    throw error;
  }
}

/** Each part is made of those before it. */
async function assemble(config: Config, edges: Edges, memory: Memory): Promise<RunningAgent> {
  const work = await createWork(config, edges, memory);
  const sources = await openSources(config, { edges, memory, work });
  const passes = createPasses(config, { edges, memory, work, sources });
  const { server } = passes;
  const face = createFace(config, { edges, memory, work, sources, server });
  return new RunningAgent({ memory, work, sources, passes, face, logger: edges.logger });
}
