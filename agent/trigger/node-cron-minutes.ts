import { schedule } from "node-cron";
import type { EveryMinute } from "./every-minute.ts";

/** By node-cron. A minute that a busy or suspended machine misses is made up for in the next one: `look` goes by the clock. */
export const everyMinute: EveryMinute = (look, log) => {
  const say = (message: string | Error) => log.debug({ detail: String(message) }, "cron timer");
  let running = look();
  const task = schedule(
    "* * * * *",
    () => {
      running = running.then(look);
      return running;
    },
    {
      name: "each minute",
      timezone: "UTC",
      noOverlap: true,
      suppressMissedWarning: true,
      logger: { info: say, warn: say, error: say, debug: say },
    },
  );
  return {
    stop: async () => {
      await task.destroy();
      await running;
    },
  };
};
