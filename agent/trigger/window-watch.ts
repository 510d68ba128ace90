import { toIso, type Clock } from "../kernel/clock.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import { pendingPrune } from "../room/prune.ts";
import type { Room } from "../room/room.ts";
import type { SyncWindows, WindowState } from "../room/sync-windows.ts";
import { everyRoom } from "../store/every-room.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ServerMetrics } from "../telemetry/server-metrics.ts";
import type { EveryMinute } from "./every-minute.ts";

export interface WindowWatchDeps {
  readonly windows: Pick<SyncWindows, "list">;
  readonly store: Pick<Store, "readRooms">;
  readonly queue: Pick<WorkQueue, "add">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Pick<Logger, "info" | "warn" | "debug">;
  readonly metrics: Pick<ServerMetrics, "setSyncWindows">;
  readonly everyMinute: EveryMinute;
}

/**
 * Asks for a pass over each room that waits for its spec to be accepted when a sync window begins or ends; the pass reads the
 * windows itself. A minute that is missed, or comes twice, does no harm.
 */
export class WindowWatch {
  readonly #deps: WindowWatchDeps;
  #before: readonly WindowState[] | null = null;
  /** Whether rooms are to be woken: the store may refuse to list them. */
  #isOwed = false;
  #timer: ReturnType<EveryMinute> | null = null;

  constructor(deps: WindowWatchDeps) {
    this.#deps = deps;
  }

  /** Does nothing where no window is configured. Idempotent. */
  start(): void {
    const { windows, clock, everyMinute, log } = this.#deps;
    if (windows.list(clock.nowMs()).length === 0) return;
    this.#timer ??= everyMinute(() => this.look(), log);
  }

  /** The windows are other ones: begins as if none had been looked at. */
  async restart(): Promise<void> {
    this.#before = null;
    if (this.#timer === null) this.start();
    else await this.look();
  }

  /** Resolves when a look under way has ended. Idempotent. */
  async stop(): Promise<void> {
    await this.#timer?.stop();
  }

  /** Compares the windows with those of the last look. Never rejects. */
  async look(): Promise<void> {
    const { windows, clock, log } = this.#deps;
    const states = windows.list(clock.nowMs());
    const before = this.#before;
    this.#before = states;
    this.#count(states);
    const changed = states.filter(({ isOn, index }) => isOn !== (before?.[index]?.isOn ?? false));
    for (const state of changed) {
      const fields = { ...toFields(state), window: state.index };
      if (state.isOn) log.info(fields, "sync window began");
      else log.info(fields, "sync window ended");
    }
    this.#isOwed ||= changed.length > 0 && before !== null;
    if (!this.#isOwed) return;
    try {
      await this.#wake();
      this.#isOwed = false;
    } catch (error) {
      log.warn({ error }, "rooms that wait for a sync window could not be read");
    }
  }

  async #wake(): Promise<void> {
    const { store, queue } = this.#deps;
    for await (const room of everyRoom(store)) if (waits(room)) queue.add(room.roomId, "git");
  }

  #count(states: readonly WindowState[]): void {
    const on = states.filter(({ isOn }) => isOn).map(({ window }) => window.kind);
    const countOf = (wanted: "allow" | "deny") => on.filter((kind) => kind === wanted).length;
    this.#deps.metrics.setSyncWindows({ allow: countOf("allow"), deny: countOf("deny") });
  }
}

/** A room whose newest spec is not accepted yet, or that waits to be pruned. */
function waits(room: Room): boolean {
  if (pendingPrune(room) !== null) return true;
  const { owner, head, enforced } = room;
  return owner !== null && head !== null && head.digest !== enforced?.digest;
}

function toFields({ window, untilMs }: WindowState) {
  const { kind, description } = window;
  return { kind, description, until: untilMs === null ? null : toIso(untilMs) };
}
