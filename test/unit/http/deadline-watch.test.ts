import { expect } from "chai";
import { Alarm } from "../../../agent/http/alarm.ts";
import { DeadlineWatch } from "../../../agent/http/deadline-watch.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

describe("DeadlineWatch", () => {
  const NEVER = new AbortController().signal;
  let clock: FakeClock;
  let alarm: Alarm;
  beforeEach(() => {
    clock = new FakeClock();
    alarm = new Alarm(clock);
  });
  afterEach(() => expect(clock.sleeping, "no timer is left").to.equal(0));

  for (const { name, steps, want } of [
    { name: "no answer", steps: ["advance"], want: "headers after 100 ms" },
    {
      name: "an answer without a byte",
      steps: ["answer", "advance"],
      want: "idle after 30 ms",
    },
    {
      name: "a byte, and then none",
      steps: ["answer", "20 ms", "byte", "20 ms", "advance"],
      want: "idle after 30 ms",
    },
    {
      name: "bytes that drip",
      steps: ["answer", ...Array.from({ length: 60 }, () => ["20 ms", "byte"]).flat()],
      want: "total after 1000 ms",
    },
    { name: "a body that nobody watches", steps: ["head", "advance"], want: "total after 1000 ms" },
  ]) {
    it(`passes for ${name}: ${want}`, async () => {
      const watch = new DeadlineWatch({ headersMs: 100, totalMs: 1000 }, alarm, NEVER);
      let passed = "";
      void watch.passed.then(({ deadline, ms }) => (passed = `${deadline} after ${ms} ms`));
      const take: Readonly<Record<string, () => unknown>> = {
        answer: () => watch.watchIdle(30),
        head: () => watch.answered(),
        byte: () => watch.touched(),
        "20 ms": () => clock.advance(20),
        advance: () => clock.advance(1000),
      };
      for (const step of steps) await take[step]?.();
      expect(passed).to.equal(want);
      expect(watch.hasEnded).to.equal(true);
      watch.end();
    });
  }

  it("rejects with the reason of its signal, and with nothing after its end", async () => {
    const controller = new AbortController();
    const watch = new DeadlineWatch({ totalMs: 1000 }, alarm, controller.signal);
    const ended = new DeadlineWatch({ headersMs: 10, totalMs: 1000 }, alarm, controller.signal);
    let settled = false;
    const told = () => (settled = true);
    ended.passed.then(told, told);
    ended.end();
    controller.abort(new Error("stopping"));
    expect((await rejection(watch.passed)).message).to.equal("stopping");
    watch.end();
    await clock.advance(2000);
    expect(settled).to.equal(false);
  });
});
