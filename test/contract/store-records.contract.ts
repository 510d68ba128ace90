import { expect } from "chai";
import { toIso } from "../../agent/kernel/clock.ts";
import type { Item } from "../../agent/plan/item.ts";
import type { IntentState } from "../../agent/room/rows.ts";
import type { AuditQuery, HistoryQuery } from "../../agent/store/store.ts";
import { aConfirmation, aHistoryRow, anAuditRecord, anIntent, ROW_MS } from "../support/a-row.ts";
import { rejection } from "../support/rejection.ts";
import type { StoreContext } from "./store-context.ts";

/** What is added and never replaced: confirmations, intents, history, audit. */
export function recordFacts(context: StoreContext): void {
  describe("confirmations", () => {
    const items: readonly Item[] = ["entity/E-1", "entity/__proto__", "artifact/notes/a"];
    const read = (nowMs = ROW_MS) => context.store.readConfirmations("room-harbor7", nowMs);

    it("show the items used so far, each once, and never more than they cover", async () => {
      await context.store.write([{ kind: "confirmation", row: aConfirmation({ items }) }]);
      await context.store.write([
        {
          kind: "confirmationUsed",
          id: "confirmation-1",
          items: ["entity/__proto__", "entity/__proto__", "entity/E-9"],
        },
        { kind: "confirmationUsed", id: "confirmation-1", items: ["entity/__proto__"] },
      ]);
      const [row] = await read();
      expect(row).to.deep.equal(aConfirmation({ items, used: ["entity/__proto__"] }));
    });

    it("are gone for readers once every item is used", async () => {
      await context.store.write([{ kind: "confirmation", row: aConfirmation({ items }) }]);
      await context.store.write([
        { kind: "confirmationUsed", id: "confirmation-1", items: items.slice(0, 2) },
      ]);
      expect(await read()).to.have.length(1);
      await context.store.write([
        { kind: "confirmationUsed", id: "confirmation-1", items: items.slice(2) },
      ]);
      expect(await read()).to.deep.equal([]);
      const row = await context.store.readConfirmation("confirmation-1");
      expect(row, "what was used is still known").to.deep.equal(
        aConfirmation({ items, used: items }),
      );
      expect(await context.store.readConfirmation("confirmation-2")).to.equal(null);
    });

    it("end at their expiry, to the millisecond", async () => {
      await context.store.write([
        { kind: "confirmation", row: aConfirmation({ expiresAt: toIso(ROW_MS + 10) }) },
      ]);
      expect(await read(ROW_MS + 9)).to.have.length(1);
      expect(await read(ROW_MS + 10)).to.deep.equal([]);
    });

    it("are not renewed by the same confirmation seen again", async () => {
      await context.store.write([{ kind: "confirmation", row: aConfirmation({ items }) }]);
      await context.store.write([
        { kind: "confirmationUsed", id: "confirmation-1", items: ["entity/E-1"] },
      ]);
      const again = aConfirmation({ items, expiresAt: toIso(ROW_MS + 999_000_000) });
      await context.store.write([{ kind: "confirmation", row: again }]);
      expect(await read()).to.deep.equal([aConfirmation({ items, used: ["entity/E-1"] })]);
    });

    it("belong to one room and come oldest first", async () => {
      await context.store.write([
        { kind: "confirmation", row: aConfirmation({ id: "z", named: true }) },
        { kind: "confirmation", row: aConfirmation({ id: "other", roomId: "room-other" }) },
        { kind: "confirmation", row: aConfirmation({ id: "a" }) },
        { kind: "confirmation", row: aConfirmation({ id: "empty", items: [] }) },
      ]);
      expect((await read()).map((row) => row.id)).to.deep.equal(["z", "a"]);
    });

    it("are read of all rooms, without those that are used up or expired", async () => {
      await context.store.write([
        { kind: "confirmation", row: aConfirmation({ id: "z", items }) },
        { kind: "confirmation", row: aConfirmation({ id: "other", roomId: "room-other" }) },
        { kind: "confirmation", row: aConfirmation({ id: "used", items }) },
        { kind: "confirmation", row: aConfirmation({ id: "half", items }) },
        { kind: "confirmation", row: aConfirmation({ id: "old", expiresAt: toIso(ROW_MS) }) },
        { kind: "confirmation", row: aConfirmation({ id: "empty", items: [] }) },
        { kind: "confirmationUsed", id: "used", items },
        { kind: "confirmationUsed", id: "half", items: items.slice(0, 1) },
      ]);
      const all = await context.store.readConfirmations(null, ROW_MS);
      expect(all.map((row) => row.id)).to.deep.equal(["z", "other", "half"]);
    });

    it("refuse to be used when they do not exist", async () => {
      const refused = context.store.write([
        { kind: "confirmationUsed", id: "nobody", items: ["entity/E-1"] },
      ]);
      expect(await rejection(refused)).to.include({ code: "StoreRefused" });
    });
  });

  describe("intents", () => {
    const openIds = async (roomId?: string) =>
      (await context.store.readOpenIntents(roomId)).map((row) => row.id);

    it("are open until they end, in the order they were written", async () => {
      await context.store.write([
        { kind: "intent", row: anIntent({ id: "b" }) },
        { kind: "intent", row: anIntent({ id: "c", roomId: "room-other" }) },
        { kind: "intent", row: anIntent({ id: "a" }) },
      ]);
      expect(await openIds()).to.deep.equal(["b", "c", "a"]);
      expect(await openIds("room-harbor7")).to.deep.equal(["b", "a"]);
      await context.store.write([{ kind: "intentEnded", id: "b", state: "done" }]);
      expect(await openIds()).to.deep.equal(["c", "a"]);
      expect(await openIds("room-nobody")).to.deep.equal([]);
    });

    it("come back whole after a restart", async () => {
      await context.store.write([{ kind: "intent", row: anIntent() }]);
      const store = await context.reopen();
      expect(await store.readOpenIntents()).to.deep.equal([anIntent()]);
    });

    const ends: readonly Exclude<IntentState, "open">[] = [
      "done",
      "notDone",
      "failed",
      "unknown",
      "abandoned",
    ];
    for (const state of ends) {
      it(`are not open any more once they ended as ${state}`, async () => {
        await context.store.write([{ kind: "intent", row: anIntent() }]);
        await context.store.write([{ kind: "intentEnded", id: "intent-1", state }]);
        await context.store.write([{ kind: "intentEnded", id: "intent-1", state: "unknown" }]);
        expect(await openIds()).to.deep.equal([]);
      });
    }

    it("are refused while an open one has their id", async () => {
      await context.store.write([{ kind: "intent", row: anIntent() }]);
      const again = context.store.write([{ kind: "intent", row: anIntent() }]);
      expect(await rejection(again)).to.include({ code: "StoreRefused" });
    });

    it("take an end of one that does not exist as nothing", async () => {
      await context.store.write([{ kind: "intentEnded", id: "nobody", state: "done" }]);
      expect(await openIds()).to.deep.equal([]);
    });

    it("may begin and end in one batch", async () => {
      await context.store.write([
        { kind: "intent", row: anIntent() },
        { kind: "intentEnded", id: "intent-1", state: "abandoned" },
      ]);
      expect(await openIds()).to.deep.equal([]);
    });
  });

  describe("history", () => {
    it("comes last written first, whatever its times say", async () => {
      const first = aHistoryRow({ outcome: "observed", time: toIso(ROW_MS + 5) });
      const second = aHistoryRow({ outcome: "applied" });
      const third = aHistoryRow({ outcome: "verified", time: toIso(ROW_MS + 2) });
      await context.store.write([
        { kind: "history", row: first },
        { kind: "history", row: second },
        { kind: "history", row: aHistoryRow({ roomId: "room-other" }) },
      ]);
      await context.store.write([{ kind: "history", row: third }]);
      expect(await context.store.readHistory("room-harbor7")).to.deep.equal([third, second, first]);
      expect(await context.store.readHistory("room-nobody")).to.deep.equal([]);
    });

    it("holds one row per inputs, revision and outcome: the first", async () => {
      const row = aHistoryRow();
      const later = aHistoryRow({ time: toIso(ROW_MS + 1000), author: "Bob" });
      await context.store.write([{ kind: "history", row }]);
      await context.store.write([{ kind: "history", row: later }]);
      expect(await context.store.readHistory(row.roomId)).to.deep.equal([row]);
      const others = [
        aHistoryRow({ inputsDigest: "digest-2" }),
        aHistoryRow({ revision: "main@sha1:2" }),
        aHistoryRow({ outcome: "failed" }),
      ];
      await context.store.write(others.map((other) => ({ kind: "history", row: other })));
      expect(await context.store.readHistory(row.roomId)).to.have.length(4);
    });

    it("holds a row for each way to a commit: its branch, and a tag on it", async () => {
      const commit = "0123456789abcdef0123456789abcdef01234567";
      const rows = ["main", "v1.2.0"].map((ref) =>
        aHistoryRow({ revision: `${ref}@sha1:${commit}` }),
      );
      await context.store.write(rows.map((row) => ({ kind: "history", row })));
      const found = await context.store.readHistory("room-harbor7");
      expect(found.map(({ revision }) => revision)).to.have.members(
        rows.map(({ revision }) => revision),
      );
    });

    it("is found by version, content and outcome, and only as much of it as is asked for", async () => {
      const rows = [
        aHistoryRow({ specVersion: 1, specDigest: "one", inputsDigest: "1" }),
        aHistoryRow({ specVersion: 2, specDigest: "two", inputsDigest: "2" }),
        aHistoryRow({ specVersion: 2, specDigest: "other", inputsDigest: "3" }),
        aHistoryRow({ specVersion: 2, specDigest: "two", inputsDigest: "2", outcome: "verified" }),
        aHistoryRow({ specVersion: 3, specDigest: "two", inputsDigest: "4", outcome: "failed" }),
        aHistoryRow({ roomId: "room-other", specVersion: 2, specDigest: "two" }),
      ];
      await context.store.write(rows.map((row) => ({ kind: "history", row })));
      const cases: readonly { query: HistoryQuery; want: readonly number[] }[] = [
        { query: {}, want: [4, 3, 2, 1, 0] },
        { query: { count: 2 }, want: [4, 3] },
        { query: { count: 0 }, want: [] },
        { query: { specVersion: 2 }, want: [3, 2, 1] },
        { query: { specVersion: 2, count: 1 }, want: [3] },
        { query: { specVersion: 9 }, want: [] },
        { query: { specDigest: "two" }, want: [4, 3, 1] },
        { query: { specDigest: "two", outcome: "verified", count: 1 }, want: [3] },
        { query: { specDigest: "one", outcome: "verified" }, want: [] },
      ];
      for (const { query, want } of cases) {
        const found = await context.store.readHistory("room-harbor7", query);
        expect(found, JSON.stringify(query)).to.deep.equal(want.map((at) => rows[at]));
      }
    });

    it("is asked for in whole numbers", async () => {
      for (const count of [-1, 1.5, Number.NaN]) {
        const error = await rejection(context.store.readHistory("room-harbor7", { count }));
        expect(error, String(count)).to.have.property("code", "StoreRefused");
      }
    });
  });

  describe("audit", () => {
    const records = Array.from({ length: 10 }, (_, index) =>
      anAuditRecord({
        action: `action.${index}`,
        correlationId: index % 2 === 0 ? "even" : "odd",
        metadata: index < 2 ? {} : { room: index < 6 ? "room-a" : "room-b", n: index },
      }),
    );

    const cases: readonly { given: AuditQuery; want: readonly number[] }[] = [
      { given: { count: 3 }, want: [7, 8, 9] },
      { given: { count: 0 }, want: [] },
      { given: { count: 1_000_000 }, want: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
      { given: { count: 2, correlationId: "even" }, want: [6, 8] },
      { given: { count: 2, roomId: "room-a" }, want: [4, 5] },
      { given: { count: 9, roomId: "room-b", correlationId: "odd" }, want: [7, 9] },
      { given: { count: 9, roomId: "room-c" }, want: [] },
      { given: { count: 9, correlationId: "' OR 1 = 1 --" }, want: [] },
    ];
    for (const { given, want } of cases) {
      it(`gives the newest that match ${JSON.stringify(given)}, oldest first`, async () => {
        await context.store.write(records.slice(0, 4).map((record) => ({ kind: "audit", record })));
        await context.store.write(records.slice(4).map((record) => ({ kind: "audit", record })));
        const expected = want.map((index) => records[index]);
        expect(await context.store.readAudit(given)).to.deep.equal(expected);
      });
    }

    it("keeps equal records, each as its own", async () => {
      const record = anAuditRecord();
      await context.store.write([
        { kind: "audit", record },
        { kind: "audit", record },
      ]);
      const store = await context.reopen();
      await store.write([{ kind: "audit", record }]);
      expect(await store.readAudit({ count: 9 })).to.deep.equal([record, record, record]);
    });

    for (const count of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      it(`refuses a count of ${count}`, async () => {
        const refused = await rejection(context.store.readAudit({ count }));
        expect(refused).to.include({ code: "StoreRefused" });
        expect(refused.message).to.contain(String(count));
      });
    }
  });
}
