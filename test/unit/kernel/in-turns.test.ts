import { expect } from "chai";
import { atOnce, inSteps, inTurns, ofOneMoment, Turn } from "../../../agent/kernel/in-turns.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

function* steps(count: number, each: () => void): Generator<void, string> {
  for (let at = 0; at < count; at += 1) {
    each();
    yield;
  }
  return `${count} steps`;
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

  it("goes through a list in steps of some items, and leaves none out", () => {
    const items = Array.from({ length: 120 }, (_, at) => at);
    const seen: number[] = [];
    const steps = [...inSteps(items, (item) => seen.push(item))];
    expect(seen).to.deep.equal(items);
    expect(steps.length).to.equal(2);
  });
});

describe("an answer of one moment", () => {
  /** Gives back the moments at its first and its last step. */
  function* answer(moment: () => number, each: () => void): Generator<void, readonly number[]> {
    const first = moment();
    for (let at = 0; at < 4; at += 1) {
      each();
      yield;
    }
    return [first, moment()];
  }

  it("is found in turns", async () => {
    const turns = await othersTurns(() =>
      ofOneMoment(
        () => answer(Date.now, () => work(15)),
        () => 1,
      ),
    );
    expect(turns).to.be.at.least(3);
  });

  it("is looked for again where something changed meanwhile", async () => {
    let moment = 0;
    let begun = 0;
    const found = await ofOneMoment(
      () => {
        begun += 1;
        return answer(
          () => moment,
          () => (moment = 1),
        );
      },
      () => moment,
    );
    expect(found).to.deep.equal([1, 1]);
    expect(begun).to.equal(2);
  });

  it("is found in one go where something changes each time", async () => {
    let moment = 0;
    const others = setInterval(() => (moment += 1), 0);
    let begun = 0;
    const found = await ofOneMoment(
      () => {
        begun += 1;
        return answer(
          () => moment,
          () => work(15),
        );
      },
      () => moment,
    );
    clearInterval(others);
    expect(begun).to.equal(3);
    expect(found[0]).to.equal(found[1]);
  });
});
