import { expect } from "chai";
import { RoomWriter, type RoomUpdate } from "../../../agent/store/room-writer.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import type { StoreChange } from "../../../agent/store/store.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { rejection } from "../../support/rejection.ts";
import { someInputs } from "../../support/some-inputs.ts";

/** The row of a room that is there. */
const whole = (row: Room | null | undefined): Room => row ?? expect.fail("no room");

/** One change, and nothing to tell. */
const only = (change: StoreChange): RoomUpdate<void> => ({ changes: [change], result: undefined });

const OWNER = { kind: "git", source: "specs", path: "a.room.yaml" } as const;

const FIRST: Room = { ...emptyRoom("room-a", OWNER), version: 1 };
const ENDED: Room = { ...FIRST, lastOutcome: "converged" };

/** A change of the room that goes by what was read. */
const decided = (found: ReadonlyMap<string, Room | null>) =>
  only({ kind: "room", row: { ...whole(found.get("room-a")), lastOutcome: "converged" } });

describe("RoomWriter", () => {
  it("keeps what a snapshot brought while a pass was under way", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    const before: Room = { ...emptyRoom("room-a", OWNER), head: someInputs({ digest: "d1" }) };
    await store.write([{ kind: "room", row: before }]);
    await rooms.update(["room-a"], async (rows) => {
      const row = rows.get("room-a") ?? before;
      const head = someInputs({ digest: "d2" });
      return only({
        kind: "room",
        row: {
          ...row,
          head,
          observedRevision: head.revision,
          dryRun: { commit: "c" },
          warnings: [{ reason: "SpecWarning", message: "new" }],
        },
      });
    });
    const after: Room = {
      ...before,
      verifiedRevision: "main@sha1:1",
      verified: before.head,
      warnings: [{ reason: "UnknownPolicies", message: "old" }],
    };
    const written = await rooms.writePass({ before, after }, []);
    expect({ ...written, version: 3 }).to.deep.equal(await store.readRoom("room-a"));
    expect(written.head?.digest).to.equal("d2");
    expect(written.dryRun).to.deep.equal({ commit: "c" });
    expect(written.verified?.digest).to.equal("d1");
    expect(written.warnings.map(({ reason }) => reason)).to.deep.equal(["SpecWarning"]);
  });

  it("begins a room in the store's epoch of plan names", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    const begin = () =>
      rooms.update(["room-a"], async (found) =>
        only({ kind: "room", row: found.get("room-a") ?? emptyRoom("room-a", OWNER) }),
      );
    const count = async () => (await store.readRoom("room-a"))?.confirmedRequests;
    await begin();
    expect(await count()).to.equal(0);
    await rooms.update(["room-a"], async (found) =>
      only({ kind: "room", row: { ...whole(found.get("room-a")), confirmedRequests: 3 } }),
    );
    await rooms.update(["room-a"], async () => only({ kind: "roomForgotten", roomId: "room-a" }));
    await begin();
    expect(await count()).to.equal(3);
  });

  it("does not bring an orphan's owner back", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    const before = emptyRoom("room-a", OWNER);
    await store.write([{ kind: "room", row: before }]);
    await rooms.update(["room-a"], async (found) =>
      only({ kind: "room", row: { ...whole(found.get("room-a")), owner: null } }),
    );
    const written = await rooms.writePass(
      { before, after: { ...before, lastOutcome: "converged" } },
      [],
    );
    expect(written.owner).to.equal(null);
    expect(written.lastOutcome).to.equal("converged");
  });

  for (const [what, change] of [
    ["a request", (rooms) => rooms.update(["room-a"], async (found) => decided(found))],
    ["a pass", (rooms) => rooms.writePass({ before: FIRST, after: ENDED }, [])],
  ] satisfies [string, (rooms: RoomWriter) => Promise<unknown>][]) {
    it(`decides ${what} again when another agent wrote the room in between`, async () => {
      const store = new MemoryStore();
      await store.write([{ kind: "room", row: emptyRoom("room-a", OWNER) }]);
      store.beforeWrite = async () => {
        store.beforeWrite = () => undefined;
        const row = { ...FIRST, observedRevision: "main@sha1:2" };
        await store.write([{ kind: "room", row }]);
      };
      await change(new RoomWriter(store));
      const { observedRevision, lastOutcome } = whole(await store.readRoom("room-a"));
      expect({ observedRevision, lastOutcome }).to.deep.equal({
        observedRevision: "main@sha1:2",
        lastOutcome: "converged",
      });
    });
  }

  it("gives the result of the call whose changes were written", async () => {
    const store = new MemoryStore();
    await store.write([{ kind: "room", row: emptyRoom("room-a", OWNER) }]);
    store.beforeWrite = async () => {
      store.beforeWrite = () => undefined;
      await store.write([{ kind: "room", row: { ...FIRST, observedRevision: "main@sha1:2" } }]);
    };
    const seen = await new RoomWriter(store).update(["room-a"], async (found) => ({
      ...decided(found),
      result: whole(found.get("room-a")).observedRevision,
    }));
    expect(seen).to.equal("main@sha1:2");
  });

  it("gives up where others always write in between", async () => {
    const store = new MemoryStore();
    await store.write([{ kind: "room", row: emptyRoom("room-a", OWNER) }]);
    let version = 1;
    const other = async () => {
      store.beforeWrite = () => undefined;
      const row = { ...FIRST, version, cyclesSinceConverged: version };
      await store.write([{ kind: "room", row }]);
      version += 1;
      store.beforeWrite = other;
    };
    store.beforeWrite = other;
    const rooms = new RoomWriter(store);
    const error = await rejection(rooms.update(["room-a"], async (found) => decided(found)));
    expect(error).to.include({ code: "StoreConflict" });
    expect(version).to.equal(6);
  });

  it("loses no update when many change one room at a time", async () => {
    const store = new MemoryStore();
    const rooms = new RoomWriter(store);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        rooms.update(["room-a"], async (rows) => {
          const row = rows.get("room-a") ?? emptyRoom("room-a", OWNER);
          const cyclesSinceConverged = row.cyclesSinceConverged + 1;
          return only({ kind: "room", row: { ...row, cyclesSinceConverged } });
        }),
      ),
    );
    expect((await store.readRoom("room-a"))?.cyclesSinceConverged).to.equal(20);
  });
});
