import { REQUEST_RESULTS, ROOM_SERVER_OPERATIONS } from "./labels.ts";
import type { OperationLabel, RequestResultLabel } from "./labels.ts";
import type { Series } from "./series.ts";

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const WRITE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What the RoomServer client and the store report. Times are in ms. */
export interface ServerMetrics {
  /** One HTTP request; a retry is another one. */
  roomServerRequest(request: {
    readonly operation: OperationLabel;
    readonly result: RequestResultLabel;
    readonly durationMs: number;
  }): void;
  /** Whether rooms are only observed since a damaged store was set aside. */
  setObserveOnly(isOn: boolean): void;
  /** How many suspensions there are by what they are of, and how many end within the hour. */
  setSuspensions(counts: {
    readonly room: number;
    readonly source: number;
    readonly agent: number;
    readonly endingSoon: number;
  }): void;
  /** How many sync windows are on. */
  setSyncWindows(on: { readonly allow: number; readonly deny: number }): void;
  storeWrite(write: { readonly ok: boolean; readonly durationMs: number }): void;
}

export function createServerMetrics(series: Series): ServerMetrics {
  const requests = series.counter({
    name: "roomserver_requests_total",
    help: "Requests to the RoomServer by operation and status, or by what came instead of one",
    labels: { operation: ROOM_SERVER_OPERATIONS, result: REQUEST_RESULTS },
  });
  const requestDuration = series.histogram({
    name: "roomserver_request_duration_seconds",
    help: "How long a request to the RoomServer took",
    labels: { operation: ROOM_SERVER_OPERATIONS },
    buckets: REQUEST_SECONDS,
  });
  const observeOnly = series.gauge({
    name: "observe_only",
    help: "1 while a damaged store waits to be acknowledged and no room is written to",
  });
  const suspensions = series.gauge({
    name: "suspensions",
    help: "Suspensions in force, by what is suspended: a room, a source, or the agent (all rooms)",
    labels: { scope: ["room", "source", "agent"] },
  });
  const endingSoon = series.gauge({
    name: "suspensions_ending_soon",
    help: "Suspensions that end by themselves within an hour",
  });
  const windows = series.gauge({
    name: "sync_windows_on",
    help: "Sync windows that are on now, by their kind",
    labels: { kind: ["allow", "deny"] },
  });
  const writes = series.counter({
    name: "store_writes_total",
    help: "Writes of the store",
    labels: { result: ["ok", "failed"] },
  });
  const writeDuration = series.histogram({
    name: "store_write_duration_seconds",
    help: "How long a write of the store took, until it was on disk",
    buckets: WRITE_SECONDS,
  });
  return {
    roomServerRequest: ({ operation, result, durationMs }) => {
      requests.inc({ operation, result });
      requestDuration.observe({ operation }, durationMs / 1000);
    },
    setObserveOnly: (isOn) => observeOnly.set(isOn ? 1 : 0),
    setSuspensions: (counts) => {
      for (const scope of ["room", "source", "agent"] as const)
        suspensions.set({ scope }, counts[scope]);
      endingSoon.set(counts.endingSoon);
    },
    setSyncWindows: (on) => {
      for (const kind of ["allow", "deny"] as const) windows.set({ kind }, on[kind]);
    },
    storeWrite: ({ ok, durationMs }) => {
      writes.inc({ result: ok ? "ok" : "failed" });
      writeDuration.observe(durationMs / 1000);
    },
  };
}
