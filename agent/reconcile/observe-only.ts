import type { Room } from "../room/room.ts";
import type { ObserveOnlyState } from "../room/rows.ts";
import { SUSPENSIONS_LOST } from "../room/suspension.ts";
import { toClosed, type ClosedGate, type WriteGate } from "../room/write-gate.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ServerMetrics } from "../telemetry/server-metrics.ts";

/**
 * Observe-only as it is right now (L5). What the store says counts: memory follows once it is written, so that nothing is
 * sent that a restart would not allow.
 */
export class ObserveOnly implements WriteGate {
  readonly #store: Pick<Store, "write">;
  #state: ObserveOnlyState | null;

  /** `state`: as it was read from the store. */
  constructor(store: Pick<Store, "write">, state: ObserveOnlyState | null) {
    this.#store = store;
    this.#state = state;
  }

  /** Reads the state from the store, sets the gauge and logs it. */
  static async load(
    store: Pick<Store, "write" | "readObserveOnly">,
    report: {
      readonly metrics: Pick<ServerMetrics, "setObserveOnly">;
      readonly logger: Pick<Logger, "warn">;
    },
  ): Promise<ObserveOnly> {
    const state = await store.readObserveOnly();
    report.metrics.setObserveOnly(state !== null);
    if (state !== null) {
      const { since, reason, message, file } = state;
      report.logger.warn(
        { since, reason, detail: message, file },
        "observe-only: no room is written to",
      );
    }
    return new ObserveOnly(store, state);
  }

  /** Null while every room may be written to. */
  get state(): ObserveOnlyState | null {
    return this.#state;
  }

  closedFor({ roomId }: Pick<Room, "roomId">): ClosedGate | null {
    const state = this.#state;
    if (state === null || state.released.includes(roomId)) return null;
    const command = `POST /apply {"roomId": ${JSON.stringify(roomId)}} with the header X-Confirm: true`;
    const message =
      `the store was damaged and set aside (${state.message}), so nothing is written. Check what would change, then release ` +
      `this room with ${command}, or all rooms with \`room-operator acknowledge\`; ${SUSPENSIONS_LOST}`;
    return toClosed("ObserveOnly", message);
  }

  /** Releases one room, together with what else the same request changes. Does nothing when it is not held. */
  async release(roomId: string, changes: readonly StoreChange[]): Promise<void> {
    await this.#store.write([{ kind: "roomReleased", roomId }, ...changes]);
    if (this.#state === null) return;
    const released = new Set([...this.#state.released, roomId]);
    this.#state = { ...this.#state, released: [...released].sort() };
  }

  /** Ends it for every room. */
  async end(changes: readonly StoreChange[]): Promise<void> {
    await this.#store.write([{ kind: "observeOnlyEnded" }, ...changes]);
    this.#state = null;
  }
}
