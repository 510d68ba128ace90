import { ROOM_WARNINGS, type RoomWarningLabel } from "./labels.ts";
import type { Series } from "./series.ts";

/** Rooms by what their condition `Ready` says, at one moment. */
export interface RoomCounts {
  /** Orphans are not among them. */
  readonly groups: readonly {
    /** A configured source, `api`, or `none`. */
    readonly source: string;
    readonly ready: "True" | "False" | "Unknown";
    /** One of the known reasons, or `other`. */
    readonly reason: string;
    readonly rooms: number;
  }[];
  readonly orphaned: number;
  readonly prunePending: number;
  readonly awaitingConfirm: number;
  readonly contested: number;
  readonly partlyManaged: number;
  readonly needsPerson: number;
  /** Rooms with a warning of this reason. */
  readonly warned: Readonly<Record<RoomWarningLabel, number>>;
  /** How long the room that waits longest has not been ready, those left out of which that was asked for, in ms; 0 when all are. */
  readonly oldestNotReadyMs: number;
}

/** What is counted at each scrape. */
export interface RoomMetrics {
  /** From now on every rendering shows what `read` gives. */
  readonly countRooms: (read: () => RoomCounts) => void;
  /** Errors in the spec files of a source's newest snapshot. */
  readonly setSpecErrors: (source: string, errors: number) => void;
}

/** `report` brings the gauges up to date. */
export function createRoomMetrics(
  series: Series,
  sources: readonly string[],
): RoomMetrics & { readonly report: () => void; readonly dropSources: () => void } {
  const rooms = roomsGauge(series, sources);
  const others = otherGauges(series);
  const specErrors = series.gauge({
    name: "spec_errors",
    help: "Errors in the spec files of the newest snapshot of a source, files that belong to no room included",
    labels: { source: sources },
  });
  let read: (() => RoomCounts) | null = null;
  return {
    countRooms: (from) => {
      read = from;
    },
    setSpecErrors: (source, errors) => {
      if (series.hasSource(source)) specErrors.set({ source }, errors);
    },
    dropSources: () => rooms.dropSources(),
    report: () => {
      if (read === null) return;
      const counts = read();
      rooms.set(counts.groups);
      others.orphaned.set(counts.orphaned);
      others.prunePending.set(counts.prunePending);
      others.awaitingConfirm.set(counts.awaitingConfirm);
      others.contested.set(counts.contested);
      others.partlyManaged.set(counts.partlyManaged);
      others.needsPerson.set(counts.needsPerson);
      for (const reason of ROOM_WARNINGS) others.warned.set({ reason }, counts.warned[reason]);
      others.oldestNotReady.set(counts.oldestNotReadyMs / 1000);
    },
  };
}

/** A group that has no room any more stays, at 0. */
function roomsGauge(series: Series, sources: readonly string[]) {
  const gauge = series.gauge({
    name: "rooms",
    help: "Rooms by source, status and reason of their condition Ready, orphans left out; a reason has a series from when a room first has it",
    labels: { source: [...sources, "api", "none"], ready: ["True"], reason: ["Converged"] },
  });
  const seen = new Map<string, RoomCounts["groups"][number]>();
  const isKnown = (source: string) => ["api", "none"].includes(source) || series.hasSource(source);
  return {
    /** Those that are not configured any more lose their groups, whatever reasons they had. */
    dropSources: () => {
      for (const [key, { source, ready, reason }] of seen) {
        if (isKnown(source)) continue;
        gauge.remove({ source, ready, reason });
        seen.delete(key);
      }
    },
    set: (groups: RoomCounts["groups"]) => {
      for (const { source, ready, reason } of seen.values())
        gauge.set({ source, ready, reason }, 0);
      for (const group of groups) {
        const { source, ready, reason, rooms } = group;
        seen.set(`${source} ${ready} ${reason}`, group);
        gauge.set({ source, ready, reason }, rooms);
      }
    },
  };
}

function otherGauges(series: Series) {
  return {
    orphaned: series.gauge({
      name: "rooms_orphaned",
      help: "Rooms that no spec names any more; they do not count as not ready",
    }),
    prunePending: series.gauge({
      name: "rooms_prune_pending",
      help: "Orphans of which what the agent put there waits to be pruned",
    }),
    awaitingConfirm: series.gauge({
      name: "rooms_awaiting_confirm",
      help: "Rooms with a change that waits for a confirmation",
    }),
    contested: series.gauge({
      name: "rooms_contested",
      help: "Rooms in which another person or program keeps changing the same item back",
    }),
    partlyManaged: series.gauge({
      name: "rooms_partly_managed",
      help: "Rooms whose spec holds an item that cannot be done now",
    }),
    needsPerson: series.gauge({
      name: "rooms_needing_person",
      help: "Rooms whose needsPerson in GET /status is not null: what /health counts and names",
    }),
    warned: series.gauge({
      name: "rooms_warned",
      help: "Rooms with a warning, about a change that is applied all the same or that git is not followed, by its reason",
      labels: { reason: ROOM_WARNINGS },
    }),
    oldestNotReady: series.gauge({
      name: "oldest_not_ready_seconds",
      help: "How long the room that waits longest has not been ready, dry runs and closed windows left out; 0 when every room is",
    }),
  };
}
