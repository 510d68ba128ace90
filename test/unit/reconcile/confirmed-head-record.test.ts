import { expect } from "chai";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const NEXT = { version: 2, entities: ["E-1", "E-2", "E-3"] };
const NAMED = { actor: "ada", commit: "c9", via: `Confirm: ${A_ROOM}` };

async function confirmsOf(world: PassWorld) {
  const records = await world.store.readAudit({ count: 100, roomId: A_ROOM });
  return records.filter(({ action }) => action === "confirm").map(({ metadata }) => metadata);
}

/** A room that is at version 3, and whose next spec a commit confirms by the room's name; it cannot be carried out. */
async function aNamedRoom(options: ConstructorParameters<typeof PassWorld>[0] = {}) {
  const world = new PassWorld(options);
  const first = await world.push({ version: 3, entities: ["E-1", "E-2"] });
  await world.change({ planConfirmed: first.digest });
  await world.pass();
  world.server.refuse = ({ id }) =>
    id === "E-3" ? { kind: "unavailable", message: "connection refused", maybeDone: false } : null;
  const { digest } = await world.push(NEXT);
  const confirmed = { versionConfirmed: digest, planConfirmed: digest };
  await world.change({ ...confirmed, confirmedHead: { digest, ...NAMED } });
  return { world, digest };
}

describe("recordConfirmedHead", () => {
  it("records once what a commit lifts, however often the plan is tried", async () => {
    const { world } = await aNamedRoom({ reviewOf: () => ({ isRequired: true }) });
    expect(await confirmsOf(world)).to.deep.equal([]);
    for (const _ of [1, 2, 3]) await world.pass();
    const [record, ...others] = await confirmsOf(world);
    const lifted = ["SpecVersionRegressed", "PlanNotReviewed"];
    expect(record).to.deep.include({ ...NAMED, room: A_ROOM, lifted });
    expect(others).to.deep.equal([]);
    expect(await world.row()).to.not.have.property("confirmedHead");
  });

  it("records nothing where the plan is only made, and then what the first try lifts", async () => {
    const { world } = await aNamedRoom();
    await world.change({ dryRun: { commit: "c1" } });
    await world.pass();
    expect(await confirmsOf(world)).to.deep.equal([]);
    await world.change({ dryRun: null });
    await world.pass();
    const said = await confirmsOf(world);
    expect(said.map(({ lifted }) => lifted)).to.deep.equal([["SpecVersionRegressed"]]);
  });

  it("records nothing that was said of other inputs", async () => {
    const { world } = await aNamedRoom();
    await world.change({ confirmedHead: { digest: "other", ...NAMED } });
    await world.pass();
    expect(await confirmsOf(world)).to.deep.equal([]);
  });
});
