import { systemClock } from "../../agent/kernel/clock.ts";
import type { RoomServerOptions } from "../../agent/roomserver/open-room-server.ts";
import { createRestRoomServer } from "../../agent/roomserver/rest-room-server.ts";
import type { RoomServer } from "../../agent/roomserver/room-server.ts";

/** A REST adapter that re-sends at once and is never limited, unless told otherwise. */
export function aRestRoomServer(
  baseUrl: string,
  given: Partial<RoomServerOptions> = {},
): RoomServer {
  return createRestRoomServer({
    baseUrl,
    token: async () => undefined,
    tokenType: "Bearer",
    timeoutMs: 5000,
    uploadTimeoutMs: 60_000,
    retry: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 5, jitterFactor: 0 },
    rateLimitPerSecond: 0,
    clock: systemClock,
    random: () => 0,
    ...given,
  });
}
