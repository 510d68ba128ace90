import { expect } from "chai";
import * as fc from "fast-check";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { DesiredRoom } from "../../../agent/plan/plan.ts";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { someDesiredRoom, someRoomState } from "../../support/arbitraries.ts";
import { CrashWorld } from "../../support/crash-world.ts";

const RUNS = { numRuns: 40 };

/** The writes of a pass over such a room, its lists in the order given or turned round. */
async function writesOf(desired: DesiredRoom, found: RoomState, turned: boolean) {
  const turn = <T>(list: readonly T[]): readonly T[] => (turned ? list.toReversed() : list);
  const { spec } = desired.spec;
  const shuffled = {
    ...desired.spec,
    spec: {
      ...spec,
      entities: turn(spec.entities),
      artifacts: turn(spec.artifacts),
      resources: turn(spec.resources),
    },
  };
  const crash = new CrashWorld([], {
    ...found,
    entities: turn(found.entities),
    artifacts: turn(found.artifacts),
    resources: turn(found.resources),
  });
  await crash.push({ ...desired, spec: shuffled });
  for (let pass = 0; pass < 8 && !(await crash.pass()); pass += 1);
  return crash.world.server.writes;
}

describe("a pass over any room", () => {
  it("writes nothing, neither to the room nor to the store, once the room has converged", async () => {
    await fc.assert(
      fc.asyncProperty(someDesiredRoom(), someRoomState("complete"), async (desired, found) => {
        const crash = new CrashWorld([], found);
        const { world } = crash;
        await crash.push(desired);
        let converged = false;
        for (let pass = 0; pass < 8 && !converged; pass += 1) converged = await crash.pass();
        expect(converged).to.equal(true);
        const writes = world.server.writes.length;
        const batches = world.store.written.length;
        for (const trigger of ["git", "event", "interval"] as const) await world.pass({ trigger });
        expect(world.server.writes.slice(writes)).to.deep.equal([]);
        expect(world.store.written.slice(batches)).to.deep.equal([]);
      }),
      RUNS,
    );
  });

  it("does the same in the same order, whatever order its lists come in", async () => {
    await fc.assert(
      fc.asyncProperty(
        someDesiredRoom("present"),
        someRoomState("complete"),
        async (desired, found) => {
          expect(await writesOf(desired, found, true)).to.deep.equal(
            await writesOf(desired, found, false),
          );
        },
      ),
      RUNS,
    );
  });

  it("writes nothing to the server when its plan is refused, and all of it or nothing when not", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(someDesiredRoom(), someRoomState("complete"), async (desired, found) => {
        const { world } = new CrashWorld([], found);
        const seeds = Object.fromEntries(desired.seeds);
        const { metadata, spec } = desired.spec;
        await world.push({ version: metadata.version, ...spec }, seeds);
        const { report } = await world.pass();
        if (report.outcome.kind === "refused") {
          refused += 1;
          expect(world.server.writes).to.deep.equal([]);
          expect(world.store.allIntents).to.deep.equal([]);
          return;
        }
        const row = await world.row();
        const plan = makePlan({
          desired,
          observed: world.room(),
          capabilities: world.server.capabilities,
          notObservable: row.notObservable,
          dmVisibilityRemoved: false,
          resources: true,
        });
        expect(
          plan.actions.filter(({ kind }) => kind === "kick" || kind === "delete"),
        ).to.deep.equal([]);
      }),
      RUNS,
    );
    expect(refused).to.be.greaterThan(5);
  });
});
