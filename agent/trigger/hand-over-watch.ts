import { waitingFor, type WaitingRooms } from "../intake/waits-for.ts";
import type { Clock } from "../kernel/clock.ts";
import { legible, listed } from "../kernel/shortened.ts";
import type { LiveWarnings } from "./live-warnings.ts";
import type { PollEnd } from "./poller.ts";

/** Ms, and polls that succeed: what a replica that lags needs is less. */
const OVERDUE_MS = 60_000;
const OVERDUE_POLLS = 3;

export interface HandOverWatchDeps {
  readonly source: string;
  readonly owners: WaitingRooms;
  readonly warnings: Pick<LiveWarnings, "raise" | "end">;
  readonly clock: Pick<Clock, "monotonicMs">;
}

interface Awaited {
  readonly sinceMs: number;
  readonly polls: number;
}

/** Warns where polls of a source do not show the commits that rooms wait for (`WaitsForSource`): nothing would end that. */
export class HandOverWatch {
  readonly #deps: HandOverWatchDeps;
  /** By commit id. */
  #awaited: ReadonlyMap<string, Awaited> = new Map();

  constructor(deps: HandOverWatchDeps) {
    this.#deps = deps;
  }

  /** Takes how each poll ended. One that failed says nothing of the commits, and is the source's failure. */
  polled({ kind }: Pick<PollEnd, "kind">): void {
    if (kind === "failed") return;
    const { source, owners, warnings, clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    const waiting = waitingFor(source, owners);
    this.#awaited = new Map(
      waiting.map(({ waits: { head } }) => {
        const { sinceMs, polls } = this.#awaited.get(head) ?? { sinceMs: nowMs, polls: 0 };
        return [head, { sinceMs, polls: polls + 1 }];
      }),
    );
    const isOverdue = (head: string) => {
      const { sinceMs = nowMs, polls = 0 } = this.#awaited.get(head) ?? {};
      return polls >= OVERDUE_POLLS && nowMs - sinceMs >= OVERDUE_MS;
    };
    const overdue = waiting.filter(({ waits }) => isOverdue(waits.head));
    const [first] = overdue;
    if (first === undefined) return warnings.end("HandOverOverdue");
    const rooms = listed(overdue.map(({ roomId }) => roomId));
    const { by, head, path } = first.waits;
    warnings.raise(
      "HandOverOverdue",
      `source "${by}" read commit ${head.slice(0, 12)}, which has ${legible(path)}, and polls of this source do not show that commit; ` +
        `these rooms wait for this source and have no owner until then: ${rooms}`,
    );
  }
}
