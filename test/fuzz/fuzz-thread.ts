import { parentPort, workerData } from "node:worker_threads";
import { fastRandom } from "./fast-random.ts";
import { FuzzCorpus } from "./fuzz-corpus.ts";
import { targetNamed } from "./targets/all-targets.ts";
import { tryInput } from "./try-input.ts";

/** What the thread is told. */
export interface FuzzTask {
  readonly target: string;
  readonly seed: number;
  readonly seconds: number;
  /** Number of the input under way, its length, and behind those 8 bytes the input itself. */
  readonly shared: SharedArrayBuffer;
}

/** What it tells: each crash at once, and at the end how much it tried. */
export type FuzzNews =
  | { readonly kind: "crash"; readonly why: string; readonly input: Uint8Array }
  | { readonly kind: "end"; readonly inputs: number; readonly ways: number };

async function work({ target: name, seed, seconds, shared }: FuzzTask): Promise<void> {
  const target = targetNamed(name);
  const corpus = new FuzzCorpus(target, fastRandom(seed));
  const head = new Int32Array(shared, 0, 2);
  const bytes = new Uint8Array(shared, 8);
  const untilMs = performance.now() + seconds * 1000;
  let inputs = 0;
  const seeds = [...target.seeds];
  while (performance.now() < untilMs) {
    const input = seeds.pop() ?? corpus.next();
    bytes.set(input);
    head[1] = input.length;
    Atomics.add(head, 0, 1);
    const tried = await tryInput(target, input);
    inputs += 1;
    if (tried.kind === "ended") corpus.learn(input, tried.word);
    else parentPort?.postMessage({ kind: "crash", why: tried.why, input } satisfies FuzzNews);
  }
  parentPort?.postMessage({ kind: "end", inputs, ways: corpus.ways } satisfies FuzzNews);
}

await work(workerData as FuzzTask);
