import type { Room } from "../../agent/room/room.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import { attentionOf } from "../../agent/status/attention.ts";
import type { ModelWatch } from "./model-watch.ts";

/** Ms after which a room whose passes all fail needs a person. */
const MOST_MS = 60_000;

/** Words of passes that failed, and of those that show nothing of it. */
const FAILED = /^(?:failed|stalled)\/|^partial\/(?:ActionsFailed|NotConverged)$/;
const CUT_SHORT = /^superseded|^waiting\/(?:SuspiciousRead|ShuttingDown)$/;

/** The law over rooms that fail: once all passes have for a minute, each row that a pass writes says that a person is needed. */
export class ModelFailing {
  readonly #watch: Pick<ModelWatch, "violations">;
  readonly #nowMs: () => number;
  readonly #rows = new Map<string, Room>();
  /** When the first of the failed passes was seen. */
  readonly #since = new Map<string, number>();

  constructor(watch: Pick<ModelWatch, "violations">, nowMs: () => number) {
    this.#watch = watch;
    this.#nowMs = nowMs;
  }

  wrote(changes: readonly StoreChange[]): void {
    for (const change of changes) if (change.kind === "room") this.#wroteRoom(change.row);
  }

  #wroteRoom(row: Room): void {
    const { roomId, lastOutcome, lastReconcile, owner } = row;
    const before = this.#rows.get(roomId);
    // Two passes may end at the same time.
    const isOfPass = before?.lastReconcile !== lastReconcile || before.lastOutcome !== lastOutcome;
    this.#rows.set(roomId, row);
    if (owner === null) this.#since.delete(roomId);
    if (owner === null || !isOfPass || lastOutcome === null) return;
    if (FAILED.test(lastOutcome)) {
      const sinceMs = this.#since.get(roomId) ?? this.#nowMs();
      this.#since.set(roomId, sinceMs);
      if (this.#nowMs() - sinceMs >= MOST_MS && attentionOf(row) === null)
        this.#watch.violations.push(
          `${roomId} has failed since ${new Date(sinceMs).toISOString()} and needs no person: ${lastOutcome}`,
        );
    } else if (!CUT_SHORT.test(lastOutcome)) this.#since.delete(roomId);
  }
}
