import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { machineMs } from "./machine-ms.ts";

/** How often the rooms of a RoomServer were read, and how long they waited for it. Times in ms. */
export const roomReads = z.object({
  reads: z.number(),
  /** Rooms that were read. */
  rooms: z.number(),
  meanGapMs: z.number(),
  /** Between two reads of one room, or since its last one. */
  longestGapMs: z.number(),
});

export type RoomReads = z.infer<typeof roomReads>;

interface Seen {
  lastMs: number;
  longestMs: number;
}

/** Watches the reads that reach the HTTP servers of this process. */
export class RoomReadWatch {
  #rooms = new Map<string, Seen>();
  #reads = 0;
  #gaps = 0;
  #gapsMs = 0;

  constructor() {
    subscribe("http.server.request.start", (message) => {
      const { url = "" } = (message as { request: IncomingMessage }).request;
      const roomId = /^\/room\/([^/]+)\/state$/.exec(url)?.[1];
      if (roomId !== undefined) this.#note(roomId);
    });
  }

  reset(): void {
    this.#rooms = new Map();
    [this.#reads, this.#gaps, this.#gapsMs] = [0, 0, 0];
  }

  report(): RoomReads {
    const nowMs = machineMs();
    const seen = [...this.#rooms.values()];
    return {
      reads: this.#reads,
      rooms: seen.length,
      meanGapMs: this.#gaps === 0 ? 0 : this.#gapsMs / this.#gaps,
      longestGapMs: seen.reduce(
        (longest, { lastMs, longestMs }) => Math.max(longest, longestMs, nowMs - lastMs),
        0,
      ),
    };
  }

  #note(roomId: string): void {
    const nowMs = machineMs();
    this.#reads += 1;
    const seen = this.#rooms.get(roomId);
    if (seen === undefined) {
      this.#rooms.set(roomId, { lastMs: nowMs, longestMs: 0 });
      return;
    }
    const gapMs = nowMs - seen.lastMs;
    this.#gaps += 1;
    this.#gapsMs += gapMs;
    seen.longestMs = Math.max(seen.longestMs, gapMs);
    seen.lastMs = nowMs;
  }
}
