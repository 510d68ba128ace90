import { expect } from "chai";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";
import { TIMEOUT, entitiesIn, rollBack } from "./rolled-back.ts";

describe("a change that is rolled back", () => {
  it("is not undone by a read that shows nothing after a removal without an answer", async () => {
    const world = new PassWorld({ staleToleranceMs: STALE_MS });
    await world.push({ entities: ["E-2", "E-3", "E-4"] });
    world.server.failAt("kick", 1, TIMEOUT);
    world.server.before = ({ operation }) => {
      if (operation === "kick") world.server.view = (state) => ({ ...state, entities: [] });
    };
    await rollBack(world);
    expect((await world.row()).quarantine?.pending).to.have.length(1);
    world.server.before = () => undefined;
    world.server.view = (state) => state;
    for (let pass = 0; pass < 3; pass += 1) {
      await world.clock.advance(STALE_MS);
      await world.pass();
    }
    expect(entitiesIn(world)).to.deep.equal([]);
    expect((await world.row()).quarantine?.undone).to.have.length(1);
  });
});
