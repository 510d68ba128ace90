import { expect } from "chai";
import { atOnce, inTurns, Turn } from "../../../agent/kernel/in-turns.ts";

function* steps(count: number, each: () => void): Generator<void, string> {
  for (let at = 0; at < count; at += 1) {
    each();
    yield;
  }
  return `${count} steps`;
}

function work(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

/** How often others in the thread had a turn meanwhile. */
async function othersTurns(working: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const take = (): void => {
    turns += 1;
    next = setImmediate(take);
  };
  let next = setImmediate(take);
  await working();
  clearImmediate(next);
  return turns;
}

describe("work in turns", () => {
  it("gives back what the steps come to, in one go or in turns", async () => {
    expect(
      await inTurns(
        steps(3, () => undefined),
        new AbortController().signal,
      ),
    ).to.equal("3 steps");
    expect(atOnce(steps(3, () => undefined))).to.equal("3 steps");
  });

  it("lets others have a turn between long steps", async () => {
    const turns = await othersTurns(() =>
      inTurns(
        steps(5, () => work(15)),
        new AbortController().signal,
      ),
    );
    expect(turns).to.be.at.least(4);
  });

  it("lets others have a turn where what it does waits for other things too", async () => {
    const turns = await othersTurns(async () => {
      const turn = new Turn();
      for (let at = 0; at < 5; at += 1) {
        await Promise.resolve();
        work(15);
        await turn.pass();
      }
    });
    expect(turns).to.be.at.least(4);
  });

  it("does not stop where it has worked for less than that", async () => {
    const turns = await othersTurns(async () => {
      const turn = new Turn();
      for (let at = 0; at < 5; at += 1) await turn.pass();
    });
    expect(turns).to.be.at.most(1);
  });

  it("ends between two steps with the reason of the signal", async () => {
    const stop = new AbortController();
    let taken = 0;
    const all = inTurns(
      steps(100, () => {
        taken += 1;
        work(15);
        stop.abort(new Error("enough"));
      }),
      stop.signal,
    );
    const failure = await all.catch((error: unknown) => error);
    expect(failure).to.be.an("error").with.property("message", "enough");
    expect(taken).to.equal(1);
  });

  it("fails as a step fails", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    const failure = await inTurns(steps(1, broken), new AbortController().signal).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.an("error").with.property("message", "broken");
  });
});
