import type { Config } from "../config/config.ts";
import { judgeAndLoadRooms, leftSources } from "../intake/judge-and-load-rooms.ts";
import type { LoadedRooms } from "../intake/load-rooms.ts";
import { SteadyTime, type ClockReading } from "../kernel/steady-time.ts";
import { ObserveOnly } from "../reconcile/observe-only.ts";
import type { ServerMove } from "../room/room-in-doubt.ts";
import type { Room } from "../room/room.ts";
import type { ClockRow } from "../room/rows.ts";
import { onlyDocument } from "../store/only-document.ts";
import { RoomWriter } from "../store/room-writer.ts";
import type { Store } from "../store/store.ts";
import type { Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import type { LiveState } from "./live-state.ts";
import { Maintenance } from "./maintenance.ts";
import { noteRoomServer } from "./room-server-change.ts";
import { RoomTally } from "./room-tally.ts";
import { StoreWatch } from "./store-watch.ts";

/** The store, what was read of it, and what keeps it in order. */
export interface Memory {
  readonly state: LiveState;
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly loaded: LoadedRooms;
  /** Sources on record that are not configured any more. Follows the configuration. */
  leftSources: readonly string[];
  /** The last change of the RoomServer; null: there was none. */
  readonly serverMove: ServerMove | null;
  readonly observeOnly: ObserveOnly;
  readonly steady: SteadyTime;
  readonly maintenance: Maintenance;
  /** Called with each room as it is after a change. */
  onRoom: (row: Room) => void;
}

/** How the store is goes to `state`, log, metrics and, as soon as it can be written to, its audit. */
export async function openStore(config: Config, state: LiveState, edges: Edges): Promise<Store> {
  const { clock, trail, logger, metrics } = edges;
  const watch = new StoreWatch({ clock, trail, log: logger });
  let opened: Store | null = null;
  opened = await edges.implementations.openStore({
    path: config.store.path,
    nowMs: () => clock.nowMs(),
    heldSince: state.startedAt,
    onWrite: (write) => {
      state.store = write;
      metrics.storeWrite(write);
      watch.ended(write, opened);
    },
    onSetAside: ({ reason, message, file }) => [
      trail.event("store.damaged", { reason, message, file }),
    ],
    onUpkeepFailed: ({ task, error }) => logger.warn({ task, error }, "store upkeep failed"),
    onDamage: (error) => {
      state.damage = error.message;
      logger.error({ error }, "store damaged");
    },
  });
  return opened;
}

/** Reads what the agent has to know before anything begins, and judges who owns what under this configuration. */
export async function openMemory(
  live: LiveConfig,
  { store, state }: Pick<Memory, "store" | "state">,
  edges: Edges,
): Promise<Memory> {
  const { clock, newId, trail, logger, metrics } = edges;
  const config = live.now;
  const tally = new RoomTally(live, clock);
  const changed: Pick<Memory, "onRoom"> = { onRoom: () => undefined };
  const onRoom = (row: Room) => {
    tally.note(row);
    changed.onRoom(row);
  };
  const rooms = new RoomWriter(store, onRoom, (roomId) => tally.forget(roomId));
  const noted = await onlyDocument(store, "clock");
  const steady = new SteadyTime(clock, noted === null ? null : toReading(noted));
  const noting = { store, clock, steady, newId, trail, logger };
  const serverMove = await noteRoomServer(config.roomServer.baseUrl, noting);
  const judging = { store, rooms, clock, newId, trail, logger, onRoom };
  const loaded = await judgeAndLoadRooms(config, judging);
  metrics.countRooms(() => tally.counts());
  const observeOnly = await ObserveOnly.load(store, { metrics, logger });
  const maintenance = new Maintenance({
    store,
    clock,
    steady,
    noted,
    retentionMs: config.store.retentionMs,
    onError: (error) => logger.error({ error }, "cleanup failed"),
  });
  const left = await leftSources(config, store);
  const parts = {
    state,
    store,
    rooms,
    loaded,
    leftSources: left,
    serverMove,
    observeOnly,
    steady,
    maintenance,
  };
  return Object.assign(changed, parts);
}

function toReading({ steady, wall }: ClockRow): ClockReading {
  return { steadyMs: Date.parse(steady), wallMs: Date.parse(wall) };
}
