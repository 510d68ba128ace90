import { Worker } from "node:worker_threads";
import { messageOf } from "../../agent/kernel/errors.ts";
import { shapeOf, type FuzzTarget } from "./fuzz-target.ts";
import type { FuzzNews, FuzzTask } from "./fuzz-thread.ts";

/** An input that takes this long is one that never ends. */
const HANG_MS = 10_000;
/** The heap of a thread: 64 MB for reading one input, on top of what the code itself takes. */
const HEAP_MB = 64 + 40;

export interface FuzzCrash {
  readonly why: string;
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly ways: number;
  /** One of each kind. */
  readonly crashes: readonly FuzzCrash[];
}

/** Lets a target read made-up inputs in a thread of its own for so many seconds; a thread that dies is replaced. */
export async function runTarget(
  target: FuzzTarget,
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): Promise<FuzzReport> {
  const crashes = new Map<string, FuzzCrash>();
  const untilMs = performance.now() + seconds * 1000;
  let [inputs, ways, round] = [0, 0, 0];
  for (let left = seconds; left > 0; left = (untilMs - performance.now()) / 1000) {
    const end = await runThread({ target, seed: seed + round, seconds: left }, (crash) => {
      const kind = shapeOf(crash.why);
      if (!crashes.has(kind)) crashes.set(kind, crash);
    });
    inputs += end.inputs;
    ways = Math.max(ways, end.ways);
    round += 1;
  }
  return { inputs, ways, crashes: [...crashes.values()] };
}

interface Run extends Omit<FuzzTask, "shared" | "target"> {
  readonly target: FuzzTarget;
}

/** One thread until its time is over, or until an input kills or stalls it; that input is then told as a crash. */
async function runThread(
  run: Run,
  onCrash: (crash: FuzzCrash) => void,
): Promise<{ readonly inputs: number; readonly ways: number }> {
  const shared = new SharedArrayBuffer(8 + run.target.maxBytes * 2);
  const head = new Int32Array(shared, 0, 2);
  const current = () => Uint8Array.from(new Uint8Array(shared, 8, head[1] ?? 0));
  const workerData: FuzzTask = { ...run, target: run.target.name, shared };
  const worker = new Worker(new URL("./fuzz-thread.ts", import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let end = { inputs: 0, ways: 0 };
  let seen = -1;
  const watch = setInterval(() => {
    const now = Atomics.load(head, 0);
    if (now === seen && now > 0) {
      onCrash({ why: `did not end within ${HANG_MS} ms`, input: current() });
      void worker.terminate();
    }
    seen = now;
  }, HANG_MS);
  try {
    await new Promise<void>((resolve) => {
      worker.on("message", (news: FuzzNews) => {
        if (news.kind === "crash") onCrash(news);
        else end = { inputs: news.inputs, ways: news.ways };
      });
      worker.on("error", (error) => {
        onCrash({ why: `the thread died: ${messageOf(error)}`, input: current() });
      });
      worker.on("exit", () => resolve());
    });
  } finally {
    clearInterval(watch);
  }
  return end.inputs > 0 ? end : { inputs: Atomics.load(head, 0), ways: 0 };
}
