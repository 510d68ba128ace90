import { expect } from "chai";
import * as fc from "fast-check";
import { carryOut, obeys, someStep, type Step } from "../support/model-steps.ts";
import { ModelWorld } from "../support/model-world.ts";

/** `MODEL_RUNS`, `MODEL_STEPS` and `MODEL_SEED` make it longer, or another story. */
const RUNS = Number(process.env["MODEL_RUNS"] ?? 200);
const STEPS = Number(process.env["MODEL_STEPS"] ?? 40);
const SEED = process.env["MODEL_SEED"];

class StepCommand implements fc.AsyncCommand<object, ModelWorld> {
  readonly step: Step;

  constructor(step: Step) {
    this.step = step;
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, world: ModelWorld): Promise<void> {
    await carryOut(this.step, world);
    obeys(world);
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}

const someStory = fc.commands([someStep.map((step) => new StepCommand(step))], {
  maxCommands: STEPS,
  size: "max",
});

describe("any story of people, servers, time and fate", () => {
  it(`ends as the law wants it and breaks it nowhere (${RUNS} × ${STEPS})`, async function () {
    this.timeout(600_000 + RUNS * 1000);
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(someStory, async (story) => {
        const world = await ModelWorld.start();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), story);
        await world.heal(10);
        obeys(world);
        deaths += world.deaths;
      }),
      { numRuns: RUNS, verbose: 0, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
    expect(deaths).to.be.greaterThan(RUNS / 10);
  });
});
