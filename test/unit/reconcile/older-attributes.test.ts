import { expect } from "chai";
import { attentionOf } from "../../../agent/status/attention.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { ada, aRefusedUpdate, nameOf, ONE, refuseNames, rename } from "./a-refused-update.ts";

describe("an entity out of its room whose attributes are refused", () => {
  const THREE = { version: 3, entities: [ada("v3"), "E-2"] };

  /** As the trial found it: v1 verified, v2 refused, v3 refused with all that could be joined back, rolled back. */
  async function anAbsentEntity(): Promise<PassWorld> {
    const world = await aRefusedUpdate();
    await world.push(THREE);
    refuseNames(world, "v1", "v2", "v3");
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("rolledBack");
    expect(nameOf(world)).to.equal("absent");
    expect((await world.row()).quarantine?.notUndone[0]?.reason).to.equal("OutOfRoom");
    refuseNames(world, "v2", "v3");
    world.forget();
    return world;
  }

  it("is joined with the attributes that the room was last verified with, and stays", async () => {
    const world = await anAbsentEntity();
    const { verified } = await world.row();
    const { report } = await world.pass();
    expect(nameOf(world)).to.equal("v1");
    expect(report.outcome).to.include({ reason: "Refused" });
    expect("message" in report.outcome && report.outcome.message).to.include(
      `join entity/E-1: it is in the room with its attributes of ${verified?.revision} instead: not v2`,
    );
    expect(world.server.writes).to.deep.equal(["join E-1", "join E-1"]);
    const row = await world.row();
    expect(row.inventory).to.include("entity/E-1");
    expect(row.quarantine?.notUndone).to.deep.equal([]);
    expect(attentionOf(row)?.message).to.not.include("out of the room");
    world.forget();
    await world.pass();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect(nameOf(world)).to.equal("v1");
  });

  it("is in the agent's inventory from then on", async () => {
    const world = await anAbsentEntity();
    const { inventory } = await world.row();
    await world.change({ inventory: inventory.filter((item) => item !== "entity/E-1") });
    await world.pass();
    expect((await world.row()).inventory).to.include("entity/E-1");
  });

  it("stays out where the newest spec does not name it", async () => {
    const world = await aRefusedUpdate();
    await world.push({ version: 3, entities: ["E-2", "E-3", "E-4"] });
    world.server.refuse = ({ id, displayName }) =>
      displayName === "v2" || displayName === "v1" || ["E-3", "E-4"].includes(id)
        ? { kind: "refused", status: 400, message: "no" }
        : null;
    const { report } = await world.pass({ confirm: true });
    expect(report.outcome.kind).to.equal("rolledBack");
    expect(nameOf(world), "its kick could not be undone").to.equal("absent");
    refuseNames(world, "v2");
    world.forget();
    await world.pass();
    expect(world.server.writes.filter((write) => write.endsWith("E-1"))).to.deep.equal([
      "join E-1",
    ]);
    expect(nameOf(world)).to.equal("absent");
  });

  it("is tried with no attributes twice", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    refuseNames(world, "v1", "v2");
    await world.push({ ...ONE, version: 2 });
    rename(world, "v1");
    world.server.change(A_ROOM, (room) => ({ ...room, entities: [] }));
    await world.pass({ confirm: true });
    expect(world.server.writes.filter((write) => write === "join E-1").length).to.be.at.most(1);
  });

  it("has the last verified attributes where an update finds its old ones refused", async () => {
    const world = await aRefusedUpdate();
    rename(world, "other");
    refuseNames(world, "v2", "other");
    const { report } = await world.pass();
    expect(nameOf(world)).to.equal("v1");
    expect("message" in report.outcome && report.outcome.message).to.include("instead: not v2");
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
  });

  it("is out where those are refused as well, and stays out while they are", async () => {
    const world = await anAbsentEntity();
    refuseNames(world, "v1", "v2", "v3");
    const { report } = await world.pass();
    expect(nameOf(world)).to.equal("absent");
    expect("message" in report.outcome && report.outcome.message).to.include(
      "it is out of the room until a join succeeds: not v2",
    );
  });

  it("is joined with them where the answer is 409 and the room does not have it", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    world.server.refuse = ({ displayName }) =>
      displayName === "v2" ? { kind: "refused", status: 409, message: "that name is taken" } : null;
    const join = world.server.join.bind(world.server);
    world.server.join = async (...given) => {
      const answer = await join(...given);
      const is409 = answer.kind === "refused" && answer.status === 409;
      return is409 ? { kind: "already", status: 409 } : answer;
    };
    await world.push({ version: 2, entities: [ada("v2"), "E-2"] });
    const { report } = await world.pass();
    expect(nameOf(world)).to.equal("v1");
    expect("message" in report.outcome && report.outcome.message).to.include(
      "its old attributes were joined back: the server answered 409",
    );
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-1"),
    }));
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
  });

  it("is as it is where the answer is 409 because it is there", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    await world.push({ version: 2, entities: [ada("v2"), "E-2"] });
    world.server.view = (state) => ({ ...state, entities: state.entities.slice(1) });
    const { report } = await world.pass();
    expect(report.outcome.kind).to.not.equal("converged");
    expect(nameOf(world)).to.equal("v1");
    expect((await world.row()).refusedUpdates ?? []).to.deep.equal([]);
  });
});
