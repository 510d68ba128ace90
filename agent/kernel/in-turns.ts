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

/** How often work of one moment is begun again before it is done without a pause. */
const TRIES = 2;

/** As `inTurns`, for an answer about what may change meanwhile: where `moment` is another one in the end, it begins again. */
export async function ofOneMoment<T>(
  begin: () => Iterator<unknown, T>,
  moment: () => number,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const begun = moment();
    const answer = await inTurns(begin());
    if (moment() === begun) return answer;
  }
  return atOnce(begin());
}

/** How many items of a list are one step: less would cost more than the work itself. */
const ITEMS_A_STEP = 50;

/** Calls `each` with every item, in steps of some of them. */
export function* inSteps<T>(items: Iterable<T>, each: (item: T) => void): Generator<void, void> {
  let left = ITEMS_A_STEP;
  for (const item of items) {
    each(item);
    left -= 1;
    if (left > 0) continue;
    left = ITEMS_A_STEP;
    yield;
  }
}

/** As `inTurns` without a pause, for steps that are few. */
export function atOnce<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
