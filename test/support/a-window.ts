import type { SyncWindow } from "../../agent/config/config.ts";

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
