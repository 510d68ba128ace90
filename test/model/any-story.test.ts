import { expect } from "chai";
import * as fc from "fast-check";
import { someStep } from "./model-any-step.ts";
import { carryOut, obeys, type Step } from "./model-steps.ts";
import { ModelWorld } from "./model-world.ts";

/**
 * `MODEL_RUNS` and `MODEL_STEPS` make it longer. The seed is the same each time, so that a change is judged by what it changes;
 * `MODEL_SEED` takes another, and `MODEL_SEED=random` any: that is how stories are found.
 */
const RUNS = Number(process.env["MODEL_RUNS"] ?? 100);
const STEPS = Number(process.env["MODEL_STEPS"] ?? 40);
const { MODEL_SEED: SAID = "20261126" } = process.env;
const SEED = SAID === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(SAID);

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
  it(`ends as the law wants it and breaks it nowhere (${RUNS} × ${STEPS}, seed ${SEED})`, async function () {
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
      { numRuns: RUNS, verbose: 0, seed: SEED },
    );
    expect(deaths).to.be.greaterThan(RUNS / 10);
  });
});
