import { expect } from "chai";
import { joinEntity } from "../../../../devserver/room.ts";
import type { CallFailure } from "../../../../agent/roomserver/room-server.ts";
import { A_ROOM, anEntity } from "../../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../../support/fake-room-server.ts";
import { PassWorld, STALE_MS } from "../../../support/pass-world.ts";

const LOST: CallFailure = { kind: "unavailable", message: "cut off", maybeDone: true };
const IDS = ["E-1", "E-2", "E-3", "E-4", "E-5"];

describe("removals that a crash left open while the state lags", () => {
  /** Kicks of E-3, E-4 and E-5 were confirmed and carried out; their answers and the read-back are lost. */
  async function crashed(): Promise<PassWorld> {
    const world = new PassWorld({ staleToleranceMs: STALE_MS });
    await world.verified({ entities: IDS });
    await world.push({ version: 2, entities: IDS.slice(0, 2) });
    await world.confirm(["entity/E-3", "entity/E-4", "entity/E-5"]);
    world.server.failAfterWorkAt("kick", 1, LOST, 3);
    world.server.failAt("readState", 2, UNREACHABLE);
    await world.pass();
    world.restart();
    world.forget();
    return world;
  }

  const kicks = (world: PassWorld) =>
    world.server.writes.filter((write) => write.startsWith("kick"));

  it("are not settled by a read that shows them, until the state cannot lag any more", async () => {
    const world = await crashed();
    const now = world.room();
    world.server.view = () => ({ ...now, entities: IDS.map((id) => anEntity(id)) });
    const first = await world.pass();
    expect(first.report.outcome).to.include({ kind: "waiting", reason: "NotConverged" });
    expect(first.requeue).to.include({ kind: "backoff", atLeastMs: STALE_MS });
    expect(world.intents().slice(-3)).to.deep.equal(
      IDS.slice(2).map((id) => `kick entity/${id} open`),
    );
    await world.clock.advance(STALE_MS - 1);
    expect((await world.pass()).report.outcome).to.include({ kind: "waiting", afterMs: 1 });
    world.server.view = (state) => state;
    await world.clock.advance(STALE_MS);
    await world.pass();
    await world.clock.advance(STALE_MS);
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    expect(kicks(world)).to.deep.equal([]);
    expect(await world.covered()).to.deep.equal([]);
  });

  it("use up the confirmation of what others may have put there again since", async () => {
    const world = await crashed();
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-3"), 1).room);
    await world.pass();
    await world.clock.advance(STALE_MS);
    await world.pass();
    expect(world.intents().slice(-4)).to.include("kick entity/E-3 unknown");
    expect(await world.covered()).to.deep.equal([]);
  });

  it("are not done where it shows them later, and are sent again under the same confirmation", async () => {
    const world = await crashed();
    for (const id of IDS.slice(2))
      world.server.change(A_ROOM, (room) => joinEntity(room, anEntity(id), 1).room);
    await world.pass();
    await world.clock.advance(STALE_MS);
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    expect(kicks(world)).to.deep.equal(["kick E-3", "kick E-4", "kick E-5"]);
  });
});
