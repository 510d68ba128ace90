import type { CommandEntry } from "./command.ts";

/** Every command, in the order in which help lists them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  devserver: {
    usage: "[--port N] [--latency-ms N] [--host HOST]",
    summary: "A RoomServer to try things on, with its rooms in memory",
    load: async () => (await import("./devserver.ts")).devserver,
  },
};
