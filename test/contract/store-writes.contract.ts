import { expect } from "chai";
import type { StoreChange } from "../../agent/store/store.ts";
import { aConfirmation, aHistoryRow, anAuditRecord, anIntent, aRoomRow } from "../support/a-row.ts";
import { rejection } from "../support/rejection.ts";
import type { StoreContext } from "./store-context.ts";

/** What a batch promises, and what closing does. */
export function writeFacts(context: StoreContext): void {
  const room = (roomId: string): StoreChange => ({ kind: "room", row: aRoomRow({ roomId }) });

  describe("a batch", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;

    const refused: readonly { name: string; change: StoreChange }[] = [
      { name: "an intent that exists", change: { kind: "intent", row: anIntent({ id: "open" }) } },
      {
        name: "an intent without a time",
        change: { kind: "intent", row: anIntent({ id: "new", createdAt: "soon" }) },
      },
      {
        name: "a confirmation without an expiry",
        change: { kind: "confirmation", row: aConfirmation({ expiresAt: "" }) },
      },
      {
        name: "a history row without a time",
        change: { kind: "history", row: aHistoryRow({ time: "never" }) },
      },
      {
        name: "an audit record that is not JSON",
        change: { kind: "audit", record: anAuditRecord({ metadata: cyclic as never }) },
      },
      {
        name: "a used confirmation that does not exist",
        change: { kind: "confirmationUsed", id: "nobody", items: [] },
      },
    ];
    for (const { name, change } of refused) {
      it(`is refused whole for ${name}`, async () => {
        const { store } = context;
        const intents = [anIntent(), anIntent({ id: "open" })];
        await store.write(intents.map((row) => ({ kind: "intent", row })));
        await store.write([room("room-kept")]);
        const error = await rejection(
          store.write([
            room("room-new"),
            {
              kind: "room",
              row: aRoomRow({ roomId: "room-kept", version: 1, lastOutcome: "converged" }),
            },
            { kind: "intentEnded", id: "intent-1", state: "done" },
            { kind: "audit", record: anAuditRecord() },
            { kind: "history", row: aHistoryRow() },
            change,
          ]),
        );
        expect(error).to.include({ name: "OperatorError", code: "StoreRefused" });
        expect(await store.readRooms()).to.deep.equal([
          aRoomRow({ roomId: "room-kept", version: 1 }),
        ]);
        expect(await store.readOpenIntents()).to.deep.equal(intents);
        expect(await store.readAudit({ count: 9 })).to.deep.equal([]);
        expect(await store.readHistory("room-harbor7")).to.deep.equal([]);
      });
    }

    it("fails alone among those handed in with it", async () => {
      const { store } = context;
      const bad: StoreChange = { kind: "confirmationUsed", id: "nobody", items: [] };
      const ends = await Promise.allSettled([
        store.write([room("room-a")]),
        store.write([room("room-b"), bad]),
        store.write([bad]),
        store.write([room("room-c")]),
      ]);
      expect(ends.map((end) => end.status)).to.deep.equal([
        "fulfilled",
        "rejected",
        "rejected",
        "fulfilled",
      ]);
      expect(await store.readRoomIds()).to.deep.equal(["room-a", "room-c"]);
    });

    it("takes effect in the order batches and changes were handed in", async () => {
      const { store } = context;
      const numbered = Array.from({ length: 50 }, (_, index) => index);
      await Promise.all(
        numbered.map((index) =>
          store.write([
            {
              kind: "room",
              row: aRoomRow({ version: index * 2, cyclesSinceConverged: index * 2 }),
            },
            { kind: "audit", record: anAuditRecord({ action: `action.${index}` }) },
            {
              kind: "room",
              row: aRoomRow({ version: index * 2 + 1, cyclesSinceConverged: index * 2 + 1 }),
            },
          ]),
        ),
      );
      expect((await store.readRoom("room-harbor7"))?.cyclesSinceConverged).to.equal(99);
      const audit = await store.readAudit({ count: 99 });
      expect(audit.map((record) => record.action)).to.deep.equal(
        numbered.map((index) => `action.${index}`),
      );
    });

    it("may be empty", async () => {
      await context.store.write([]);
      expect(await context.store.readRooms()).to.deep.equal([]);
    });

    it("may be far larger than a tick's worth and is still whole", async () => {
      const changes = Array.from({ length: 3000 }, (_, index) => room(`room-${index}`));
      const bad: StoreChange = { kind: "confirmationUsed", id: "nobody", items: [] };
      await rejection(context.store.write([...changes, bad]));
      expect(await context.store.readRoomIds()).to.deep.equal([]);
      await context.store.write(changes);
      expect(await context.store.readRoomIds()).to.have.length(3000);
    });
  });

  describe("closing", () => {
    it("finishes what was handed in", async () => {
      const writes = Array.from({ length: 500 }, (_, index) =>
        context.store.write([{ kind: "room", row: aRoomRow({ roomId: `room-${index}` }) }]),
      );
      await context.store.close();
      await Promise.all(writes);
      const store = await context.reopen();
      expect(await store.readRoomIds()).to.have.length(500);
    });

    it("lets reads under way end", async () => {
      const rooms = Array.from({ length: 1000 }, (_, index) => room(`room-${index}`));
      await context.store.write(rooms);
      const reading = [1, 2, 3, 4].map(() => context.store.readRooms());
      await context.store.close();
      for (const rows of await Promise.all(reading)) expect(rows).to.have.length(1000);
    });

    it("may be done twice, also at once", async () => {
      await Promise.all([context.store.close(), context.store.close()]);
      await context.store.close();
      const error = await rejection(context.store.readRooms());
      expect(error).to.include({ code: "StoreUnavailable" });
    });

    it("makes every other call reject with StoreUnavailable", async () => {
      const { store } = context;
      await store.close();
      const calls: readonly Promise<unknown>[] = [
        store.write([]),
        store.write([{ kind: "room", row: aRoomRow() }]),
        store.readRoom("room-a"),
        store.readRooms(),
        store.readRoomIds(),
        store.readRoomsOf("main"),
        store.readSource("main"),
        store.readFiles("main"),
        store.readFile("main", "a"),
        store.readSpec("a"),
        store.readSpecText("a"),
        store.readSeed("a"),
        store.readConfirmations("room-a", 0),
        store.readOpenIntents(),
        store.readHistory("room-a"),
        store.readAudit({ count: 1 }),
        store.sweep(0),
      ];
      for (const end of await Promise.allSettled(calls)) {
        expect(end).to.have.nested.property("reason.code", "StoreUnavailable");
      }
    });
  });
}
