import { expect } from "chai";
import * as fc from "fast-check";
import type { Saying } from "./model-git.ts";
import { PruneWorld, type Step } from "./prune-world.ts";

const someSaying = fc.constantFrom<Saying>(
  "nothing",
  "confirmAll",
  "confirmNamed",
  "confirmNamed",
  "dryRunNamed",
  "both",
);

const someStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("remove" as const), saying: someSaying }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restore" as const), saying: someSaying }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("say" as const), saying: someSaying }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("apply" as const), confirm: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("stranger" as const),
      name: fc.constantFrom("X1", "X2", "E1", "E2"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      times: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("odd" as const),
      kicks: fc.constantFrom("done" as const, "absent" as const, "lost" as const),
      shows: fc.integer({ min: 0, max: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      nth: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
  { weight: 9, arbitrary: fc.constant({ do: "tick" as const }) },
);

const remove: Step = { do: "remove", saying: "confirmNamed" };
const tick: Step = { do: "tick" };

function odd(kicks: "done" | "absent" | "lost", shows: number): Step {
  return { do: "odd", kicks, shows };
}

/** Stories that once ended in `Pruned` with something in the room. */
const EXAMPLES: [Step[]][] = [
  [[odd("done", 0), remove, tick, odd("done", 1), tick, remove]],
  [[odd("lost", 0), remove, tick, tick, odd("done", 1), tick, remove]],
];

const RUNS = Number(process.env["MODEL_RUNS"] ?? 60);
const SEED = Number(process.env["MODEL_SEED"] ?? 20261129);

describe("any story of a room whose file is removed while its source prunes", () => {
  it(`loses what the agent put there by a confirmation of its own, and nothing else (${RUNS}, seed ${SEED})`, async function () {
    this.timeout(60_000 + RUNS * 2000);
    let pruned = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { maxLength: 25, size: "max" }), async (steps) => {
        const world = new PruneWorld();
        await world.live();
        await world.tick();
        for (const step of steps) await world.carryOut(step);
        await world.heal();
        if (world.violations.length > 0) throw new Error(world.violations.join("; "));
        pruned += world.pruned;
      }),
      { numRuns: RUNS, seed: SEED, examples: EXAMPLES },
    );
    expect(pruned, "prunes that were carried out").to.be.greaterThan(RUNS / 20);
  });
});
