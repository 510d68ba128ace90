import type { SyncWindow } from "../../agent/config/config.ts";
import { SyncWindows } from "../../agent/room/sync-windows.ts";

/** A deny window for all rooms: an hour from noon on, UTC. */
export function aWindow(given: Partial<SyncWindow> = {}): SyncWindow {
  return {
    kind: "deny",
    schedule: "0 12 * * *",
    timeZone: "UTC",
    durationMs: 3_600_000,
    rooms: ["*"],
    sources: ["*"],
    description: "",
    ...given,
  };
}

/** Windows that no person may override. */
export function someWindows(...syncWindows: readonly SyncWindow[]): SyncWindows {
  return new SyncWindows({ syncWindows, windowOverride: { allowedPersons: [] } });
}
