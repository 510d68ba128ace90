import { expect } from "chai";
import { RoomWriter } from "../../../agent/store/room-writer.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { someInputs } from "../../support/some-inputs.ts";

const OWNER = { kind: "git", source: "specs", path: "a.room.yaml" } as const;

describe("RoomWriter", () => {
  it("keeps what a snapshot brought while a pass was under way", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    const before: Room = { ...emptyRoom("room-a", OWNER), head: someInputs({ digest: "d1" }) };
    await store.write([{ kind: "room", row: before }]);
    await rooms.update(["room-a"], async (rows) => {
      const row = rows.get("room-a") ?? before;
      const head = someInputs({ digest: "d2" });
      return [
        {
          kind: "room",
          row: {
            ...row,
            head,
            observedRevision: head.revision,
            dryRun: { commit: "c" },
            warnings: [{ reason: "SpecWarning", message: "new" }],
          },
        },
      ];
    });
    const after: Room = {
      ...before,
      verifiedRevision: "main@sha1:1",
      verified: before.head,
      warnings: [{ reason: "Old", message: "old" }],
    };
    const written = await rooms.writePass({ before, after }, []);
    expect(written).to.deep.equal(await store.readRoom("room-a"));
    expect(written.head?.digest).to.equal("d2");
    expect(written.dryRun).to.deep.equal({ commit: "c" });
    expect(written.verified?.digest).to.equal("d1");
    expect(written.warnings.map(({ reason }) => reason)).to.deep.equal(["SpecWarning"]);
  });

  it("begins a room in the store's epoch of plan names", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    const begin = () =>
      rooms.update(["room-a"], async (found) => [
        { kind: "room", row: found.get("room-a") ?? emptyRoom("room-a", OWNER) },
      ]);
    const count = async () => (await store.readRoom("room-a"))?.confirmedRequests;
    await begin();
    expect(await count()).to.equal(0);
    const row = { ...emptyRoom("room-a", OWNER), confirmedRequests: 3 };
    await rooms.update(["room-a"], async () => [{ kind: "room", row }]);
    await rooms.update(["room-a"], async () => [{ kind: "roomForgotten", roomId: "room-a" }]);
    await begin();
    expect(await count()).to.equal(3);
  });

  it("does not bring an orphan's owner back", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    const before = emptyRoom("room-a", OWNER);
    await store.write([{ kind: "room", row: before }]);
    await rooms.update(["room-a"], async () => [{ kind: "room", row: { ...before, owner: null } }]);
    const written = await rooms.writePass(
      { before, after: { ...before, lastOutcome: "converged" } },
      [],
    );
    expect(written.owner).to.equal(null);
    expect(written.lastOutcome).to.equal("converged");
  });

  it("loses no update when many change one room at a time", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        rooms.update(["room-a"], async (rows) => {
          const row = rows.get("room-a") ?? emptyRoom("room-a", OWNER);
          return [
            { kind: "room", row: { ...row, cyclesSinceConverged: row.cyclesSinceConverged + 1 } },
          ];
        }),
      ),
    );
    expect((await store.readRoom("room-a"))?.cyclesSinceConverged).to.equal(20);
  });
});
