import { expect } from "chai";
import { everyMinute } from "../../../agent/trigger/node-cron-minutes.ts";

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
      { debug: () => undefined },
    );
    expect(looks).to.equal(1);
    const stopped = timer.stop();
    finish();
    await stopped;
    await timer.stop();
    expect([looks, ended]).to.deep.equal([1, 1]);
  });
});
