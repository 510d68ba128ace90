import { expect } from "chai";
import type { CloneEvent, Rotation } from "../../../../agent/source/git/git-clone-events.ts";
import { CloneTender, rotationRetryMs } from "../../../../agent/source/git/git-clone-tender.ts";
import type { SourceFailure } from "../../../../agent/source/spec-source.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const MINUTE = 60_000;
const ROTATION: Rotation = {
  why: "packs",
  before: { packs: 101, bytes: 900 },
  after: { packs: 1, bytes: 300 },
};
const failure = (reason: SourceFailure["reason"], retryAfterMs?: number): SourceFailure => ({
  kind: "failed",
  reason,
  message: reason,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe("CloneTender", () => {
  let clock: FakeClock;
  let ends: (Rotation | SourceFailure | Error | null)[];
  let looks: number;
  let events: CloneEvent[];
  let tender: CloneTender;
  beforeEach(() => {
    clock = new FakeClock();
    ends = [];
    looks = 0;
    events = [];
    tender = new CloneTender({
      tend: async () => {
        looks += 1;
        const end = ends.shift() ?? null;
        if (end instanceof Error) throw end;
        return end;
      },
      clock,
      onEvent: (event) => events.push(event),
    });
  });

  const look = async () => {
    tender.look();
    await clock.advance(0);
  };
  const poll = async (afterMs: number) => {
    await clock.advance(afterMs);
    tender.retry();
    await clock.advance(0);
  };

  it("does not look before there was a sync, however often the source is polled", async () => {
    for (let polls = 0; polls < 5; polls += 1) await poll(MINUTE);
    expect(looks).to.equal(0);
  });

  it("looks once behind each sync, and says nothing of a clone that may stay", async () => {
    await look();
    await poll(MINUTE);
    await look();
    expect(looks).to.equal(2);
    expect(events).to.deep.equal([]);
  });

  it("says what was made anew", async () => {
    ends = [ROTATION];
    await look();
    expect(events).to.deep.equal([{ kind: "rotated", durationMs: 0, ...ROTATION }]);
  });

  it("looks one at a time; a sync in between is looked at later", async () => {
    tender.look();
    tender.look();
    await clock.advance(0);
    expect(looks).to.equal(1);
    await poll(0);
    expect(looks).to.equal(2);
  });

  it("leaves a clone alone that could not be made anew: 5 minutes, then twice as long each time", async () => {
    ends = [failure("Unreachable"), failure("Unreachable"), failure("Timeout"), ROTATION];
    await look();
    await look();
    await poll(5 * MINUTE - 1);
    expect(looks).to.equal(1);
    await poll(1);
    expect(looks).to.equal(2);
    await poll(10 * MINUTE - 1);
    expect(looks).to.equal(2);
    await poll(1);
    await poll(20 * MINUTE);
    expect(
      events.map((event) => (event.kind === "rotationFailed" ? event.isNewReason : event.kind)),
    ).to.deep.equal([true, false, true, "rotated"]);
    await look();
    expect(looks).to.equal(5);
  });

  it("waits as long as the server asks for, but no longer than at most", async () => {
    ends = [failure("RateLimited", 30 * MINUTE), failure("RateLimited", 1e12)];
    await look();
    await poll(30 * MINUTE - 1);
    expect(looks).to.equal(1);
    await poll(1);
    expect(looks).to.equal(2);
    await poll(6 * 60 * MINUTE);
    expect(looks).to.equal(3);
  });

  it("takes a defect for a failure", async () => {
    ends = [new Error("a bug")];
    await look();
    expect(events).to.deep.equal([
      {
        kind: "rotationFailed",
        failure: { kind: "failed", reason: "WorkerFailed", message: "a bug" },
        isNewReason: true,
        retryAfterMs: 5 * MINUTE,
      },
    ]);
  });

  it("ends what is under way when it is closed, says nothing of it, and looks no more", async () => {
    const closing = new CloneTender({
      tend: (signal) =>
        new Promise((_resolve, reject) => {
          looks += 1;
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
      clock,
      onEvent: (event) => events.push(event),
    });
    closing.look();
    await closing.close();
    closing.look();
    await closing.close();
    expect([looks, events]).to.deep.equal([1, []]);
  });
});

describe("rotationRetryMs", () => {
  for (const [failures, minutes] of [
    [1, 5],
    [2, 10],
    [7, 320],
    [8, 360],
    [2000, 360],
  ] as const) {
    it(`is ${minutes} minutes after ${failures} failures in a row`, () => {
      expect(rotationRetryMs(failures)).to.equal(minutes * MINUTE);
    });
  }
});
