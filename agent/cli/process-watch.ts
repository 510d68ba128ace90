import { write } from "node:fs";
import { flushCompileCache } from "node:module";
import { workerData } from "node:worker_threads";

/*
 * A worker that ends the process when the main thread cannot do it: when its launcher is gone, or it was asked to stop, and it has not
 * ended by itself; and when it hangs. It runs on a thread of its own, so a blocked main thread does not block it.
 *
 * Silence is counted in looks, not by a clock: a process that is stopped, or a machine that sleeps, does not look either.
 */

export interface WatchData {
  /** The pid of the launcher; null where there is none. */
  readonly launcher: number | null;
  /** Counted up by the main thread's event loop as long as it turns. */
  readonly beats: Int32Array;
  /** Not 0 once the main thread was asked to stop. */
  readonly stopping: Int32Array;
  /** Ms without a beat after which the main thread hangs. */
  readonly silentMs: number;
}

const LOOK_EVERY_MS = 500;
const ORPHAN_ENDS_MS = 10_000;
/** The main thread gives up after 9.5 s; it may be late. */
const STOP_ENDS_MS = 12_000;
const TELL_WITHIN_MS = 1000;

const { launcher, beats, stopping, silentMs } = workerData as WatchData;
let lastBeat = -1;
let silentLooks = 0;

const looking = setInterval(() => {
  const beat = Atomics.load(beats, 0);
  silentLooks = beat === lastBeat ? silentLooks + 1 : 0;
  lastBeat = beat;
  const isSilent = silentLooks * LOOK_EVERY_MS >= silentMs;
  const isOrphaned = launcher !== null && process.ppid !== launcher;
  const isStopping = Atomics.load(stopping, 0) !== 0;
  if (!isSilent && !isOrphaned && !isStopping) return;
  clearInterval(looking);
  if (isSilent) tellAndKill(`hung for ${silentMs / 1000} s; ending, to be started again`);
  else setTimeout(kill, isOrphaned ? ORPHAN_ENDS_MS : STOP_ENDS_MS);
}, LOOK_EVERY_MS);

// This thread ends with the process. Without that, each start would strip its types again: Node's compiler for that takes 45 MB.
flushCompileCache();

/** Whoever reads stderr may be why it hangs: that must not keep this thread, too. */
function tellAndKill(what: string): void {
  setTimeout(kill, TELL_WITHIN_MS);
  write(2, `room-operator: ${what}\n`, kill);
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}
