import { createAgent } from "../run/agent.ts";
import { systemHeap } from "../kernel/heap.ts";
import type { CommandIo } from "./command.ts";
import { runAgent } from "./run-agent.ts";

/** `run [--config FILE]`: the agent, until the signal aborts. */
export function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runAgent(args, io, (config, options) =>
    createAgent(config, { ...options, heap: systemHeap }),
  );
}
