import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { everyMinute, everyMinuteBy } from "../../../agent/trigger/node-cron-minutes.ts";

describe("everyMinute", () => {
  it("looks at once, and stops when a look under way has ended, also if it is stopped twice", async () => {
    let [looks, ended] = [0, 0];
    let finish: () => void = () => undefined;
    const timer = everyMinute(
      async () => {
        looks += 1;
        await new Promise<void>((resolve) => (finish = resolve));
        ended += 1;
      },
      { debug: () => undefined, warn: () => undefined },
    );
    expect(looks).to.equal(1);
    const stopped = timer.stop();
    finish();
    await stopped;
    await timer.stop();
    expect([looks, ended]).to.deep.equal([1, 1]);
  });

  it("says once that its library cannot be loaded, looks all the same, and tries it again", async () => {
    const said: string[] = [];
    let [looks, loads, scheduled] = [0, 0, 0];
    const load = () => {
      loads += 1;
      if (loads < 4) return Promise.reject(new Error("Cannot find package 'node-cron'"));
      scheduled += 1;
      return import("node-cron");
    };
    const timer = everyMinuteBy(load, 1)(
      async () => {
        looks += 1;
      },
      {
        debug: () => undefined,
        warn: (_fields: unknown, text?: string) => void said.push(text ?? ""),
      },
    );
    await eventually("the library is loaded", () => scheduled > 0 || undefined);
    await timer.stop();
    await timer.stop();
    expect([looks, loads]).to.deep.equal([4, 4]);
    expect(said).to.deep.equal(["cron timer not loaded"]);
  });
});
