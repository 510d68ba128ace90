import { systemClock, type Clock } from "../../agent/kernel/clock.ts";

/** The machine's clock, set wrong by `clockAheadMs`, and with `passedMs` more behind it for everybody, timers aside. */
export function worldClock(world: {
  readonly clockAheadMs: number;
  readonly passedMs: number;
}): Clock {
  return {
    nowMs: () => systemClock.nowMs() + world.clockAheadMs + world.passedMs,
    monotonicMs: () => systemClock.monotonicMs() + world.passedMs,
    sleep: (delayMs, signal) => systemClock.sleep(delayMs, signal),
  };
}
