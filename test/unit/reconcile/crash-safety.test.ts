import { expect } from "chai";
import * as fc from "fast-check";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { someDesiredRoom, someRoomState } from "../../support/arbitraries.ts";
import { CrashWorld, type CrashPoint } from "../../support/crash-world.ts";
import type { PassWorld } from "../../support/pass-world.ts";

const TIMEOUT: CallFailure = { kind: "unavailable", message: "timeout", maybeDone: true };

const somePoint: fc.Arbitrary<CrashPoint> = fc.record({
  nth: fc.integer({ min: 1, max: 30 }),
  when: fc.constantFrom("before" as const, "after" as const),
});

const someStory = fc.record({
  found: someRoomState("complete"),
  first: someDesiredRoom("present"),
  /** Pushed after the first pass, so also while intents of that one are open. */
  second: fc.option(someDesiredRoom("present")),
  points: fc.array(somePoint, { minLength: 1, maxLength: 3 }),
  /** An answer that gets lost, the work done or not. */
  lost: fc.option(
    fc.record({
      operation: fc.constantFrom("join", "kick", "seed", "promote", "deleteArtifact", "setPolicy"),
      nth: fc.integer({ min: 1, max: 4 }),
      works: fc.boolean(),
    }),
  ),
  keepsDmVisibility: fc.boolean(),
});

/** What may have been removed before a crash is removed again once a person confirms that. */
async function confirmUnknown(world: PassWorld, pass: number): Promise<void> {
  const unknown = new Set(
    world.store.allIntents
      .filter(({ state, action: { kind } }) => state === "unknown" && kind !== "seed")
      .map(({ action }) => action.item),
  );
  const items = (await world.row()).refusals.flatMap((refusal) => refusal.items);
  if (items.length > 0 && items.every((item) => unknown.has(item)))
    await world.confirm(items, true, `again-${pass}`);
}

describe("a crash at any moment", () => {
  it("is followed by convergence, and nothing happens that no one asked for or that had happened", async () => {
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(someStory, async (story) => {
        const crash = new CrashWorld(story.points, story.found);
        const { world } = crash;
        if (story.lost !== null) {
          const { operation, nth, works } = story.lost;
          if (works) world.server.failAfterWorkAt(operation, nth, TIMEOUT);
          else world.server.failAt(operation, nth, TIMEOUT);
        }
        await crash.push(story.first, story.keepsDmVisibility);
        let converged = await crash.pass();
        if (story.second !== null) {
          await crash.push(story.second);
          converged = false;
        }
        for (let pass = 0; pass < 20 && !converged; pass += 1) {
          converged = await crash.pass();
          if (!converged) await confirmUnknown(world, pass);
        }
        crashes += crash.crashes;

        expect(converged, JSON.stringify((await world.row()).conditions)).to.equal(true);
        expect(crash.violations).to.deep.equal([]);
        const covered = await world.covered();
        expect(
          crash.removed.filter((item) => covered.includes(item)),
          "removed and still confirmed",
        ).to.deep.equal([]);
        expect(world.store.allIntents.filter(({ state }) => state === "open")).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
    expect(crashes).to.be.greaterThan(20);
  });
});
