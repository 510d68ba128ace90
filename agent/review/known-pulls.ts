import type { PullRequest } from "../forge/forge.ts";
import type { Random } from "../kernel/ids.ts";
import { pollDelayMs } from "../queue/backoff.ts";
import {
  whyDue,
  type KnownPull,
  type PlanCause,
  type PlannedPull,
  type PullError,
} from "./open-pulls.ts";

const UNPLANNED = {
  triedHead: null,
  planned: null,
  notBeforeMs: 0,
  failures: 0,
  error: null,
  isWoken: false,
  isUnfinished: false,
  isRoomChanged: false,
} as const;

/** The open pull requests that are planned, by number, and what became of each. */
export class KnownPulls {
  readonly #pulls = new Map<number, KnownPull>();
  readonly #timing: { readonly intervalMs: number; readonly random: Random };

  constructor(timing: { readonly intervalMs: number; readonly random: Random }) {
    this.#timing = timing;
  }

  get list(): readonly KnownPull[] {
    return [...this.#pulls.values()];
  }

  get(number: number): KnownPull | undefined {
    return this.#pulls.get(number);
  }

  /** These are open now; all others are forgotten. */
  follow(pulls: readonly PullRequest[]): void {
    const before = new Map(this.#pulls);
    this.#pulls.clear();
    for (const pull of pulls)
      this.#pulls.set(pull.number, { ...(before.get(pull.number) ?? UNPLANNED), pull });
  }

  forget(number: number): void {
    this.#pulls.delete(number);
  }

  /** Why one is to be planned now; null: it is not. */
  whyDue(number: number, at: { readonly base: string; readonly nowMs: number }): PlanCause | null {
    const known = this.#pulls.get(number);
    return known === undefined ? null : whyDue(known, at);
  }

  wake(number: number): void {
    this.#change(number, { isWoken: true });
  }

  roomChanged(roomId: string): void {
    for (const [number, { planned }] of this.#pulls)
      if (planned?.rooms.has(roomId) === true) this.#change(number, { isRoomChanged: true });
  }

  /** It is looked at for this cause, and planned, unless a webhook came without news. */
  tried({ number, headSha }: PullRequest, why: PlanCause): void {
    const change = why === "webhook" ? {} : { isRoomChanged: false };
    this.#change(number, { triedHead: headSha, isWoken: false, ...change });
  }

  planned(number: number, planned: PlannedPull): void {
    this.#change(number, {
      planned,
      notBeforeMs: 0,
      failures: 0,
      error: null,
      isUnfinished: false,
    });
  }

  /** It is planned again after a backoff. `error`: what a person should know of it. */
  retry(
    number: number,
    why: {
      readonly error: PullError | null;
      readonly retryAfterMs: number | null;
      readonly nowMs: number;
    },
  ): void {
    const known = this.#pulls.get(number);
    if (known === undefined) return;
    const { error, retryAfterMs, nowMs } = why;
    const failures = known.failures + 1;
    const timing = { ...this.#timing, failures };
    const delayMs = pollDelayMs(retryAfterMs === null ? timing : { ...timing, retryAfterMs });
    this.#change(number, { error, failures, notBeforeMs: nowMs + delayMs, isUnfinished: true });
  }

  #change(number: number, change: Partial<KnownPull>): void {
    const known = this.#pulls.get(number);
    if (known !== undefined) this.#pulls.set(number, { ...known, ...change });
  }
}
