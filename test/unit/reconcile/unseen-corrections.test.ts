import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import type { Operation } from "../../../agent/roomserver/room-caller.ts";
import { joinEntity, kickEntity, seedArtifact, type Room } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const CASES: readonly {
  readonly name: string;
  readonly operation: Operation;
  readonly action: string;
  readonly drift: (room: Room) => Room;
}[] = [
  {
    name: "kick",
    operation: "kick",
    action: "entity.kicked",
    drift: (room) => joinEntity(room, anEntity("E-9"), 1).room,
  },
  {
    name: "join",
    operation: "join",
    action: "entity.joined",
    drift: (room) => kickEntity(room, "E-2", 1).room,
  },
  {
    name: "delete",
    operation: "deleteArtifact",
    action: "artifact.deleted",
    drift: (room) => {
      const extra = { name: "extra", type: "document", workspace: "shared", tags: "" };
      return seedArtifact(room, { ...extra, bytes: Buffer.from("q") }, 1).room;
    },
  },
];

for (const { name, operation, action, drift } of CASES) {
  describe(`a ${name} that corrects drift, and that the RoomServer accepts and loses`, () => {
    const drifted = async (): Promise<PassWorld> => {
      const world = new PassWorld({ convergence: { enabled: true, maxCycles: 10 } });
      await world.verified({ entities: ["E-1", "E-2", "E-3"], artifacts: ["notes"] });
      world.server.lie(operation);
      world.server.change(A_ROOM, drift);
      return world;
    };
    const records = async (world: PassWorld, of: string): Promise<readonly AuditRecord[]> =>
      (await world.store.readAudit({ count: 1000, roomId: A_ROOM })).filter(
        (one) => one.action === of,
      );

    it("is recorded once as not corrected, and as corrected when it is", async () => {
      const world = await drifted();
      const found = [];
      for (let pass = 0; pass < 4; pass += 1) found.push((await world.pass()).drift?.corrected);
      expect(found).to.deep.equal([false, undefined, undefined, undefined]);
      world.server.heal();
      expect((await world.pass()).drift?.corrected).to.equal(true);
      const drifts = await records(world, "room.drifted");
      expect(drifts.map(({ metadata }) => metadata["corrected"])).to.deep.equal([false, true]);
    });

    it("is recorded again when more has drifted", async () => {
      const world = await drifted();
      await world.pass();
      world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-8"), 1).room);
      expect((await world.pass()).drift?.items.map(({ item }) => item)).to.include("entity/E-8");
    });

    it("is done in the audit, as the RoomServer answered, and not seen", async () => {
      const world = await drifted();
      await world.pass();
      world.server.heal();
      await world.pass();
      const ends = (await records(world, action)).slice(-2).map(({ metadata }) => metadata);
      expect(ends.map(({ outcome, seen }) => [outcome, seen])).to.deep.equal([
        ["done", false],
        ["done", undefined],
      ]);
    });
  });
}
