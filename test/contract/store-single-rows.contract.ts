import { expect } from "chai";
import type { ObserveOnlyRow } from "../../agent/room/rows.ts";
import { aRoomRow } from "../support/a-row.ts";
import type { StoreContext } from "../support/store-context.ts";

const ROW: ObserveOnlyRow = {
  since: "2026-01-01T00:00:00.000Z",
  reason: "StoreDamaged",
  message: "a row is no JSON",
  file: "/data/store.db.damaged-20260101T000000.000Z",
};

/** What time it was when it was last noted. */
export function clockFacts(context: StoreContext): void {
  describe("the clock", () => {
    it("is not noted in a new store, and then as it was noted last, over a restart too", async () => {
      expect(await context.store.readClock()).to.equal(null);
      const first = { steady: "2026-01-01T00:00:00.000Z", wall: ROW.since, swept: null };
      const next = { ...first, swept: ROW.since };
      await context.store.write([{ kind: "clock", row: first }]);
      expect(await context.store.readClock()).to.deep.equal(first);
      await context.store.write([{ kind: "clock", row: next }]);
      expect(await (await context.reopen()).readClock()).to.deep.equal(next);
    });
  });
}

/** Where the names of a new room's plans begin. */
export function planEpochFacts(context: StoreContext): void {
  describe("the epoch of plan names", () => {
    const put = async (confirmedRequests: number) => {
      const version = (await context.store.readRoom("room-a"))?.version ?? 0;
      const row = aRoomRow({ roomId: "room-a", version, confirmedRequests });
      await context.store.write([{ kind: "room", row }]);
    };
    const forget = async (confirmed: number) => {
      await put(confirmed);
      await context.store.write([{ kind: "roomForgotten", roomId: "room-a" }]);
      return context.store.readPlanEpoch();
    };

    it("is as high as the highest of forgotten rooms, over a restart too", async () => {
      const { store } = context;
      const begin = await store.readPlanEpoch();
      await put(begin + 7);
      expect(await store.readPlanEpoch()).to.equal(begin);
      expect(await forget(begin + 5)).to.equal(begin + 5);
      expect(await forget(begin + 2)).to.equal(begin + 5);
      expect(await (await context.reopen()).readPlanEpoch()).to.equal(begin + 5);
      await context.store.write([{ kind: "roomForgotten", roomId: "room-unknown" }]);
      expect(await context.store.readPlanEpoch()).to.equal(begin + 5);
    });
  });
}

/** Whether any room may be written to at all (L5). */
export function observeOnlyFacts(context: StoreContext): void {
  describe("observe-only", () => {
    const begin = (row = ROW) => context.store.write([{ kind: "observeOnly", row }]);
    const release = (roomId: string) => context.store.write([{ kind: "roomReleased", roomId }]);

    it("is off in a new store", async () => {
      expect(await context.store.readObserveOnly()).to.equal(null);
    });

    it("lasts over a restart, with the rooms that were let go of", async () => {
      await begin();
      await release("room-b");
      await release("room-a");
      await release("room-b");
      const store = await context.reopen();
      const released = ["room-a", "room-b"];
      expect(await store.readObserveOnly()).to.deep.equal({ ...ROW, released });
    });

    it("is begun once: a second beginning changes nothing", async () => {
      await begin();
      await begin({ ...ROW, since: "2026-02-02T00:00:00.000Z" });
      expect((await context.store.readObserveOnly())?.since).to.equal(ROW.since);
    });

    it("ends whole, and forgets the rooms", async () => {
      await begin();
      await release("room-a");
      await context.store.write([{ kind: "observeOnlyEnded" }]);
      expect(await context.store.readObserveOnly()).to.equal(null);
      await context.store.write([{ kind: "observeOnlyEnded" }]);
      await begin();
      expect((await context.store.readObserveOnly())?.released).to.deep.equal([]);
    });

    it("notes no room while it is off", async () => {
      await release("room-a");
      await begin();
      expect((await context.store.readObserveOnly())?.released).to.deep.equal([]);
    });
  });
}
