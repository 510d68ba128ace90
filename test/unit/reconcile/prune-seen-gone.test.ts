import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { STALE_MS } from "../../support/pass-world.ts";
import { PruneStory } from "../../support/prune-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const LONG_MS = 300_000;

const without =
  (...ids: readonly string[]) =>
  (state: RoomState): RoomState => ({
    ...state,
    entities: state.entities.filter(({ id }) => !ids.includes(id)),
  });

describe("what a prune removed by an answer", () => {
  it("is not gone while a read shows it, and is removed again once a person confirms that", async () => {
    const world = await new PruneStory().begin();
    world.server.failAt("kick", 2, { kind: "done" });
    expect((await world.next()).at(-1)).to.equal("NotConverged");
    expect(await world.next()).to.deep.equal(["NotConverged"]);
    expect(await world.later()).to.deep.equal(["PruneNeedsConfirm"]);
    expect((await world.row()).inventory).to.deep.equal(["entity/E-02"]);
    const { refusals, conditions, pruned } = await world.row();
    expect(refusals.map(({ items }) => items)).to.deep.equal([["entity/E-02"]]);
    expect(refusals[0]?.message).to.include("still shows");
    expect(conditions.map(({ type }) => type)).to.include("AwaitingConfirm");
    expect(pruned ?? null).to.equal(null);
    await world.say();
    expect(await world.next()).to.deep.equal(["kick E-02", "NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(await world.pruned()).to.include({ removed: 4, found: 0, confirmedBy: "Ada" });
    expect(await world.text()).to.include("was removed (4 items); Ada confirmed it");
  });

  it("holds up nothing else that is confirmed", async () => {
    const world = new PruneStory();
    await world.verified({ entities: entityIds(25) });
    await world.orphaned();
    world.server.failAt("kick", 1, { kind: "done" });
    await world.next();
    const left = world.room().entities.length;
    await world.clock.advance(STALE_MS);
    await world.next();
    expect(world.room().entities.length).to.be.lessThan(left);
    expect(world.room().entities.map(({ id }) => id)).to.include("E-01");
  });

  it("needs no person while the state may only lag", async () => {
    const world = new PruneStory();
    await world.verified({ entities: entityIds(8) });
    await world.orphaned();
    world.server.lie("kick");
    await world.next();
    await world.clock.advance(STALE_MS);
    await world.next();
    expect(await world.next()).to.deep.equal(["NotConverged"]);
    expect((await world.row()).refusals).to.deep.equal([]);
    await world.clock.advance(STALE_MS);
    expect(await world.next()).to.deep.equal(["PruneNeedsConfirm"]);
  });

  it("is gone without another removal once a state that lagged shows it, whoever confirmed it", async () => {
    const world = await new PruneStory().begin();
    const old = world.room();
    world.server.view = () => old;
    expect((await world.next()).at(-1)).to.equal("NotConverged");
    world.server.view = (state) => state;
    expect(await world.next()).to.deep.equal(["NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(await world.pruned()).to.include({ removed: 4, found: 0, confirmedBy: "Ada" });
  });

  it("is the agent's until a read has shown it gone where the read-back failed", async () => {
    const world = await new PruneStory().begin();
    let reads = 0;
    world.server.before = ({ operation }) => {
      reads += operation === "readState" ? 1 : 0;
      if (reads === 2) world.server.failAt("readState", 1, UNREACHABLE);
    };
    await world.next();
    expect((await world.row()).inventory).to.have.length(4);
    world.server.before = () => undefined;
    expect(await world.next()).to.deep.equal(["NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(await world.pruned()).to.include({ removed: 4, found: 0 });
  });

  it("is not the agent's any more once a read showed it gone: what others join again stays", async () => {
    const world = await new PruneStory().begin();
    world.server.failAt("kick", 2, { kind: "done" });
    await world.next();
    await world.later();
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-01"), 1).room);
    await world.say();
    expect(await world.next()).to.deep.equal(["kick E-02", "NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(world.room().entities.map(({ id }) => id)).to.deep.equal(["E-01"]);
  });

  it("holds for artifacts", async () => {
    const world = new PruneStory();
    await world.verified({ entities: [], artifacts: ["plan", "notes"] });
    await world.orphaned();
    world.server.failAt("deleteArtifact", 1, { kind: "done" });
    expect((await world.next()).at(-1)).to.equal("NotConverged");
    await world.say();
    expect((await world.next()).at(-1)).to.equal("NotConverged");
    expect((await world.later()).at(-1)).to.equal("converged");
    expect(world.room().artifacts).to.deep.equal([]);
  });

  it("holds for what the room had while it had a spec", async () => {
    const world = new PruneStory();
    await world.verified({ entities: entityIds(5) });
    await world.push({ version: 2, entities: entityIds(4) });
    world.server.lie("kick");
    await world.next();
    expect((await world.row()).inventory).to.include("entity/E-05");
    world.server.heal();
    await world.orphaned();
    expect((await world.next()).slice(0, -1)).to.include("kick E-05");
  });
});

describe("what a prune finds gone", () => {
  it("is removed if a read shows it again within 5 minutes, under the same confirmation", async () => {
    const world = await new PruneStory().begin();
    world.server.view = without("E-03", "E-04");
    await world.next();
    expect(world.room().entities.map(({ id }) => id)).to.deep.equal(["E-03", "E-04"]);
    await world.clock.advance(STALE_MS);
    expect(await world.next()).to.deep.equal(["SuspiciousRead"]);
    expect(await world.looks(LONG_MS - STALE_MS - 1)).to.deep.equal(["SuspiciousRead"]);
    world.server.view = (state) => state;
    expect(await world.later()).to.deep.equal(["kick E-03", "kick E-04", "NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(await world.pruned()).to.include({ removed: 4, found: 0 });
  });

  it("is gone after 5 minutes, and that is what is said", async () => {
    const world = await new PruneStory().begin();
    world.server.view = without(...entityIds(4));
    const ends = [await world.next(), await world.later()];
    for (const ms of [LONG_MS - STALE_MS - 1, 1]) ends.push(await world.looks(ms));
    expect(ends.flat()).to.deep.equal([...Array<string>(3).fill("SuspiciousRead"), "converged"]);
    expect(await world.pruned()).to.include({ removed: 0, found: 4 });
    expect(await world.text()).to.include("(4 items) was found gone: nothing was removed");
    const { conditions } = await world.row();
    expect(conditions.map(({ reason }) => reason)).to.deep.equal(["Pruned", "Pruned"]);
  });

  it("counts from when the last of it was missed, over a new connection", async () => {
    const world = await new PruneStory().begin();
    world.server.view = without("E-03");
    await world.next();
    await world.later();
    await world.later();
    expect(world.server.calls.map(({ call }) => call.newConnection)).to.deep.equal([true]);
    const { pruning } = await world.row();
    expect(pruning).to.deep.include({ removed: 3, found: 0, missing: ["entity/E-03"] });
    world.server.view = (state) => state;
    world.server.lie("kick");
    await world.next();
    expect((await world.row()).pruning).to.deep.include({ missing: [], missingSince: null });
  });
});
