import type { schedule } from "node-cron";
import type { EveryMinute } from "./every-minute.ts";

type Library = { readonly schedule: typeof schedule };

const MINUTE_MS = 60_000;

/** By node-cron. A minute that a busy or suspended machine misses is made up for in the next one: `look` goes by the clock. */
export const everyMinute = everyMinuteBy(() => import("node-cron"));

/** Where `load` fails, which is logged once, a plain timer calls instead, and each time it is tried again. */
export function everyMinuteBy(load: () => Promise<Library>, againMs = MINUTE_MS): EveryMinute {
  return (look, log) => {
    const say = (message: string | Error) => log.debug({ detail: String(message) }, "cron timer");
    let running = look();
    const lookAgain = () => {
      running = running.then(look);
      return running;
    };
    const begin = async () => {
      // Loaded when the agent is up already.
      const library = await load();
      return library.schedule("* * * * *", lookAgain, {
        name: "each minute",
        timezone: "UTC",
        noOverlap: true,
        suppressMissedWarning: true,
        logger: { info: say, warn: say, error: say, debug: say },
      });
    };
    let isStopped = false;
    let isReported = false;
    let timer: NodeJS.Timeout | undefined;
    const beginOrLater = async () => {
      try {
        return await begin();
      } catch (error) {
        if (!isReported) log.warn({ error }, "cron timer not loaded");
        isReported = true;
        if (!isStopped) timer = setTimeout(later, againMs).unref();
        return null;
      }
    };
    const later = () => {
      task = beginOrLater();
      void task.then(lookAgain);
    };
    let task = beginOrLater();
    return {
      stop: async () => {
        isStopped = true;
        const begun = await task;
        clearTimeout(timer);
        await begun?.destroy();
        await running;
      },
    };
  };
}
