import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import type { WriteResult } from "../../../agent/roomserver/room-server.ts";
import { STALE_MS } from "../../support/pass-world.ts";
import { PruneStory } from "../../support/prune-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const LONG_MS = 300_000;
const LOST: WriteResult = { kind: "unavailable", message: "cut off", maybeDone: true };
const ABSENT: WriteResult = { kind: "already", status: 404 };
const whole = (state: RoomState): RoomState => state;
const empty = (state: RoomState): RoomState => ({ ...state, entities: [] });

describe("a RoomServer that shows little of a room during its prune", () => {
  /** A confirmed prune of four, of which the first kick is carried out and the others are answered so; then it shows nothing. */
  async function restarted(answer: WriteResult): Promise<PruneStory> {
    const world = await new PruneStory().begin();
    world.server.failAt("kick", 2, answer, 9);
    let kicks = 0;
    world.server.before = ({ operation }) => {
      kicks += operation === "kick" ? 1 : 0;
      if (kicks === 2) world.server.view = empty;
    };
    await world.next();
    world.server.before = () => undefined;
    world.server.heal();
    return world;
  }

  const left = (world: PruneStory) => world.room().entities.map(({ id }) => id);

  for (const [name, answer] of [
    ["not answered", LOST],
    ["answered with 404", ABSENT],
  ] as const) {
    it(`removes under the same confirmation what it was ${name} of, once it shows that again`, async () => {
      const world = await restarted(answer);
      expect((await world.row()).pruned ?? null).to.equal(null);
      world.server.view = whole;
      expect((await world.later()).at(-1)).to.equal("NotConverged");
      expect(await world.later()).to.deep.equal([
        "kick E-02",
        "kick E-03",
        "kick E-04",
        "NotConverged",
      ]);
      expect(await world.later()).to.deep.equal(["converged"]);
      expect(left(world)).to.deep.equal([]);
      expect(await world.pruned()).to.include({ removed: 4, found: 0, confirmedBy: "Ada" });
    });

    it(`is done after 5 minutes where it was ${name} and never shows that again`, async () => {
      const world = await restarted(answer);
      expect(await world.later()).to.deep.equal(["SuspiciousRead"]);
      expect((await world.row()).inventory).to.have.length.greaterThan(2);
      expect(await world.looks(LONG_MS - STALE_MS - 1)).to.deep.equal(["SuspiciousRead"]);
      expect(await world.looks(1)).to.deep.equal(["converged"]);
      expect(await world.pruned()).to.include({ removed: 1, found: 3 });
    });
  }

  it("needs another confirmation for what may have been removed and shows again after a second such read", async () => {
    const world = await restarted(LOST);
    await world.later();
    world.server.view = whole;
    const ends = [await world.later(), await world.later()];
    expect(ends.flat()).to.not.include("kick E-02");
    expect(left(world)).to.deep.equal(["E-02", "E-03", "E-04"]);
    expect((await world.row()).pruned ?? null).to.equal(null);
    await world.say();
    await world.next();
    expect(left(world)).to.deep.equal([]);
  });

  for (const [name, view] of [
    ["nothing", empty],
    ["one entity", (state: RoomState) => ({ ...state, entities: state.entities.slice(0, 1) })],
  ] as const)
    it(`decides nothing by ${name} after kicks that it answered and did not do`, async () => {
      const world = await new PruneStory().begin();
      world.server.lie("kick");
      world.server.before = ({ operation }) => {
        if (operation === "kick") world.server.view = view;
      };
      await world.next();
      expect((await world.row()).inventory).to.have.length(4);
      world.server.view = whole;
      expect(await world.later()).to.deep.equal(["PruneNeedsConfirm"]);
      expect((await world.row()).refusals[0]?.message).to.include("still shows");
    });

  it("decides nothing by one empty read after one that showed what it answered", async () => {
    const world = await new PruneStory().begin();
    world.server.lie("kick");
    await world.next();
    world.server.view = empty;
    expect(await world.later()).to.deep.equal(["NotConverged"]);
    world.server.view = whole;
    expect(await world.later()).to.deep.equal(["PruneNeedsConfirm"]);
  });

  it("ends by a second read over a new connection, for which it waits StaleTolerance", async () => {
    const world = await new PruneStory().begin();
    const { report, requeue } = await world.pass({ trigger: "git" });
    expect(report.outcome).to.include({ kind: "waiting", reason: "NotConverged", afterMs: 5000 });
    expect(requeue).to.include({ kind: "backoff", atLeastMs: 5000, isFirst: true });
    expect(await world.next()).to.deep.equal(["NotConverged"]);
    expect(await world.later()).to.deep.equal(["converged"]);
    expect(world.server.calls.map(({ call }) => call.newConnection)).to.deep.equal([true]);
  });

  it("ends a batch of which it shows most at once", async () => {
    const world = new PruneStory();
    await world.verified({ entities: entityIds(30) });
    await world.orphaned();
    await world.next();
    expect((await world.row()).inventory.length).to.be.lessThan(30);
    expect((await world.row()).removing ?? null).to.equal(null);
  });
});
