import type { Config } from "../config/config.ts";
import { judgeAndLoadRooms } from "../intake/judge-and-load-rooms.ts";
import type { LoadedRooms } from "../intake/load-rooms.ts";
import { SteadyTime, type ClockReading } from "../kernel/steady-time.ts";
import { ObserveOnly } from "../reconcile/observe-only.ts";
import type { Room } from "../room/room.ts";
import type { ClockRow } from "../room/rows.ts";
import { onlyDocument } from "../store/only-document.ts";
import { RoomWriter } from "../store/room-writer.ts";
import type { Store } from "../store/store.ts";
import type { Edges } from "./edges.ts";
import type { LiveState } from "./live-state.ts";
import { Maintenance } from "./maintenance.ts";
import { RoomTally } from "./room-tally.ts";
import { StoreWatch } from "./store-watch.ts";

/** The store, what was read of it, and what keeps it in order. */
export interface Memory {
  readonly state: LiveState;
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly loaded: LoadedRooms;
  readonly observeOnly: ObserveOnly;
  readonly steady: SteadyTime;
  readonly maintenance: Maintenance;
}

/** How the store is goes to `state`, log, metrics and, as soon as it can be written to, its audit. */
export async function openStore(config: Config, state: LiveState, edges: Edges): Promise<Store> {
  const { clock, trail, logger, metrics } = edges;
  const watch = new StoreWatch({ clock, trail, log: logger });
  let opened: Store | null = null;
  opened = await edges.implementations.openStore({
    path: config.store.path,
    nowMs: () => clock.nowMs(),
    onWrite: (write) => {
      state.store = write;
      metrics.storeWrite(write);
      watch.ended(write, opened);
    },
    onSetAside: ({ reason, message, file }) => [
      trail.event("store.damaged", { reason, message, file }),
    ],
    onDamage: (error) => {
      state.damage = error.message;
      logger.error({ error }, "store damaged");
    },
  });
  return opened;
}

/** Reads what the agent has to know before anything begins, and judges who owns what under this configuration. */
export async function openMemory(
  config: Config,
  { store, state }: Pick<Memory, "store" | "state">,
  edges: Edges,
): Promise<Memory> {
  const { clock, newId, trail, logger, metrics } = edges;
  const names = new Set(config.git.sources.map(({ name }) => name));
  const tally = new RoomTally(names, clock);
  const onRoom = (row: Room) => tally.note(row);
  const loaded = await judgeAndLoadRooms(store, { config, clock, newId, trail, logger, onRoom });
  metrics.countRooms(() => tally.counts());
  const observeOnly = await ObserveOnly.load(store, { metrics, logger });
  const noted = await onlyDocument(store, "clock");
  const steady = new SteadyTime(clock, noted === null ? null : toReading(noted));
  const rooms = new RoomWriter(store, onRoom, (roomId) => tally.forget(roomId));
  const maintenance = new Maintenance({
    store,
    clock,
    steady,
    noted,
    retentionMs: config.store.retentionMs,
    onError: (error) => logger.error({ error }, "cleanup failed"),
  });
  return { state, store, rooms, loaded, observeOnly, steady, maintenance };
}

function toReading({ steady, wall }: ClockRow): ClockReading {
  return { steadyMs: Date.parse(steady), wallMs: Date.parse(wall) };
}
