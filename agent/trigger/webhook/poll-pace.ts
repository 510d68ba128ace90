const SLOWER = 6;
const LONGEST_MS = 300_000;
/** Announced heads that are remembered. */
const MOST = 64;
/** A webhook that names no commit is about a head that a poll finds so shortly before or after it. */
const NEAR_MS = 60_000;

/**
 * How often a source with a webhook is polled: less often while each new head was announced, and as configured as soon as a
 * poll finds one that was not. A delivery that arrives after the poll counts as well. Times are monotonic ms.
 */
export class PollPace {
  readonly #intervalMs: number;
  readonly #announced = new Set<string>();
  #isTrusted = false;
  /** When a webhook said that something moved, without a commit; null: what it meant was found. */
  #expectedMs: number | null = null;
  /** The newest head that a poll found; null: none, or that of the first poll. */
  #found: { readonly head: string; readonly atMs: number } | null = null;
  #isFirst = true;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Ms between polls that succeed. */
  get intervalMs(): number {
    const interval = this.#intervalMs;
    return this.#isTrusted ? Math.max(interval, Math.min(interval * SLOWER, LONGEST_MS)) : interval;
  }

  wasAnnounced(commit: string): boolean {
    return this.#announced.has(commit);
  }

  announce(commit: string | null, nowMs: number): void {
    const found = this.#found;
    if (commit === null) {
      if (found !== null && nowMs - found.atMs <= NEAR_MS) this.#isTrusted = true;
      else this.#expectedMs = nowMs;
      return;
    }
    this.#remember(commit);
    if (found?.head === commit) this.#isTrusted = true;
  }

  /** A poll brought a new head. True when no webhook announced it although they used to arrive. */
  found(head: string, nowMs: number): boolean {
    const wasTrusted = this.#isTrusted;
    const isExpected = this.#expectedMs !== null && nowMs - this.#expectedMs <= NEAR_MS;
    this.#isTrusted = isExpected || this.#announced.has(head);
    this.#expectedMs = null;
    this.#found = this.#isFirst ? null : { head, atMs: nowMs };
    this.#isFirst = false;
    return wasTrusted && !this.#isTrusted;
  }

  /** A poll found nothing new. Where a webhook said that something moved, the server may show it only later. */
  foundNothing(): void {
    this.#isFirst = false;
    if (this.#expectedMs !== null) this.#isTrusted = false;
  }

  /** What a webhook announced is not there: webhooks and polls are not about the same. */
  missed(): void {
    this.#isTrusted = false;
  }

  #remember(commit: string): void {
    this.#announced.delete(commit);
    this.#announced.add(commit);
    const [oldest] = this.#announced;
    if (this.#announced.size > MOST && oldest !== undefined) this.#announced.delete(oldest);
  }
}
