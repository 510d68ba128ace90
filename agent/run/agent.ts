import type { Config } from "../config/config.ts";
import { Turn } from "../kernel/in-turns.ts";
import { toEdges, type AgentOptions, type Edges } from "./edges.ts";
import { createFace } from "./face.ts";
import { IdleMemory } from "./idle-memory.ts";
import { LiveConfig } from "./live-config.ts";
import { LiveState } from "./live-state.ts";
import { openMemory, openStore, type Memory } from "./memory.ts";
import { createPasses } from "./passes.ts";
import { Reconfiguration } from "./reconfiguration.ts";
import { Reloader } from "./reloader.ts";
import { Reviews } from "./reviews.ts";
import { RunningAgent } from "./running-agent.ts";
import { SourceSet } from "./sources.ts";
import { createWork } from "./work.ts";

/** The whole agent: `start` resolves once it serves its API, `stop` once nothing of it is left. Both idempotent. */
export interface Agent {
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
  /** Reads the configuration again, once the agent is started. What becomes of it is in log, status and audit. Never rejects. */
  reload(): void;
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
    reload: () => {
      running?.then(
        (agent) => agent.reload(),
        // It never came up, and start() has said why.
        () => undefined,
      );
    },
  };
}

/** A damage that shows only when the rows are read is noted by the store; opened once more, it is set aside. */
async function openAgent(config: Config, edges: Edges, isAgain = false): Promise<RunningAgent> {
  const state = new LiveState(edges.clock);
  const live = new LiveConfig(config);
  const store = await openStore(config, state, edges);
  try {
    return await assemble(live, edges, await openMemory(live, { store, state }, edges));
  } catch (error) {
    await store.close();
    if (state.damage !== null && !isAgain) return openAgent(config, edges, true);
    throw error;
  }
}

/** Each part is made of those before it. */
async function assemble(live: LiveConfig, edges: Edges, memory: Memory): Promise<RunningAgent> {
  const turn = new Turn();
  const work = await createWork(live, edges, memory);
  const set = new SourceSet(live, { edges, memory, work });
  await set.open();
  await turn.pass();
  const sources = set.list;
  const passes = createPasses(live, { edges, memory, work, sources });
  const reviews = new Reviews(live, { edges, memory, passes, sources });
  const reconfiguration = new Reconfiguration({ live, edges, memory, work, set, passes, reviews });
  const reloader = new Reloader({ live, edges, memory, reconfiguration });
  const { server } = passes;
  const face = createFace(live, { edges, memory, work, sources, server, reloader, reviews });
  const { logger, clock, heap } = edges;
  const idleMemory = heap === null ? null : IdleMemory.open(clock, heap);
  const parts = { memory, work, sources, passes, reviews, reloader, face, idleMemory, logger };
  await turn.pass();
  return new RunningAgent(parts);
}
