import { expect } from "chai";
import { Poller, type PollEnd } from "../../../agent/trigger/poller.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

const unchanged: PollEnd = { kind: "unchanged", head: "a".repeat(40) };
const failed: PollEnd = { kind: "failed", reason: "Unreachable", message: "refused" };

function aPoller(look: (signal: AbortSignal, maxAgeMs?: number) => Promise<PollEnd>) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const poller = new Poller({
    name: "specs",
    intervalMs: 10_000,
    clock,
    random: () => 0.5,
    look,
    onError: (error) => errors.push(error),
  });
  return { clock, poller, errors };
}

describe("Poller", () => {
  it("looks at once and then every interval", async () => {
    let looks = 0;
    const { clock, poller } = aPoller(async () => {
      looks += 1;
      return unchanged;
    });
    poller.start();
    await settled();
    expect(looks).to.equal(1);
    await clock.advance(30_000);
    expect(looks).to.equal(4);
    await poller.stop();
  });

  it("waits longer after each failure, at most 5 intervals, and is back to normal after one good answer", async () => {
    const ends: PollEnd[] = [failed, failed, failed, failed, unchanged, unchanged];
    const at: number[] = [];
    const { clock, poller } = aPoller(async () => {
      at.push(clock.monotonicMs() / 1000);
      return ends.shift() ?? unchanged;
    });
    poller.start();
    await clock.advance(180_000);
    expect(at.slice(0, 7)).to.deep.equal([0, 20, 60, 110, 160, 170, 180]);
    await poller.stop();
  });

  it("does not knock before Retry-After has passed, not even when a person asks", async () => {
    let looks = 0;
    const { clock, poller } = aPoller(async () => {
      looks += 1;
      return { ...failed, reason: "RateLimited", retryAfterMs: 60_000 };
    });
    poller.start();
    await clock.advance(59_000);
    expect(await poller.pollNow()).to.include({ reason: "RateLimited" });
    poller.wake();
    await settled();
    expect(looks).to.equal(1);
    expect(poller.waitsUntil).to.be.a("string").and.equal(poller.live.nextPoll);
    await poller.stop();
  });

  it("waits for nothing after a failure without Retry-After", async () => {
    const { poller } = aPoller(async () => failed);
    poller.start();
    await settled();
    expect(poller.waitsUntil).to.equal(null);
    await poller.stop();
  });

  it("takes an older answer at most as old as its interval, and none when a person asks", async () => {
    const ages: (number | undefined)[] = [];
    const { clock, poller } = aPoller(async (_signal, maxAgeMs) => {
      ages.push(maxAgeMs);
      return unchanged;
    });
    poller.start();
    await settled();
    await poller.pollNow();
    await clock.advance(10_000);
    poller.wake();
    await settled();
    expect(ages).to.deep.equal([10_000, undefined, 10_000, 10_000]);
    await poller.stop();
  });

  it("gives whoever asks during a look the next one", async () => {
    const gates: ((end: PollEnd) => void)[] = [];
    const { poller } = aPoller(() => new Promise((resolve) => gates.push(resolve)));
    poller.start();
    await settled();
    const asked = poller.pollNow();
    gates[0]?.({ kind: "unchanged", head: "1" });
    await settled();
    expect(gates).to.have.length(2);
    gates[1]?.({ kind: "synced", head: "2" });
    expect(await asked).to.deep.equal({ kind: "synced", head: "2" });
    await poller.stop();
  });

  it("goes on after a look that threw, and tells who asked", async () => {
    let looks = 0;
    const { clock, poller, errors } = aPoller(async () => {
      looks += 1;
      if (looks === 1) throw new Error("disk full");
      return unchanged;
    });
    const asked = rejection(poller.pollNow());
    poller.start();
    expect((await asked).message).to.equal("disk full");
    expect(errors).to.have.length(1);
    await clock.advance(25_000);
    expect(looks).to.equal(2);
    await poller.stop();
  });

  it("ends the look under way when it stops, and rejects who waits", async () => {
    const { poller } = aPoller(
      (signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error)),
        ),
    );
    poller.start();
    await settled();
    const asked = rejection(poller.pollNow());
    await poller.stop();
    expect((await asked).message).to.equal("the agent stops");
  });

  it("looks at once when it is woken, and once more when that is during a look", async () => {
    const gates: ((end: PollEnd) => void)[] = [];
    const { clock, poller } = aPoller(() => new Promise((resolve) => gates.push(resolve)));
    poller.start();
    await settled();
    poller.wake();
    poller.wake();
    gates[0]?.(unchanged);
    await settled();
    expect(gates).to.have.length(2);
    gates[1]?.(unchanged);
    await clock.advance(1_000);
    expect(gates).to.have.length(2);
    poller.wake();
    await settled();
    expect(gates).to.have.length(3);
    gates[2]?.(unchanged);
    await poller.stop();
  });
});
