import { expect } from "chai";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

for (const { name, clock } of [
  { name: "systemClock", clock: () => systemClock },
  { name: "FakeClock", clock: () => new FakeClock() },
]) {
  describe(name, () => {
    it("rejects a sleep with the signal's reason as soon as it aborts", async () => {
      const controller = new AbortController();
      const sleep = rejection(clock().sleep(60_000, controller.signal));
      controller.abort(new Error("stopping"));
      expect((await sleep).message).to.equal("stopping");
    });

    it("rejects at once when the signal was aborted before", async () => {
      const error = await rejection(clock().sleep(60_000, AbortSignal.abort(new Error("gone"))));
      expect(error.message).to.equal("gone");
    });
  });
}

describe("FakeClock", () => {
  it("wakes sleepers in due order and moves wall time along", async () => {
    const clock = new FakeClock(1000);
    const woken: string[] = [];
    void clock.sleep(20).then(() => woken.push(`b@${clock.nowMs()}`));
    void clock.sleep(10).then(() => woken.push(`a@${clock.nowMs()}`));
    await clock.advance(15);
    expect(woken).to.deep.equal(["a@1010"]);
    await clock.advance(15);
    expect(woken).to.deep.equal(["a@1010", "b@1020"]);
  });
});
