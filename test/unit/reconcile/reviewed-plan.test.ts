import { expect } from "chai";
import { FingerprintCache, loadDesiredRoom } from "../../../agent/reconcile/desired-room.ts";
import { joinEntity } from "../../../devserver/room.ts";
import type { RoomInputs } from "../../../agent/room/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const NEXT = { version: 2, entities: ["E-1", "E-2", "E-3"] };

/** A room verified with E-1 and E-2, and the digest of the plan that a pull request with `NEXT` shows. */
async function aReviewedRoom(isRequired: boolean) {
  const world = new PassWorld({ reviewOf: () => ({ isRequired }) });
  const first = await world.push({ entities: ["E-1", "E-2"] });
  await world.change({ planConfirmed: first.digest });
  await world.pass();
  world.forget();
  const inputs = await world.inputs(NEXT);
  const desired = await loadDesiredRoom(inputs, world.store, new FingerprintCache());
  const shown = await world.preview(inputs, desired);
  if (shown.kind !== "planned") throw new Error(shown.message);
  expect(shown.refusals).to.deep.equal([]);
  return { world, plan: shown.digest };
}

const merge = (world: PassWorld, plan: string | null) =>
  world.push(NEXT, {}, {}).then(async (inputs: RoomInputs) => {
    await world.change({ reviewed: { inputs: inputs.digest, pullRequest: 7, plan } });
  });

const ids = (world: PassWorld) => world.room().entities.map(({ id }) => id);

const drift = (world: PassWorld) =>
  world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-9"), 1).room);

describe("a pass over what a pull request brought", () => {
  it("does what was shown, without a word", async () => {
    const { world, plan } = await aReviewedRoom(true);
    await merge(world, plan);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("converged");
    expect((await world.row()).warnings).to.deep.equal([]);
  });

  it("reports that it is another plan, and does it", async () => {
    const { world, plan } = await aReviewedRoom(false);
    await merge(world, plan);
    drift(world);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("converged");
    const [warning] = (await world.row()).warnings;
    expect(warning?.reason).to.equal("PlanChanged");
    expect(warning?.message).to.include("#7");
  });

  it("waits with another plan where a reviewed one is required, until a person confirms it", async () => {
    const { world } = await aReviewedRoom(true);
    await merge(world, `sha256:${"f".repeat(64)}`);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("refused");
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["PlanChanged"]);
    expect(ids(world)).to.deep.equal(["E-1", "E-2"]);
    const confirmed = await world.pass({ trigger: "apply", actor: "ada", confirm: true });
    expect(confirmed.report.outcome.kind).to.equal("converged");
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3"]);
    expect(await world.audit()).to.include("confirm");
  });

  it("does what was shown once drift that made it another plan is corrected", async () => {
    const { world, plan } = await aReviewedRoom(true);
    await merge(world, plan);
    drift(world);
    const { report } = await world.pass();
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["PlanChanged"]);
    expect(ids(world)).to.deep.equal(["E-1", "E-2"]);
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3"]);
  });

  it("waits where no plan was shown and one is required, and where the plan changes nothing it does not", async () => {
    const { world } = await aReviewedRoom(true);
    await merge(world, null);
    const { report } = await world.pass();
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["PlanNotReviewed"]);
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-3"), 1).room);
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
  });

  it("corrects drift later without a review", async () => {
    const { world, plan } = await aReviewedRoom(true);
    await merge(world, plan);
    await world.pass();
    drift(world);
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("converged");
  });
});
