import { expect } from "chai";
import { A_ROOM } from "../../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../../support/fake-room-server.ts";
import { PassWorld } from "../../../support/pass-world.ts";
import {
  ONE,
  TWO,
  UNAUTHORIZED,
  TIMEOUT,
  anAttempt,
  entitiesIn,
  refused,
  rollBack,
} from "../rolled-back.ts";
import { kickEntity } from "../../../../devserver/room.ts";

describe("a pass", () => {
  const cases = [
    {
      name: "of which exactly half is refused",
      spec: { ...TWO, entities: ["E-1", "E-2", "E-3"] },
      fail: (world: PassWorld) => world.server.failAt("join", 2, refused(403)),
      want: "partial",
    },
    {
      name: "of which nothing was done",
      fail: (world: PassWorld) => world.server.failAt("join", 1, refused(403), 3),
      want: "failed",
    },
    {
      name: "whose token expires after refusals",
      spec: { ...TWO, entities: [...TWO.entities, "E-5"] },
      fail: (world: PassWorld) => {
        world.server.failAt("join", 2, refused(403), 2);
        world.server.failAt("join", 4, UNAUTHORIZED);
      },
      want: "failed",
    },
    {
      name: "that was not answered for the most part",
      fail: (world: PassWorld) => world.server.failAt("join", 2, UNREACHABLE, 2),
      want: "partial",
    },
    {
      name: "whose answers got lost for the most part",
      fail: (world: PassWorld) => world.server.failAt("join", 2, TIMEOUT, 2),
      want: "partial",
    },
    {
      name: "whose refusals are of another kind (410)",
      fail: (world: PassWorld) => world.server.failAt("join", 2, refused(410), 2),
      want: "partial",
    },
    {
      name: "that ends at a server of another protocol",
      fail: (world: PassWorld) =>
        world.server.failAt("join", 2, { kind: "wrongProtocol", message: "404" }, 2),
      want: "partial",
    },
  ];
  for (const { name, spec = TWO, fail, want } of cases) {
    it(`${name} is not undone`, async () => {
      const world = new PassWorld();
      await world.verified(ONE);
      await world.push(spec);
      fail(world);
      const { report } = await world.pass();
      expect(report.outcome.kind).to.equal(want);
      expect(world.server.writes.filter((write) => write.startsWith("kick"))).to.deep.equal([]);
      expect((await world.row()).quarantine).to.equal(null);
    });
  }

  it("is not undone with Mode off", async () => {
    const world = await anAttempt({ rollback: { mode: "off", failureRatio: 0.5 } });
    expect((await rollBack(world)).report.outcome.kind).to.equal("partial");
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
  });

  const ratios = [
    { failureRatio: 0, refusals: 1, want: "rolledBack" },
    { failureRatio: 0.34, refusals: 1, want: "partial" },
    { failureRatio: 0.66, refusals: 2, want: "rolledBack" },
    { failureRatio: 0.67, refusals: 2, want: "partial" },
    { failureRatio: 1, refusals: 2, want: "partial" },
  ];
  for (const { failureRatio, refusals, want } of ratios) {
    it(`of 3 actions with ${refusals} refused and FailureRatio ${failureRatio} is ${want}`, async () => {
      const world = await anAttempt({ rollback: { mode: "on-critical", failureRatio } });
      world.server.failAt("join", 2, refused(409), refusals);
      expect((await world.pass()).report.outcome.kind).to.equal(want);
    });
  }

  it("over inputs that were verified before is not undone: there is nothing better to go back to", async () => {
    const world = new PassWorld();
    await world.verified(TWO);
    for (const id of ["E-2", "E-3", "E-4"])
      world.server.change(A_ROOM, (room) => kickEntity(room, id, 1).room);
    expect((await rollBack(world)).report.outcome.kind).to.equal("partial");
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
  });

  it("is not undone while the agent stops or a newer revision waits", async () => {
    for (const signals of ["stopping", "superseded"] as const) {
      const world = await anAttempt();
      world.server.failAt("join", 2, refused(403), 2);
      let joins = 0;
      world.server.after = ({ operation }) => {
        joins += Number(operation === "join");
      };
      // It comes after the last action of APPLY.
      const { report } = await world.pass({}, { [signals]: () => joins >= 3 });
      expect(report.outcome.kind, signals).to.equal(
        signals === "stopping" ? "partial" : "superseded",
      );
      expect(entitiesIn(world), signals).to.deep.equal(["E-1", "E-2"]);
      expect((await world.row()).quarantine, signals).to.equal(null);
    }
  });
});
