const SLOWER = 6;
const LONGEST_MS = 300_000;
/** Announced heads that are remembered. */
const MOST = 64;
/** A webhook that does not name a commit counts for a head that a poll found so shortly before. */
const LATE_MS = 60_000;

interface FoundHead {
  readonly head: string;
  /** Monotonic ms. */
  readonly atMs: number;
}

/**
 * How often a source with a webhook is polled: less often while each new head was announced, and as configured as soon as a
 * poll finds one that was not. A delivery that arrives after the poll counts as well.
 */
export class PollPace {
  readonly #intervalMs: number;
  readonly #announced = new Set<string>();
  #isTrusted = false;
  /** A webhook said that something moved, without a commit. */
  #isExpecting = false;
  #unannounced: FoundHead | null = null;

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
    if (commit === null) this.#isExpecting = true;
    else this.#remember(commit);
    const found = this.#unannounced;
    if (found === null) return;
    const isMeant = commit === null ? nowMs - found.atMs <= LATE_MS : found.head === commit;
    if (!isMeant) return;
    this.#isTrusted = true;
    this.#isExpecting = false;
    this.#unannounced = null;
  }

  /** A poll brought a new head. True when no webhook announced it although they used to arrive. */
  found(head: string, nowMs: number): boolean {
    const wasTrusted = this.#isTrusted;
    this.#isTrusted = this.#isExpecting || this.#announced.has(head);
    this.#isExpecting = false;
    this.#unannounced = this.#isTrusted ? null : { head, atMs: nowMs };
    return wasTrusted && !this.#isTrusted;
  }

  #remember(commit: string): void {
    this.#announced.delete(commit);
    this.#announced.add(commit);
    const [oldest] = this.#announced;
    if (this.#announced.size > MOST && oldest !== undefined) this.#announced.delete(oldest);
  }
}
