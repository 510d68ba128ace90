import { expect } from "chai";
import { A_CONFIRM, aPasses, aRequest, ROOM, type End } from "./a-passes.ts";
import { rejection } from "../../support/rejection.ts";

describe("RoomPasses, of a dry run", () => {
  for (const intervalMs of [30_000, null]) {
    it(`brings no pass with a dry run (interval ${intervalMs})`, async () => {
      const world = aPasses({ intervalMs });
      world.requests.add(ROOM, aRequest("dry", [], { dryRun: true }));
      expect(await world.handle("apply")).to.deep.equal({ kind: "unspent" });
      expect(world.added).to.deep.equal([]);
    });

    it(`brings no pass with a dry run that fails (interval ${intervalMs})`, async () => {
      const world = aPasses({ intervalMs });
      const ends: End[] = [];
      const error = new Error("disk full");
      world.work = () => Promise.reject(error);
      world.requests.add(ROOM, aRequest("dry", ends, { dryRun: true }));
      expect(await world.handle("apply")).to.deep.equal({ kind: "unspent" });
      expect([ends, world.errors]).to.deep.equal([[{ kind: "error", error }], 1]);
    });
  }

  it("runs a commit's pass after a dry run that took its place", async () => {
    const world = aPasses();
    world.requests.add(ROOM, aRequest("dry", [], { dryRun: true }));
    expect(await world.handle("git")).to.deep.equal({ kind: "unspent" });
  });

  it("leaves a request to the next pass when the one before it fails", async () => {
    const world = aPasses();
    world.work = () => Promise.reject(new Error("disk full"));
    world.requests.add(ROOM, aRequest("one", []));
    world.requests.add(ROOM, aRequest("two", [], { confirm: A_CONFIRM }));
    await rejection(world.handle("apply"));
    expect(world.added).to.deep.equal(["apply"]);
  });
});
