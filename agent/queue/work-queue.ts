import type { Clock } from "../kernel/clock.ts";
import type { Trigger } from "../kernel/trigger.ts";
import type { KeyBackoff } from "./backoff.ts";
import { Heap } from "./heap.ts";
import { isDueBefore, mergePending, READY, type Entry, type Pending } from "./pending.ts";
import type { Place } from "./place.ts";
import { isFresh } from "./priority.ts";
import { ReadyKeys } from "./ready-keys.ts";

/** A key in the hands of one worker until `done`. */
export interface Taken {
  readonly key: string;
  /** The most urgent of all triggers that were merged into this pass. */
  readonly priority: Trigger;
}

/** How a pass over a key ended, as far as the queue is concerned. */
export type PassEnding =
  /** Nothing is left to do: failures are forgotten, the next trigger brings the key back. */
  | { readonly kind: "settled" }
  /** Another pass at once. */
  | { readonly kind: "again"; readonly priority: Trigger }
  /** Another pass after `delayMs`, or as soon as anything triggers it. */
  | { readonly kind: "after"; readonly priority: Trigger; readonly delayMs: number }
  /** The pass failed: another after the key's own backoff and not before `atLeastMs`; only a fresh trigger comes earlier. */
  | { readonly kind: "backoff"; readonly priority: Trigger; readonly atLeastMs?: number };

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly backoff: KeyBackoff;
}

interface InFlight {
  newer: boolean;
}

type Waiter = (taken: Taken | null) => void;

/**
 * Room keys that want a pass. A key is in here once, however often it was added: triggers merge into the most urgent
 * priority and the shortest wait. A key that was taken is not handed out again before `done`; what is added meanwhile
 * follows then. Order: priority (but see `ReadyKeys`), then first come first served; among interval keys the one unseen the
 * longest.
 *
 * A failed key is held for its backoff: events and intervals merge into the wait, a new revision or a person ends it and
 * forgets the failures. Every operation costs O(log n).
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: KeyBackoff;
  /** What is pending, by key; of a key in flight it lies in neither heap until `done`. */
  readonly #pending = new Map<string, Entry>();
  readonly #ready = new ReadyKeys();
  readonly #delayed = new Heap<Entry>(isDueBefore);
  readonly #inFlight = new Map<string, InFlight>();
  readonly #seen = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  #passes = 0;
  #sequence = 0;
  #serving = false;
  #timer: { readonly dueMs: number; readonly controller: AbortController } | null = null;
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#backoff = options.backoff;
  }

  /** Keys that are due and wait for a worker. */
  get size(): number {
    return this.#ready.size;
  }

  placeOf(key: string): Place {
    if (this.#inFlight.has(key)) return { kind: "running" };
    const entry = this.#pending.get(key);
    if (entry === undefined) return { kind: "absent" };
    const { dueMs, held } = entry;
    if (dueMs === READY) return { kind: "queued" };
    return { kind: "waiting", dueInMs: Math.max(0, dueMs - this.#clock.monotonicMs()), held };
  }

  /**
   * True when a new revision came for this key after it was taken: stop at the next safe point. A person's request waits for
   * the pass to end: a plan that was accepted as a whole is not left half done for it.
   */
  hasNewer(key: string): boolean {
    return this.#inFlight.get(key)?.newer ?? false;
  }

  /** Asks for a pass now. After `close` it does nothing. */
  add(key: string, priority: Trigger): void {
    const flight = this.#inFlight.get(key);
    if (isFresh(priority)) {
      this.#backoff.reset(key);
      if (priority === "git" && flight !== undefined) flight.newer = true;
    }
    this.#want(key, { priority, dueMs: READY, held: false });
  }

  /** Asks for a pass in `delayMs` (ms, 0 or more). */
  addAfter(key: string, priority: Trigger, delayMs: number): void {
    this.#want(key, { priority, dueMs: this.#dueIn(delayMs), held: false });
  }

  /**
   * The next key, as soon as there is one; null once the queue is closed. Rejects with the reason of `signal`. Who gets a
   * key owes a `done`.
   */
  take(signal: AbortSignal): Promise<Taken | null> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      if (this.#closed) {
        resolve(null);
        return;
      }
      const onAbort = () => {
        this.#waiters.delete(give);
        reject(signal.reason as Error);
      };
      const give: Waiter = (taken) => {
        signal.removeEventListener("abort", onAbort);
        resolve(taken);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(give);
      this.#serveSoon();
    });
  }

  /** Lets go of a taken key and says what comes next. Throws when the key is not in flight: two holders would be a defect. */
  done(key: string, ending: PassEnding = { kind: "settled" }): void {
    if (!this.#inFlight.delete(key)) throw new Error(`"${key}" is not in flight`);
    const added = this.#pending.get(key);
    this.#pending.delete(key);
    this.#passes += 1;
    this.#seen.set(key, this.#passes);
    if (added !== undefined) this.#want(key, added);
    this.#follow(key, ending);
  }

  /** Drops what is pending and ends every `take` with null. Passes under way end with `done` as usual. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#timer?.controller.abort();
    this.#timer = null;
    this.#pending.clear();
    this.#ready.clear();
    this.#delayed.clear();
    for (const give of this.#waiters) give(null);
    this.#waiters.clear();
  }

  #follow(key: string, ending: PassEnding): void {
    switch (ending.kind) {
      case "settled":
        this.#backoff.reset(key);
        return;
      case "again":
        this.#want(key, { priority: ending.priority, dueMs: READY, held: false });
        return;
      case "after":
        this.addAfter(key, ending.priority, ending.delayMs);
        return;
      case "backoff": {
        const delayMs = Math.max(this.#backoff.next(key), ending.atLeastMs ?? 0);
        this.#want(key, { priority: ending.priority, dueMs: this.#dueIn(delayMs), held: true });
      }
    }
  }

  #dueIn(delayMs: number): number {
    if (Number.isNaN(delayMs))
      throw new RangeError(`a delay must be a number of ms, not ${delayMs}`);
    return delayMs <= 0 ? READY : this.#clock.monotonicMs() + delayMs;
  }

  #want(key: string, wish: Pending): void {
    if (this.#closed) return;
    const before = this.#pending.get(key);
    const merged = mergePending(before, wish);
    if (before !== undefined) {
      const { priority, dueMs, held } = before;
      if (merged.priority === priority && merged.dueMs === dueMs && merged.held === held) return;
      this.#drop(before);
    }
    this.#enter(key, merged);
  }

  #enter(key: string, pending: Pending): void {
    this.#sequence += 1;
    const { priority, dueMs, held } = pending;
    const seen = this.#seen.get(key) ?? 0;
    const entry: Entry = { key, priority, dueMs, held, seen, sequence: this.#sequence };
    this.#pending.set(key, entry);
    if (this.#inFlight.has(key)) return;
    if (dueMs === READY) {
      this.#ready.add(entry);
      this.#serveSoon();
    } else {
      this.#delayed.add(entry);
      this.#arm();
    }
  }

  #drop(entry: Entry): void {
    this.#pending.delete(entry.key);
    this.#ready.remove(entry);
    this.#delayed.remove(entry);
  }

  /** Hands out in a microtask, so that of keys added together the most urgent goes first. */
  #serveSoon(): void {
    if (this.#serving || this.#waiters.size === 0) return;
    this.#serving = true;
    queueMicrotask(() => {
      this.#serving = false;
      this.#serve();
    });
  }

  #serve(): void {
    this.#promote();
    for (const give of this.#waiters) {
      const entry = this.#ready.first();
      if (entry === undefined) return;
      this.#pending.delete(entry.key);
      this.#ready.take(entry);
      this.#inFlight.set(entry.key, { newer: false });
      this.#waiters.delete(give);
      give({ key: entry.key, priority: entry.priority });
    }
  }

  /** Makes ready what is due. */
  #promote(): void {
    const nowMs = this.#clock.monotonicMs();
    for (;;) {
      const entry = this.#delayed.first();
      if (entry === undefined || entry.dueMs > nowMs) return;
      this.#drop(entry);
      this.#enter(entry.key, { priority: entry.priority, dueMs: READY, held: false });
    }
  }

  /** Sleeps until the first delayed key is due. A timer that is early finds nothing due and is set anew. */
  #arm(): void {
    const next = this.#delayed.first();
    if (next === undefined || (this.#timer !== null && this.#timer.dueMs <= next.dueMs)) return;
    this.#timer?.controller.abort();
    const controller = new AbortController();
    this.#timer = { dueMs: next.dueMs, controller };
    this.#clock.sleep(next.dueMs - this.#clock.monotonicMs(), controller.signal).then(
      () => {
        if (controller.signal.aborted) return;
        this.#timer = null;
        this.#promote();
        this.#arm();
      },
      // A sleep rejects only when it is aborted, which happens above and in `close`.
      () => undefined,
    );
  }
}
