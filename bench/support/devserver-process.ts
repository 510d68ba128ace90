import { z } from "zod";
import { createDevserver } from "../../devserver/devserver.ts";
import type { Devserver } from "../../devserver/devserver.ts";
import { RoomReadWatch } from "./room-reads.ts";
import { serveParent } from "./serve-parent.ts";

const options = z.object({ latencyMs: z.number() });
const reads = new RoomReadWatch();
let devserver: Devserver | null = null;

serveParent(
  {
    start: (given) => {
      devserver = createDevserver({ port: 0, ...options.parse(given) });
      return devserver.start();
    },
    resetReads: () => reads.reset(),
    reads: () => reads.report(),
  },
  async () => {
    await devserver?.stop();
  },
);
