import { inOrder } from "./bench.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { createLargeWorld } from "./large-world.ts";
import type { LargeWorld } from "./large-world.ts";
import { machineMs } from "./machine-ms.ts";
import type { Outcome } from "./results.ts";

export interface RunOptions extends Omit<BenchOptions, "world"> {
  /** Called as each bench ends. */
  readonly onEnd: (bench: Bench, outcome: Outcome, tookMs: number) => void;
}

/** Runs benches one after the other over shared worlds. One that fails does not keep the others from being measured. */
export async function runBenches(benches: readonly Bench[], options: RunOptions): Promise<void> {
  const worlds = new Map<number, Promise<LargeWorld>>();
  const world = (rooms: number) => {
    const made = worlds.get(rooms) ?? createLargeWorld(rooms, options.say);
    worlds.set(rooms, made);
    return made;
  };
  try {
    for (const bench of benches) {
      const startedMs = machineMs();
      const outcome = await outcomeOf(bench, { ...options, world });
      options.onEnd(bench, outcome, machineMs() - startedMs);
    }
  } finally {
    for (const made of await Promise.allSettled(worlds.values())) {
      if (made.status === "fulfilled") await made.value.world.remove();
    }
  }
}

async function outcomeOf(bench: Bench, options: BenchOptions): Promise<Outcome> {
  try {
    const ended = await bench.run(options);
    if ("skipped" in ended) return { kind: "skipped", why: ended.skipped };
    return { kind: "measured", figures: inOrder(bench, ended, options.quick) };
  } catch (error) {
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}
