import { systemClock, type Clock } from "../../agent/kernel/clock.ts";

/**
 * The machine's clock, set wrong by `clockAheadMs`, and with `passedMs` more behind it for everybody, timers aside. Waits and
 * deadlines end `speed` times sooner.
 */
export function worldClock(world: {
  readonly clockAheadMs: number;
  readonly passedMs: number;
  readonly speed: number;
}): Clock {
  const { speed } = world;
  return {
    nowMs: () => systemClock.nowMs() + world.clockAheadMs + world.passedMs,
    monotonicMs: () => systemClock.monotonicMs() * speed + world.passedMs,
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / speed, signal),
  };
}
