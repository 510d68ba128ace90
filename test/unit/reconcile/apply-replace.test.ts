import { expect } from "chai";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { attentionOf } from "../../../agent/status/attention.ts";
import { kickEntity } from "../../../devserver/room.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";

const REFUSED: CallFailure = { kind: "refused", status: 422, message: "no" };
const UNAUTHORIZED: CallFailure = { kind: "unauthorized", status: 401, message: "token expired" };
const TIMEOUT: CallFailure = { kind: "unavailable", message: "timeout", maybeDone: true };

describe("a replace", () => {
  const before = { entities: [{ id: "E-1", displayName: "Ada" }, "E-2"] };
  const after = { version: 2, entities: [{ id: "E-1", displayName: "Bob" }, "E-2"] };
  const nameOf = (world: PassWorld) =>
    world.room().entities.find(({ id }) => id === "E-1")?.displayName ?? "absent";

  async function aWorld(): Promise<PassWorld> {
    const world = new PassWorld();
    await world.verified(before);
    await world.push(after);
    return world;
  }

  it("is a kick and a join, one intent and one record", async () => {
    const world = await aWorld();
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("converged");
    expect(world.server.effects).to.deep.equal(["kick E-1", "join E-1"]);
    expect(world.intents().at(-1)).to.equal("replace entity/E-1 done");
    expect((await world.audit()).slice(-3)).to.deep.equal([
      "entity.updated.intended E-1",
      "entity.updated E-1 done",
      "room.converged converged",
    ]);
    expect(nameOf(world)).to.equal("Bob");
  });

  it("joins the old attributes back when the new ones are refused, and counts as failed", async () => {
    const world = await aWorld();
    world.server.failAt("join", 1, REFUSED);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "Refused", status: 422 });
    expect("message" in report.outcome && report.outcome.message).to.include("joined back");
    expect(nameOf(world)).to.equal("Ada");
    expect(world.intents().at(-1)).to.equal("replace entity/E-1 failed");
  });

  it("joins back in the words of a spec what the server shows in its own", async () => {
    const world = await aWorld();
    world.server.view = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({
        ...entity,
        kind: "AGENT",
        visibility: "Team",
        capabilities: null,
      })),
    });
    world.server.failAt("join", 1, REFUSED);
    await world.pass();
    expect(world.room().entities.find(({ id }) => id === "E-1")).to.deep.include({
      kind: "agent",
      visibility: "team",
      displayName: "Ada",
      capabilities: [],
    });
  });

  it("is rolled back when the old attributes cannot be joined back at once either", async () => {
    const world = await aWorld();
    world.server.failAt("join", 1, REFUSED, 2);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "rolledBack", pending: 0 });
    expect("message" in report.outcome && report.outcome.message).to.include(
      "neither its new nor its old attributes could be joined: no",
    );
    // The rollback that followed did.
    expect("message" in report.outcome && report.outcome.message).to.not.include("out of the room");
    expect(nameOf(world)).to.equal("Ada");
    expect(attentionOf(await world.row())?.reason).to.equal("RolledBack");
  });

  it("continues to join the old attributes back when its rollback is not answered", async () => {
    const world = await aWorld();
    world.server.failAt("join", 1, REFUSED);
    world.server.failAt("join", 2, UNREACHABLE, 2);
    await world.pass();
    expect(nameOf(world)).to.equal("absent");
    await world.pass();
    expect(nameOf(world)).to.equal("Ada");
  });

  it("needs a person at once, in each pass, while no join is accepted", async () => {
    const world = await aWorld();
    world.server.failAt("join", 1, REFUSED, 100);
    await world.pass();
    expect(nameOf(world)).to.equal("absent");
    const out = "entity/E-1 is out of the room until a join succeeds; ";
    const first = attentionOf(await world.row())?.message ?? "";
    expect(first.startsWith(out)).to.equal(true, first);
    expect(first).to.include("; not rolled back: replace entity/E-1 (OutOfRoom: no)");
    await world.pass();
    const attention = attentionOf(await world.row());
    expect(attention?.reason).to.equal("Quarantined");
    expect(attention?.message.startsWith(out)).to.equal(true, attention?.message);
    world.server.heal();
    await world.pass();
    expect(nameOf(world)).to.equal("Ada");
    const after = await world.row();
    expect(attentionOf(after)?.message).to.not.include("out of the room");
    expect(attentionOf(after)?.message).to.include("1 of 1 applied change rolled back");
    expect(after.quarantine?.notUndone).to.deep.equal([]);
    expect(after.quarantine?.undone).to.deep.equal([{ action: "replace", item: "entity/E-1" }]);
  });

  it("is no drift while no join is accepted, because the agent itself took the entity out", async () => {
    const world = await aWorld();
    world.server.failAt("join", 1, REFUSED, 100);
    await world.pass();
    for (const _again of [1, 2]) {
      await world.pass();
      const { conditions } = await world.row();
      expect(conditions.map(({ type }) => type)).to.not.include("Drifted");
    }
    expect((await world.audit()).filter((one) => one.startsWith("room.drifted"))).to.deep.equal([]);
    // What others change is drift next to it.
    world.server.change(A_ROOM, (room) => kickEntity(room, "E-2", 1).room);
    await world.pass();
    const drifted = (await world.audit()).filter((one) => one.startsWith("room.drifted"));
    expect(drifted).to.have.length(1);
  });

  it("needs a person at once where it is not rolled back, in the pass that follows as well", async () => {
    const world = new PassWorld({ rollback: { mode: "off", failureRatio: 0.5 } });
    await world.verified(before);
    await world.push(after);
    const long: CallFailure = { ...REFUSED, message: `no ${"x".repeat(400)}` };
    world.server.failAt("join", 1, long, 100);
    const out = "entity/E-1: it is out of the room until a join succeeds: ";
    for (const said of [`replace ${out}neither its new nor`, `join ${out}no`]) {
      await world.pass();
      expect(nameOf(world)).to.equal("absent");
      const attention = attentionOf(await world.row());
      expect(attention?.reason).to.equal("Refused");
      expect(attention?.message).to.include(said);
    }
    world.server.heal();
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(attentionOf(await world.row())).to.equal(null);
  });

  it("needs a person at once when 409 is the answer to its join and the room lacks the entity", async () => {
    const world = new PassWorld({ rollback: { mode: "off", failureRatio: 0.5 } });
    await world.verified(before);
    await world.push(after);
    world.server.failAt("join", 1, { kind: "already", status: 409 }, 100);
    await world.pass();
    expect(nameOf(world)).to.equal("absent");
    const attention = attentionOf(await world.row());
    expect(attention?.reason).to.equal("ActionsFailed");
    expect(attention?.message).to.include("answered 409 to the join of entity/E-1");
  });

  for (const { name, operation, nth, failure, state, left } of [
    {
      name: "its kick is refused",
      operation: "kick",
      failure: REFUSED,
      state: "failed",
      left: "Ada",
    },
    {
      name: "its kick is not answered",
      operation: "kick",
      failure: TIMEOUT,
      state: "notDone",
      left: "Ada",
    },
    {
      name: "its kick cannot be sent",
      operation: "kick",
      failure: UNREACHABLE,
      state: "notDone",
      left: "Ada",
    },
    {
      name: "its join is not answered",
      operation: "join",
      failure: TIMEOUT,
      state: "notDone",
      left: "absent",
    },
    {
      name: "its join cannot be sent",
      operation: "join",
      failure: UNREACHABLE,
      state: "notDone",
      left: "absent",
    },
    {
      name: "its token expires in between",
      operation: "join",
      failure: UNAUTHORIZED,
      state: "notDone",
      left: "absent",
    },
  ].map((one) => ({ ...one, nth: 1 })) as readonly {
    name: string;
    operation: "kick" | "join";
    nth: number;
    failure: CallFailure;
    state: string;
    left: string;
  }[]) {
    it(`converges in the next pass when ${name}`, async () => {
      const world = await aWorld();
      world.server.failAt(operation, nth, failure);
      await world.pass();
      expect(world.intents().at(-1)).to.equal(`replace entity/E-1 ${state}`);
      expect(nameOf(world)).to.equal(left);
      expect(await world.converge()).to.deep.equal(["converged"]);
      expect(nameOf(world)).to.equal("Bob");
    });
  }

  it("is done when its kick finds nobody", async () => {
    const world = await aWorld();
    world.server.before = ({ operation }) => {
      if (operation === "kick") {
        world.server.change(A_ROOM, (room) => kickEntity(room, "E-1", 1).room);
      }
    };
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    expect(nameOf(world)).to.equal("Bob");
  });
});
