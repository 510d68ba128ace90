import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { STALE_MS } from "../../support/pass-world.ts";
import { PRUNE_MARK } from "../../support/a-prune-mark.ts";
import { PruneStory } from "../../support/prune-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

describe("what stays in the room though its removal was answered", () => {
  const nothing = (state: RoomState): RoomState => ({ ...state, entities: [] });

  /** A confirmed prune whose kicks had no effect. */
  async function answeredAlone(): Promise<PruneStory> {
    const world = await new PruneStory().begin();
    world.server.lie("kick");
    await world.next();
    world.server.heal();
    return world;
  }

  /** Its file is back while the state may lag. */
  async function fileBack(world: PruneStory): Promise<void> {
    const owner = { kind: "git", source: "specs", path: PRUNE_MARK.path } as const;
    await world.push({ version: 2, entities: entityIds(4) }, {}, { owner, prune: null });
    expect(await world.next()).to.deep.equal(["NotConverged"]);
  }

  const again = { ...PRUNE_MARK, revision: "main@sha1:later", since: "2026-01-01T01:00:00.000Z" };

  it("is like the rest once its file is back: an empty read ends no later prune", async () => {
    const world = await answeredAlone();
    await fileBack(world);
    expect((await world.row()).removing?.items).to.have.length(4);
    await world.clock.advance(STALE_MS);
    expect(await world.next()).to.deep.equal(["converged"]);
    expect((await world.row()).removing).to.equal(null);
    await world.change({ owner: null, prune: again });
    expect(await world.next()).to.deep.equal(["PruneNeedsConfirm"]);
    expect((await world.row()).refusals[0]?.message).to.not.include("still shows");
    world.server.view = nothing;
    await world.clock.advance(STALE_MS);
    expect(await world.next()).to.deep.equal(["SuspiciousRead"]);
  });

  it("is missed by a later prune though no read came in between", async () => {
    const world = await answeredAlone();
    await fileBack(world);
    await world.change({ owner: null, prune: again });
    await world.clock.advance(3_600_000);
    world.server.view = nothing;
    expect(await world.next()).to.deep.equal(["SuspiciousRead"]);
    expect((await world.row()).inventory).to.have.length(4);
  });

  it("is missed by its own prune once a read after StaleTolerance has shown it", async () => {
    const world = await answeredAlone();
    await world.clock.advance(STALE_MS);
    const held = await world.next();
    world.server.view = nothing;
    await world.clock.advance(STALE_MS);
    expect([held, await world.next()]).to.deep.equal([["PruneNeedsConfirm"], ["SuspiciousRead"]]);
    world.server.view = (state) => state;
    await world.clock.advance(STALE_MS);
    await world.next();
    expect((await world.row()).refusals[0]?.message).to.include("still shows");
    await world.say();
    expect((await world.next()).at(-1)).to.equal("NotConverged");
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(await world.pruned()).to.include({ removed: 4, found: 0 });
  });

  it("is missed in a room whose file is back until a read shows it there", async () => {
    const world = await answeredAlone();
    await world.clock.advance(STALE_MS);
    await world.next();
    world.server.view = nothing;
    const owner = { kind: "git", source: "specs", path: PRUNE_MARK.path } as const;
    await world.push({ version: 2, entities: entityIds(4) }, {}, { owner, prune: null });
    await world.next();
    expect((await world.row()).suspicion?.kind).to.equal("empty");
    expect((await world.row()).removing?.shown).to.have.length(4);
  });

  it("may be shown by a state that lags: with its file back, a later read decides and it is joined", async () => {
    const world = await new PruneStory().begin();
    const old = world.room();
    world.server.view = () => old;
    await world.next();
    await fileBack(world);
    world.server.view = (state) => state;
    await world.clock.advance(STALE_MS);
    expect((await world.next()).at(-1)).to.equal("converged");
    expect(world.room().entities).to.have.length(4);
  });

  it("is gone by the second read that does not show it, however late that comes", async () => {
    const world = await answeredAlone();
    await world.clock.advance(3_600_000);
    world.server.view = nothing;
    expect(await world.next()).to.deep.equal(["NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
  });
});
