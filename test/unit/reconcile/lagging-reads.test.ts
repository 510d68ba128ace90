import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { FAILING_MS } from "../../../agent/room/failing.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";

const LONG = { convergence: { enabled: true, maxCycles: 10 } };
const DENIED =
  "after APPLY the room still differs: kick entity/E-4; the RoomServer answered 404 to the removal of entity/E-4, and its state still shows it: the state may lag behind, or the RoomServer does not remove it";

/** Conditions of the room, as `type reason`. */
async function conditions(world: PassWorld): Promise<readonly string[]> {
  return (await world.row()).conditions.map(({ type, reason }) => `${type} ${reason}`);
}

/** A verified room, whose state from now on is shown as it was. */
async function lagging(): Promise<{ readonly world: PassWorld; readonly catchUp: () => void }> {
  const world = new PassWorld(LONG);
  await world.verified({ entities: ["E-1", "E-2", "E-3", "E-4"] });
  const { entities } = world.room();
  world.server.view = (state: RoomState) => ({ ...state, entities });
  return { world, catchUp: () => (world.server.view = (state) => state) };
}

describe("a RoomServer whose state lags behind its writes", () => {
  it("needs no person for a removal that it answers with 404 meanwhile", async () => {
    const { world, catchUp } = await lagging();
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3"] });
    await world.pass();
    expect(await conditions(world)).to.include("Reconciling NotConverged");
    const { requeue } = await world.pass();
    expect(requeue.kind).to.equal("backoff");
    expect(await conditions(world)).to.deep.equal([
      "Ready ActionsFailed",
      "Reconciling ActionsFailed",
    ]);
    expect((await world.row()).conditions[0]?.message).to.equal(DENIED);
    catchUp();
    await world.pass();
    expect(await conditions(world)).to.deep.equal(["Ready Converged"]);
  });

  it("needs no person for a join that it answers with 409 meanwhile", async () => {
    const { world, catchUp } = await lagging();
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3", "E-4", "E-5"] });
    for (let pass = 0; pass < 2; pass += 1) await world.pass();
    expect(await conditions(world)).to.deep.equal([
      "Ready ActionsFailed",
      "Reconciling ActionsFailed",
    ]);
    catchUp();
    await world.pass();
    expect(await conditions(world)).to.deep.equal(["Ready Converged"]);
  });

  for (const { name, entities } of [
    { name: "removal with 404", entities: ["E-1", "E-2"] },
    { name: "join with 409", entities: ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"] },
  ])
    it(`undoes nothing where it answers each ${name} meanwhile`, async () => {
      const { world, catchUp } = await lagging();
      const seeded = { version: 2, entities, artifacts: ["notes"] };
      await world.push(seeded);
      world.server.lie("seed");
      for (let pass = 0; pass < 3; pass += 1) await world.pass();
      expect((await world.row()).quarantine).to.equal(null);
      catchUp();
      world.server.heal();
      await world.pass();
      expect(await conditions(world)).to.deep.equal(["Ready Converged"]);
    });

  it("needs a person in the same words once that has lasted", async () => {
    const { world } = await lagging();
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3"] });
    for (let pass = 0; pass < 2; pass += 1) await world.pass();
    await world.clock.advance(FAILING_MS);
    await world.pass();
    const row = await world.row();
    expect(
      row.conditions.map(({ type, reason, message }) => [type, reason, message]),
    ).to.deep.equal([
      ["Ready", "ActionsFailed", DENIED],
      ["Stalled", "ActionsFailed", DENIED],
    ]);
    expect(row.verifiedRevision).to.equal("main@sha1:1");
  });

  for (const { name, entities, item, action } of [
    { name: "removal", entities: ["E-1", "E-2", "E-3"], item: "E-4", action: "entity.kicked" },
    {
      name: "join",
      entities: ["E-1", "E-2", "E-3", "E-4", "E-5"],
      item: "E-5",
      action: "entity.joined",
    },
  ])
    it(`has one record of a ${name} that it denies in each pass`, async () => {
      const { world } = await lagging();
      await world.push({ version: 2, entities });
      world.forget();
      for (let pass = 0; pass < 6; pass += 1) await world.pass();
      const records = (await world.audit()).filter((record) => record.includes(item));
      expect(records.slice(-4)).to.deep.equal([
        `${action}.intended ${item}`,
        `${action} ${item} done`,
        `${action}.intended ${item}`,
        `${action} ${item} notDone`,
      ]);
      expect(world.server.writes.length).to.be.at.least(6);
      expect(await world.store.readOpenIntents(A_ROOM)).to.deep.equal([]);
    });

  describe("behind a removal that the next commit takes back", () => {
    const back = ["E-1", "E-2", "E-3", "E-4"];

    /** E-4 was kicked by the commit before, and still shows. */
    async function kicked(options: ConstructorParameters<typeof PassWorld>[0] = {}) {
      const world = new PassWorld({ ...LONG, staleToleranceMs: STALE_MS, ...options });
      await world.verified({ entities: back });
      await world.change({ lineage: "main" });
      const { entities } = world.room();
      world.server.view = (state: RoomState) => ({
        ...state,
        entities: [...state.entities.filter(({ id }) => id !== "E-4"), ...entities.slice(3)],
      });
      await world.push({ version: 2, entities: back.slice(0, 3) });
      await world.pass();
      expect(world.server.writes).to.deep.equal(["kick E-4"]);
      return world;
    }

    const left = (row: { readonly conditions: readonly { readonly message: string }[] }) =>
      row.conditions[0]?.message;

    for (const policy of ["correct", "report", "off"] as const)
      for (const also of [[], ["E-5"]])
        it(`is not Converged until it can be believed: drift policy ${policy}, ${also.length} more to join`, async () => {
          const world = await kicked({ driftOf: () => ({ policy, ignore: [] }) });
          // A revert is to the very spec that was verified.
          const version = also.length === 0 ? 1 : 3;
          await world.push({ version, entities: [...back, ...also] });
          await world.pass();
          expect(await conditions(world)).to.include("Ready NotConverged");
          expect(left(await world.row())).to.include(
            "The RoomServer answered that it removed 1 of what the spec names (entity/E-4), and still shows that",
          );
          world.server.view = (state) => state;
          await world.clock.advance(STALE_MS);
          await world.pass({ trigger: "interval" });
          expect(await conditions(world)).to.deep.equal(["Ready Converged"]);
          expect(world.server.writes.at(-1)).to.equal("join E-4");
        });

    it("is Converged by the read after its own join of it", async () => {
      const world = await kicked();
      await world.push({ version: 3, entities: back });
      world.server.view = (state) => state;
      await world.pass();
      expect(await conditions(world)).to.deep.equal(["Ready Converged"]);
    });
  });
});
