import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors.ts";
import type { CloneEvent, Rotation } from "./git-clone-events.ts";
import type { SourceFailure } from "../spec-source.ts";

export interface CloneTenderOptions {
  /** Checks the clone and rotates it if it is due; null: it may stay. */
  readonly tend: (signal: AbortSignal) => Promise<Rotation | SourceFailure | null>;
  readonly clock: Clock;
  /** Must not throw. */
  readonly onEvent: (event: CloneEvent) => void;
}

const FIRST_RETRY_MS = 5 * 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;

/** Backoff after a failed rotation: 5 min × 2^n, at most 6 h. A clone costs too much to retry at each poll. */
export function rotationRetryMs(failuresInARow: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failuresInARow - 1), LONGEST_RETRY_MS);
}

/**
 * Checks the clone for a rotation after each sync, since only a sync makes it grow; one check at a time. Runs in the
 * background: its failure never fails a sync.
 */
export class CloneTender {
  readonly #options: CloneTenderOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;
  /** There was a sync since the last look. */
  #wanted = false;
  #failures = 0;
  #lastReason: string | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(options: CloneTenderOptions) {
    this.#options = options;
  }

  /** The clone may have grown. */
  look(): void {
    this.#wanted = true;
    this.retry();
  }

  /** A good moment for what could not be done before. */
  retry(): void {
    const { clock } = this.#options;
    if (!this.#wanted || this.#running !== null || this.#closing.signal.aborted) return;
    if (clock.monotonicMs() < this.#notBeforeMs) return;
    this.#wanted = false;
    this.#running = this.#tend().finally(() => {
      this.#running = null;
    });
  }

  /** Ends what is under way and resolves when it has ended. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the source is closed"));
    await this.#running;
  }

  async #tend(): Promise<void> {
    const { tend, clock, onEvent } = this.#options;
    const startedMs = clock.monotonicMs();
    const end = await tend(this.#closing.signal).catch(toFailure);
    if (this.#closing.signal.aborted) return;
    if (end !== null && "reason" in end) {
      this.#failed(end);
      return;
    }
    this.#failures = 0;
    this.#lastReason = null;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
    const durationMs = clock.monotonicMs() - startedMs;
    if (end !== null) onEvent({ kind: "rotated", durationMs, ...end });
  }

  #failed(failure: SourceFailure): void {
    const { clock, onEvent } = this.#options;
    this.#failures += 1;
    this.#wanted = true;
    const retryAfterMs = Math.max(
      rotationRetryMs(this.#failures),
      Math.min(failure.retryAfterMs ?? 0, LONGEST_RETRY_MS),
    );
    this.#notBeforeMs = clock.monotonicMs() + retryAfterMs;
    const isNewReason = failure.reason !== this.#lastReason;
    this.#lastReason = failure.reason;
    onEvent({ kind: "rotationFailed", failure, isNewReason, retryAfterMs });
  }
}

/** A defect of ours must not end the source. */
function toFailure(error: unknown): SourceFailure {
  return { kind: "failed", reason: "WorkerFailed", message: messageOf(error) };
}
