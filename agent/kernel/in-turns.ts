import { setImmediate as breathe } from "node:timers/promises";

/** How long it works before others in the thread have a turn, in ms. */
const SLICE_MS = 10;

/**
 * Goes through steps of work, which are short each, and gives back what they come to. However many there are, the event loop
 * does not stand still for them. Rejects with the reason of `signal`.
 */
export async function inTurns<T>(steps: Iterator<unknown, T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  let untilMs = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < untilMs) continue;
    await breathe();
    signal?.throwIfAborted();
    untilMs = performance.now() + SLICE_MS;
  }
}

/** For work that waits for other things too: resolves at once, or, where it has worked for as long as that, after others had a turn. */
export class Turn {
  #untilMs = performance.now() + SLICE_MS;

  async pass(): Promise<void> {
    if (performance.now() < this.#untilMs) return;
    await breathe();
    this.#untilMs = performance.now() + SLICE_MS;
  }
}

/** As `inTurns` without a pause, for steps that are few. */
export function atOnce<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
