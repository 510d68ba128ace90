import { messageOf } from "../../agent/kernel/errors.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

/** Processor time that reading one input may take. */
const MAX_CPU_MS = 200;
/** Bytes outside of the heap that reading one input may take; the heap is bounded by the thread's limits. */
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;
/** The first readings of a shape are compiled on the way, and a collection may fall into any: only a habit counts. */
const TRIES = 3;

/** What reading an input takes of this thread, so far. */
export interface Meter {
  cpuMs(): number;
  bufferBytes(): number;
}

const threadMeter: Meter = {
  cpuMs: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
  bufferBytes: () => process.memoryUsage().arrayBuffers,
};

/** For where nothing is measured. */
export const NO_METER: Meter = { cpuMs: () => 0, bufferBytes: () => 0 };

export type Tried =
  | { readonly kind: "ended"; readonly word: string }
  | { readonly kind: "crash"; readonly why: string };

/** Lets a target read one input and judges how it did that and what it took. Never rejects. */
export async function tryInput(
  target: FuzzTarget,
  input: Uint8Array,
  meter: Meter = threadMeter,
): Promise<Tried> {
  for (let tries = 1; ; tries += 1) {
    const tried = await tryOnce(target, input, meter);
    if (tried.kind !== "costly") return tried;
    if (tries === TRIES) return { kind: "crash", why: tried.why };
  }
}

type TriedOnce = Tried | { readonly kind: "costly"; readonly why: string };

async function tryOnce(target: FuzzTarget, input: Uint8Array, meter: Meter): Promise<TriedOnce> {
  const bufferBytes = meter.bufferBytes();
  const cpuMs = meter.cpuMs();
  let word: string;
  try {
    word = await target.run(input);
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    return { kind: "crash", why: `${name}: ${messageOf(error).slice(0, 200)}` };
  }
  const took = { cpuMs: meter.cpuMs() - cpuMs, bufferBytes: meter.bufferBytes() - bufferBytes };
  const polluted = takePollution();
  if (polluted !== null) return { kind: "crash", why: `added ${polluted}` };
  if (took.cpuMs > MAX_CPU_MS) {
    return { kind: "costly", why: `took more than ${MAX_CPU_MS} ms of processor time` };
  }
  if (took.bufferBytes > MAX_BUFFER_BYTES) {
    return { kind: "costly", why: "took more than 64 MiB of buffers" };
  }
  return { kind: "ended", word };
}

const SHARED = { Object: Object.prototype, Array: Array.prototype, Function: Function.prototype };
const MEMBERS = new Map(
  Object.entries(SHARED).map(([name, shared]) => [name, new Set(Reflect.ownKeys(shared))]),
);

/** The first member that a prototype has gained, taken away again; null when there is none. */
function takePollution(): string | null {
  for (const [name, shared] of Object.entries(SHARED)) {
    const added = Reflect.ownKeys(shared).find((key) => MEMBERS.get(name)?.has(key) === false);
    if (added === undefined) continue;
    Reflect.deleteProperty(shared, added);
    return `${name}.prototype.${String(added)}`;
  }
  return null;
}
