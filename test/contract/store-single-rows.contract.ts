import { expect } from "chai";
import { ONLY } from "../../agent/room/documents.ts";
import type { ObserveOnlyRow } from "../../agent/room/rows.ts";
import { aRoomRow } from "../support/a-row.ts";
import type { StoreContext } from "./store-context.ts";

const ROW: ObserveOnlyRow = {
  since: "2026-01-01T00:00:00.000Z",
  reason: "StoreDamaged",
  message: "a row is not JSON",
  file: "/data/store.db.damaged-20260101T000000.000Z",
};

/** Small documents by collection and key. */
export function documentFacts(context: StoreContext): void {
  describe("documents", () => {
    const first = { steady: "2026-01-01T00:00:00.000Z", wall: ROW.since, swept: null };
    const next = { ...first, swept: ROW.since };
    const put = (key: string, document: typeof first | typeof next | null) =>
      context.store.write([{ kind: "document", collection: "clock", key, document }]);

    it("are the newest of each key, over a restart too", async () => {
      expect(await context.store.readDocuments("clock")).to.deep.equal([]);
      await put(ONLY, first);
      expect(await context.store.readDocuments("clock")).to.deep.equal([
        { key: ONLY, document: first },
      ]);
      await put(ONLY, next);
      expect(await (await context.reopen()).readDocuments("clock")).to.deep.equal([
        { key: ONLY, document: next },
      ]);
    });

    it("come in the order of their keys, and go one by one", async () => {
      for (const key of ["b", "__proto__", "a"]) await put(key, first);
      const keys = async () => (await context.store.readDocuments("clock")).map(({ key }) => key);
      expect(await keys()).to.deep.equal(["__proto__", "a", "b"]);
      await put("a", null);
      await put("unknown", null);
      expect(await keys()).to.deep.equal(["__proto__", "b"]);
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
