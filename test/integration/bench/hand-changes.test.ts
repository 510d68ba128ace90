import { expect } from "chai";
import { HandChanges } from "../../../bench/support/hand-changes.ts";
import { createDevserver } from "../../../devserver/devserver.ts";

describe("changes by hand", () => {
  it("leave in each room who comes, and not who goes", async () => {
    const devserver = createDevserver({ port: 0 });
    const { url } = await devserver.start();
    try {
      const hands = await HandChanges.prepare(url, 3, 2);
      expect(await hands.change({ comes: ["E-1"], goes: [] })).to.be.greaterThan(0);
      await hands.change({ comes: ["E-2"], goes: ["E-1"] });
      hands.close();
      for (const room of [0, 1, 2]) {
        const answer = await fetch(`${url}/room/by-hand-${room}/state`);
        const state = JSON.stringify(await answer.json());
        for (const id of ["E-lead", "E-scribe", "E-critic", "E-2"]) expect(state).to.include(id);
        expect(state).not.to.include("E-1");
      }
    } finally {
      await devserver.stop();
    }
  });
});
