import { z } from "zod";
import { createDevserver } from "../../devserver/devserver.ts";
import type { Devserver } from "../../devserver/devserver.ts";
import { serveParent } from "./serve-parent.ts";

const options = z.object({ latencyMs: z.number() });
let devserver: Devserver | null = null;

serveParent(
  {
    start: (given) => {
      devserver = createDevserver({ port: 0, ...options.parse(given) });
      return devserver.start();
    },
  },
  async () => {
    await devserver?.stop();
  },
);
