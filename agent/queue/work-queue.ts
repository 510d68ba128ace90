import type { Clock } from "../kernel/clock.ts";
import { Alarm } from "./alarm.ts";
import type { KeyBackoff } from "./backoff.ts";
import { Heap } from "./heap.ts";
import { askedOver, dueNow, isDueBefore, isSameTurn, mergePending } from "./pending.ts";
import { withoutBackoff, DUE, READY } from "./pending.ts";
import type { Entry, Pending, Wish } from "./pending.ts";
import { isSlowFailure, type PassEnding } from "./pass-ending.ts";
import { placeOfPending, type Place } from "./place.ts";
import type { OwnTrigger, Trigger } from "../kernel/trigger.ts";
import { ReadyKeys } from "./ready-keys.ts";
import { WaitingWorkers, WOKEN, type Choice, type Taken } from "./waiting-workers.ts";

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly backoff: KeyBackoff;
}

interface InFlight {
  readonly priority: Trigger;
  /** What the key's own triggers had asked for. */
  readonly own: Wish | null;
  newer: boolean;
  /** What it failed by until now ended while it was in flight. */
  backsOffAnew: boolean;
  /** Monotonic ms at which it was taken. */
  readonly sinceMs: number;
}

/**
 * Room keys that want a pass. A key is in here once, however often it was added: triggers merge into the most urgent
 * priority and the shortest wait. A key that was taken is not handed out again before `done`; what is added meanwhile
 * follows then. Order: priority (but see `ReadyKeys`), then first come first served; among interval keys the one unseen the
 * longest.
 *
 * A failed key is held for its backoff: events and intervals merge into the wait, a new revision ends it and forgets the
 * failures. One that took long to fail goes to no worker that takes quick keys alone, until it ends otherwise. A person's request is taken at once and leaves what the key's own triggers asked for as it is, until a pass for
 * the request has ended that was no rehearsal. Every operation costs O(log n).
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: KeyBackoff;
  /** What is pending, by key; for a key in flight, neither heap holds it until `done`. */
  readonly #pending = new Map<string, Entry>();
  readonly #ready = new ReadyKeys();
  readonly #delayed = new Heap<Entry>(isDueBefore);
  readonly #inFlight = new Map<string, InFlight>();
  readonly #seen = new Map<string, number>();
  /** Keys that are slow to fail. */
  readonly #slow = new Set<string>();
  readonly #workers = new WaitingWorkers();
  #passes = 0;
  #sequence = 0;
  #serving = false;
  #held = false;
  readonly #alarm: Alarm;
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#backoff = options.backoff;
    this.#alarm = new Alarm(options.clock, () => {
      this.#promote();
      this.#arm();
    });
  }

  /** Keys that are due and wait for a worker. */
  get size(): number {
    return this.#ready.size;
  }

  placeOf(key: string): Place {
    if (this.#inFlight.has(key)) return { kind: "running" };
    return placeOfPending(this.#pending.get(key), this.#clock.monotonicMs());
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
    if (priority === "apply") return this.#put(key, askedOver(this.#pending.get(key)));
    if (priority === "git") {
      this.#backoff.reset(key);
      const flight = this.#inFlight.get(key);
      if (flight !== undefined) flight.newer = true;
    }
    this.#want(key, { priority, dueMs: READY, held: false });
  }

  /** Asks for a pass in `delayMs` (ms, 0 or more). */
  addAfter(key: string, priority: OwnTrigger, delayMs: number): void {
    this.#want(key, { priority, dueMs: this.#dueIn(delayMs), held: false });
  }

  /** What a failed key failed by is over, so it waits no more. Its failures still count, but for a key in flight. */
  endBackoff(key: string): void {
    const flight = this.#inFlight.get(key);
    if (flight !== undefined) flight.backsOffAnew = true;
    const before = this.#pending.get(key);
    if (before !== undefined) this.#put(key, withoutBackoff(before));
  }

  /** True: no key is handed out until it is false again. */
  hold(isHeld: boolean): void {
    this.#held = isHeld;
    this.#serveSoon();
  }

  /** The key's own triggers ask for nothing any more, and its failures count no longer. A person's request stays. */
  forget(key: string): void {
    this.#backoff.reset(key);
    this.#slow.delete(key);
    const entry = this.#pending.get(key);
    if (entry === undefined) return;
    if (entry.priority === "apply") entry.own = null;
    else {
      this.#drop(entry);
      this.#pending.delete(key);
    }
  }

  /**
   * The next key that `choice` allows, as soon as there is one; null once the queue is closed. Rejects with the reason of
   * `signal`. Who gets a key owes a `done`.
   */
  take(signal: AbortSignal, choice: Choice = "any"): Promise<Taken | typeof WOKEN | null> {
    if (this.#closed && !signal.aborted) return Promise.resolve(null);
    const taken = this.#workers.wait(choice, signal);
    this.#serveSoon();
    return taken;
  }

  /** Whether the key took long to fail last time. */
  isSlow(key: string): boolean {
    return this.#slow.has(key);
  }

  /** Ends the `take` of one worker that waits, if one does. */
  wake(): void {
    this.#workers.inOrder()[0]?.give(WOKEN);
  }

  /** Releases a taken key and decides what comes next. Throws when the key is not in flight: two holders would be a defect. */
  done(key: string, ending: PassEnding = { kind: "settled" }): void {
    const flight = this.#inFlight.get(key);
    if (flight === undefined) throw new Error(`"${key}" is not in flight`);
    this.#inFlight.delete(key);
    const added = this.#pending.get(key);
    this.#pending.delete(key);
    if (ending.kind !== "unspent") {
      this.#passes += 1;
      this.#seen.set(key, this.#passes);
      if (flight.priority === "apply" || flight.backsOffAnew) this.#backoff.reset(key);
      this.#noteSlow(key, { ending, sinceMs: flight.sinceMs });
    }
    if (added !== undefined) this.#put(key, added);
    if (ending.kind === "unspent") this.#giveBack(key, flight.own);
    else this.#follow(key, ending);
  }

  /** Drops what is pending and ends every `take` with null. Passes under way end with `done` as usual. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#alarm.stop();
    this.#pending.clear();
    this.#ready.clear();
    this.#delayed.clear();
    for (const { give } of this.#workers.inOrder()) give(null);
  }

  /** A wait that is over by now is none. */
  #giveBack(key: string, own: Wish | null): void {
    if (own === null) return;
    const isDue = own.dueMs <= this.#clock.monotonicMs();
    this.#want(key, isDue ? { ...own, ...DUE } : own);
  }

  #follow(key: string, ending: Exclude<PassEnding, { readonly kind: "unspent" }>): void {
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
        if (ending.isFirst === true) this.#backoff.reset(key);
        const delayMs = Math.max(this.#backoff.next(key), ending.atLeastMs ?? 0);
        this.#want(key, { priority: ending.priority, dueMs: this.#dueIn(delayMs), held: true });
      }
    }
  }

  /** A pass that another one follows at once shows neither. */
  #noteSlow(key: string, pass: { readonly ending: PassEnding; readonly sinceMs: number }): void {
    if (pass.ending.kind === "again") return;
    const tookMs = this.#clock.monotonicMs() - pass.sinceMs;
    if (isSlowFailure(pass.ending, tookMs)) this.#slow.add(key);
    else this.#slow.delete(key);
  }

  #dueIn(delayMs: number): number {
    if (Number.isNaN(delayMs))
      throw new RangeError(`a delay must be a number of ms, not ${delayMs}`);
    return delayMs <= 0 ? READY : this.#clock.monotonicMs() + delayMs;
  }

  #want(key: string, wish: Wish): void {
    this.#put(key, mergePending(this.#pending.get(key), wish));
  }

  /** What is pending of a key from now on. One whose turn does not change keeps its place in line. */
  #put(key: string, pending: Pending): void {
    if (this.#closed) return;
    const before = this.#pending.get(key);
    if (before !== undefined) {
      if (isSameTurn(before, pending)) {
        before.own = pending.own;
        return;
      }
      this.#drop(before);
    }
    this.#enter(key, pending);
  }

  #enter(key: string, pending: Pending): void {
    this.#sequence += 1;
    const { dueMs } = pending;
    const seen = this.#seen.get(key) ?? 0;
    const isSlow = this.#slow.has(key);
    const entry: Entry = { ...pending, key, seen, isSlow, sequence: this.#sequence };
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
    if (this.#serving || this.#workers.size === 0) return;
    this.#serving = true;
    queueMicrotask(() => {
      this.#serving = false;
      if (!this.#held) this.#serve();
    });
  }

  #serve(): void {
    this.#promote();
    const sinceMs = this.#clock.monotonicMs();
    for (const { choice, give } of this.#workers.inOrder()) {
      const entry = this.#ready.first(choice);
      if (entry === undefined) continue;
      this.#pending.delete(entry.key);
      this.#ready.take(entry);
      const { key, priority, own } = entry;
      this.#inFlight.set(key, { priority, own, newer: false, backsOffAnew: false, sinceMs });
      give({ key, priority });
    }
  }

  /** Makes ready what is due. */
  #promote(): void {
    const nowMs = this.#clock.monotonicMs();
    for (;;) {
      const entry = this.#delayed.first();
      if (entry === undefined || entry.dueMs > nowMs) return;
      this.#drop(entry);
      this.#enter(entry.key, dueNow(entry));
    }
  }

  /** A timer that is early finds nothing due and is set again. */
  #arm(): void {
    const next = this.#delayed.first();
    if (next !== undefined) this.#alarm.set(next.dueMs);
  }
}
