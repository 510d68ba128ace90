import type { Clock } from "../kernel/clock.ts";
import { toIso } from "../kernel/clock.ts";
import type { Random } from "../kernel/ids.ts";
import { pollDelayMs } from "../queue/backoff.ts";
import type { PollSchedule } from "./poll-schedule.ts";
import type { SourceFailure } from "../source/spec-source.ts";

/** How one poll of a source ended. */
export type PollEnd =
  | { readonly kind: "unchanged"; readonly head: string }
  | { readonly kind: "synced"; readonly head: string }
  | SourceFailure;

export interface PollerOptions {
  readonly name: string;
  readonly intervalMs: number;
  /** Ms between polls that succeed; absent: `intervalMs`, from which a source that fails backs off either way. */
  readonly steadyMs?: () => number;
  /** When polls after one that succeeded are due. Absent: `steadyMs` after it. */
  readonly schedule?: PollSchedule | null;
  /** Called with when the poll after one that succeeded is due, in ms since 1970. Must not throw. */
  readonly onDue?: (atMs: number) => void;
  /** When something asks for a poll before that (ISO time); null: nothing does. Absent: the same. */
  readonly askedAt?: () => string | null;
  /** Ms from `start` to the first poll, unless something asks for one. Default: 0. */
  readonly firstMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * One poll of the source: read the head, and where the head moved, bring it in. `maxAgeMs`: as of `PollOptions`. Never rejects for
   * what the source did.
   */
  readonly look: (signal: AbortSignal, maxAgeMs: number | undefined) => Promise<PollEnd>;
  /** Called when a poll rejected: a defect, or a store that is gone. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** How often the wall clock is looked at while a poll by a schedule is waited for. */
const GLANCE_MS = 60_000;

interface Waiter {
  readonly resolve: (end: PollEnd) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Polls one source again and again: every interval or by a schedule, at other times after failures, at once when a person asks. One look at a
 * time; whoever asks during a look gets the next one, since the running one may have begun before the push.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #stopping = new AbortController();
  #waiters: Waiter[] = [];
  #wake: AbortController | null = null;
  #failures = 0;
  #notBeforeMs = 0;
  /** When the last look began (wall time, ms). */
  #beganMs = 0;
  #lastPoll: string | null = null;
  #nextPoll: string | null = null;
  #lastEnd: PollEnd | null = null;
  #running: Promise<void> | null = null;
  #isWoken = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** ISO times, and how the last poll ended; null before the first. */
  get live(): { lastPoll: string | null; nextPoll: string | null; lastEnd: PollEnd | null } {
    return { lastPoll: this.#lastPoll, nextPoll: this.#soonest(), lastEnd: this.#lastEnd };
  }

  /** When the next poll is due (ISO time), where the server asked to wait and nothing makes it poll before; else null. */
  get waitsUntil(): string | null {
    return this.#isToWait ? this.#nextPoll : null;
  }

  /** Null while a poll runs. What is asked for does not count before the server's Retry-After has passed. */
  #soonest(): string | null {
    const due = this.#nextPoll;
    const asked = this.#isToWait ? null : (this.#options.askedAt?.() ?? null);
    return due !== null && asked !== null && asked < due ? asked : due;
  }

  /** Idempotent; does nothing after `stop`. */
  start(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run();
  }

  /**
   * Polls now and returns the result. Respects Retry-After: until it has passed, the result is the last failure.
   */
  pollNow(): Promise<PollEnd> {
    if (this.#lastEnd?.kind === "failed" && this.#isToWait) return Promise.resolve(this.#lastEnd);
    if (this.#stopping.signal.aborted) return Promise.reject(this.#stopping.signal.reason as Error);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#wake?.abort();
    });
  }

  /** There may be news: polls now, or once more after the running look. Respects Retry-After. */
  wake(): void {
    if (this.#isToWait) return;
    this.#isWoken = true;
    this.#wake?.abort();
  }

  /** What the server's Retry-After asked for has not passed. */
  get #isToWait(): boolean {
    return this.#options.clock.monotonicMs() < this.#notBeforeMs;
  }

  /** Ends the look under way and resolves when it has ended. Who waits for a poll is answered with `why`. Idempotent. */
  async stop(why: Error = new Error("the agent stops")): Promise<void> {
    this.#stopping.abort(why);
    this.#wake?.abort();
    await this.#running;
    for (const waiter of this.#waiters) waiter.reject(this.#stopping.signal.reason);
    this.#waiters = [];
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { firstMs = 0 } = this.#options;
    if (firstMs > 0 && !this.#isAsked()) await this.#sleep(firstMs);
    while (!signal.aborted) {
      const waiters = this.#waiters;
      this.#waiters = [];
      this.#isWoken = false;
      const retryAfterMs = await this.#lookOnce(waiters);
      if (signal.aborted) return;
      if (!this.#isAsked()) await this.#pause(retryAfterMs);
    }
  }

  /** Something asked for a poll since the last one began. */
  #isAsked(): boolean {
    return this.#waiters.length > 0 || this.#isWoken;
  }

  async #lookOnce(waiters: readonly Waiter[]): Promise<number | undefined> {
    const { clock, look, onError } = this.#options;
    this.#nextPoll = null;
    this.#beganMs = clock.nowMs();
    try {
      // A person, or a webhook, knows of something that no earlier answer may show; the next time of a schedule may be far.
      const asks = waiters.length > 0 || (this.#options.schedule ?? null) !== null;
      const maxAgeMs = asks ? undefined : this.#intervalMs();
      const end = await look(this.#stopping.signal, maxAgeMs);
      this.#lastEnd = end;
      this.#failures = end.kind === "failed" ? this.#failures + 1 : 0;
      const retryAfterMs = end.kind === "failed" ? end.retryAfterMs : undefined;
      this.#notBeforeMs = retryAfterMs === undefined ? 0 : clock.monotonicMs() + retryAfterMs;
      for (const waiter of waiters) waiter.resolve(end);
      return retryAfterMs;
    } catch (error) {
      this.#failures += 1;
      for (const waiter of waiters) waiter.reject(error);
      if (!this.#stopping.signal.aborted) onError(error);
      return undefined;
    } finally {
      this.#lastPoll = toIso(clock.nowMs());
    }
  }

  #intervalMs(): number {
    const { intervalMs, steadyMs } = this.#options;
    return this.#failures === 0 && steadyMs !== undefined ? steadyMs() : intervalMs;
  }

  async #pause(retryAfterMs: number | undefined): Promise<void> {
    const { clock, random, schedule = null } = this.#options;
    if (schedule !== null && this.#failures === 0) return this.#untilDue(schedule);
    const timing = { intervalMs: this.#intervalMs(), failures: this.#failures, random };
    const againMs = this.#lastEnd?.kind === "failed" ? this.#lastEnd.againMs : undefined;
    const latestMs = Math.min(
      againMs ?? Infinity,
      retryAfterMs === undefined ? this.#dueMs() : Infinity,
    );
    const delayMs = Math.min(
      latestMs,
      pollDelayMs(retryAfterMs === undefined ? timing : { ...timing, retryAfterMs }),
    );
    this.#noteDue(clock.nowMs() + delayMs);
    await this.#sleep(delayMs);
  }

  #noteDue(atMs: number): void {
    this.#nextPoll = toIso(atMs);
    if (this.#failures === 0) this.#options.onDue?.(atMs);
  }

  /** Ms until the next time of the schedule. */
  #dueMs(): number {
    const { clock, schedule = null } = this.#options;
    const nowMs = clock.nowMs();
    return schedule === null ? Infinity : schedule.after(nowMs).atMs - nowMs;
  }

  /** Looks at the wall clock again and again: it may jump, and a machine may be suspended meanwhile. */
  async #untilDue(schedule: PollSchedule): Promise<void> {
    const { clock, random } = this.#options;
    const share = random();
    // A look that took long may have begun before a time that has passed: what came since then is not known.
    let due = schedule.after(this.#beganMs);
    while (!this.#isAsked() && !this.#stopping.signal.aborted) {
      const nowMs = clock.nowMs();
      // After the clock was put back there are times before the one that was due.
      const next = schedule.after(nowMs);
      if (next.atMs < due.atMs) due = next;
      const atMs = Math.round(due.atMs + share * due.slackMs);
      if (nowMs >= atMs) return;
      this.#noteDue(atMs);
      await this.#sleep(Math.min(atMs - nowMs, GLANCE_MS));
    }
  }

  /** Ends early when something asks for a poll. */
  async #sleep(delayMs: number): Promise<void> {
    this.#wake = new AbortController();
    await this.#options.clock.sleep(delayMs, this.#wake.signal).catch(() => undefined);
    this.#wake = null;
  }
}
