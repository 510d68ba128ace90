import type { EveryMinute } from "./every-minute.ts";

/** By node-cron. A minute that a busy or suspended machine misses is made up for in the next one: `look` goes by the clock. */
export const everyMinute: EveryMinute = (look, log) => {
  const say = (message: string | Error) => log.debug({ detail: String(message) }, "cron timer");
  let running = look();
  const begin = async () => {
    // Loaded when the agent is up already.
    const { schedule } = await import("node-cron");
    const next = () => {
      running = running.then(look);
      return running;
    };
    return schedule("* * * * *", next, {
      name: "each minute",
      timezone: "UTC",
      noOverlap: true,
      suppressMissedWarning: true,
      logger: { info: say, warn: say, error: say, debug: say },
    });
  };
  const task = begin();
  return {
    stop: async () => {
      await (await task).destroy();
      await running;
    },
  };
};
