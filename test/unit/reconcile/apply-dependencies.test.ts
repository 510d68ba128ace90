import { expect } from "chai";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";

const REFUSED: CallFailure = { kind: "refused", status: 422, message: "no" };
const TIMEOUT: CallFailure = { kind: "unavailable", message: "timeout", maybeDone: true };

describe("dependencies in APPLY", () => {
  it("do not send what depends on something that failed, however far away", async () => {
    const world = new PassWorld();
    await world.push({
      entities: ["E-1"],
      artifacts: [
        { name: "a", dependsOn: ["E-1"] },
        { name: "b", dependsOn: ["a"], promoteAfterSeed: true },
        "c",
      ],
      resources: [{ name: "search", dependsOn: ["b"] }],
    });
    world.server.failAt("join", 1, REFUSED);
    await world.pass();
    expect(world.server.writes).to.deep.equal(["join E-1", "seed c"]);
    const { blocked } = await world.row();
    expect(blocked.map(({ item, reason }) => `${item} ${reason}`)).to.deep.equal([
      "artifact/a DependencyFailed",
      "artifact/b DependencyFailed",
      "resource/search DependencyFailed",
    ]);
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect((await world.row()).blocked).to.deep.equal([]);
  });

  it("do not promote what was not seeded", async () => {
    const world = new PassWorld();
    await world.push({ artifacts: [{ name: "a", promoteAfterSeed: true }] });
    world.server.failAt("seed", 1, TIMEOUT);
    await world.pass();
    expect(world.server.writes).to.deep.equal(["seed a"]);
    expect(await world.ends()).to.deep.equal([
      "artifact/a notDone",
      "artifact/a abandoned DependencyFailed",
    ]);
  });

  it("are of items: an entity that failed does not stop the artifact of the same name", async () => {
    const world = new PassWorld();
    await world.push({
      entities: ["notes"],
      artifacts: [{ name: "notes", promoteAfterSeed: true }],
    });
    world.server.failAt("join", 1, REFUSED);
    await world.pass();
    expect(world.server.effects).to.deep.equal(["seed notes", "promote notes"]);
  });

  it("do not wait for a removal that failed", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2", "notes"], artifacts: ["notes"] });
    await world.push({
      version: 2,
      entities: ["E-1", "E-2"],
      artifacts: [{ name: "notes", promoteAfterSeed: true }],
    });
    world.server.failAt("kick", 1, UNREACHABLE);
    await world.pass();
    expect(world.server.effects).to.deep.equal(["promote notes"]);
  });
});
