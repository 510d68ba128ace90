import { expect } from "chai";
import { aFileRow, anInput, aRoomRow, aSourceRow } from "../support/a-row.ts";
import { rejection } from "../support/rejection.ts";
import type { StoreContext } from "./store-context.ts";
import type { Reason } from "../../agent/status/reasons.ts";

/** Rooms, sources and files: the newest row of each key. */
export function rowFacts(context: StoreContext): void {
  describe("rows", () => {
    it("starts with nothing", async () => {
      const { store } = context;
      expect(await store.readRooms()).to.deep.equal([]);
      expect(await store.readRoomIds()).to.deep.equal([]);
      expect(await store.readRoom("room-harbor7")).to.equal(null);
      expect(await store.readSource("main")).to.equal(null);
      expect(await store.readFiles("main")).to.deep.equal([]);
      expect(await store.readFile("main", "a.room.yaml")).to.equal(null);
      expect(await store.readOpenIntents()).to.deep.equal([]);
    });

    it("gives back the newest row of a room, whole", async () => {
      const newest = aRoomRow({
        version: 1,
        head: anInput("2", ["seed-1"]),
        refusals: [
          {
            guardrail: "kick-limit",
            reason: "KickLimitExceeded",
            effect: "refusal",
            message: "8 kicks: \u0000 “ \ud83d\ude80",
            items: ["entity/E-1"],
            confirmable: true,
          },
        ],
      });
      await context.store.write([{ kind: "room", row: aRoomRow() }]);
      await context.store.write([{ kind: "room", row: newest }]);
      const read = { ...newest, version: 2 };
      expect(await context.store.readRoom("room-harbor7")).to.deep.equal(read);
      expect(await context.store.readRooms()).to.deep.equal([read]);
    });

    it("counts the writes of a room, and not those that change nothing", async () => {
      const { store } = context;
      const versions: unknown[] = [];
      for (const row of [{}, { version: 1 }, { version: 1, lastOutcome: "converged" }]) {
        await store.write([{ kind: "room", row: aRoomRow(row) }]);
        versions.push((await store.readRoom("room-harbor7"))?.version);
      }
      expect(versions).to.deep.equal([1, 1, 2]);
      await store.write([{ kind: "roomForgotten", roomId: "room-harbor7" }]);
      await store.write([{ kind: "room", row: aRoomRow() }]);
      expect((await store.readRoom("room-harbor7"))?.version).to.equal(1);
    });

    it("does not replace what another writer wrote since, nor write what came with it", async () => {
      const { store } = context;
      await store.write([{ kind: "room", row: aRoomRow() }]);
      for (const version of [0, 2]) {
        const row = aRoomRow({ version, lastOutcome: "converged" });
        const error = await rejection(
          store.write([
            { kind: "source", row: aSourceRow() },
            { kind: "room", row },
          ]),
        );
        expect(error).to.include({ name: "OperatorError", code: "StoreConflict" });
        expect(error.message).to.include(`version 1 in the store, and version ${version}`);
      }
      expect((await store.readRoom("room-harbor7"))?.lastOutcome).to.equal(null);
      expect(await store.readSources()).to.deep.equal([]);
    });

    it("keeps every row across a restart", async () => {
      const room = aRoomRow({ enforced: anInput() });
      const file = aFileRow({ inputs: anInput() });
      const source = aSourceRow({ hadSpecs: true });
      await context.store.write([
        { kind: "room", row: room },
        { kind: "file", row: file },
        { kind: "source", row: source },
      ]);
      const store = await context.reopen();
      expect(await store.readRooms()).to.deep.equal([{ ...room, version: 1 }]);
      expect(await store.readFiles("main")).to.deep.equal([file]);
      expect(await store.readSource("main")).to.deep.equal(source);
      expect(await store.readSources()).to.deep.equal([source]);
    });

    it("orders rooms and files by code point, whatever order they came in", async () => {
      const ids = [
        "room-b",
        "room-B",
        "room-\u{1f680}",
        "room-\uffee",
        "room-a",
        "room-10",
        "room-9",
      ];
      await context.store.write(
        ids.flatMap((id) => [
          { kind: "room" as const, row: aRoomRow({ roomId: id }) },
          { kind: "file" as const, row: aFileRow({ path: id }) },
        ]),
      );
      const sorted = [
        "room-10",
        "room-9",
        "room-B",
        "room-a",
        "room-b",
        "room-\uffee",
        "room-\u{1f680}",
      ];
      expect(await context.store.readRoomIds()).to.deep.equal(sorted);
      expect((await context.store.readRooms()).map((row) => row.roomId)).to.deep.equal(sorted);
      expect((await context.store.readRoomsOf("main")).map((row) => row.roomId)).to.deep.equal(
        sorted,
      );
      expect((await context.store.readFiles("main")).map((row) => row.path)).to.deep.equal(sorted);
    });

    it("gives rooms by pages", async () => {
      const { store } = context;
      const ids = ["room-10", "room-9", "room-B", "room-a", "room-\uffee", "room-\u{1f680}"];
      await store.write(ids.map((roomId) => ({ kind: "room", row: aRoomRow({ roomId }) })));
      const page = async (after: string | null, count: number) =>
        (await store.readRooms({ after, count })).map(({ roomId }) => roomId);
      expect(await page(null, 2)).to.deep.equal(["room-10", "room-9"]);
      expect(await page("room-9", 3)).to.deep.equal(["room-B", "room-a", "room-\uffee"]);
      expect(await page("room-C", 1)).to.deep.equal(["room-a"]);
      expect(await page("room-\u{1f680}", 9)).to.deep.equal([]);
      expect(await page(null, 0)).to.deep.equal([]);
    });

    it("knows the rooms of a source by their owner of now", async () => {
      const of = (source: string) => ({ kind: "git" as const, source, path: "a.room.yaml" });
      await context.store.write([
        { kind: "room", row: aRoomRow({ roomId: "room-git", owner: of("main") }) },
        { kind: "room", row: aRoomRow({ roomId: "room-other", owner: of("other") }) },
        { kind: "room", row: aRoomRow({ roomId: "room-moved", owner: of("main") }) },
        { kind: "room", row: aRoomRow({ roomId: "room-orphan", owner: of("main") }) },
        { kind: "room", row: aRoomRow({ roomId: "room-api", owner: { kind: "api" } }) },
      ]);
      await context.store.write([
        { kind: "room", row: aRoomRow({ roomId: "room-moved", version: 1, owner: of("other") }) },
        { kind: "room", row: aRoomRow({ roomId: "room-orphan", version: 1, owner: null }) },
      ]);
      const idsOf = async (source: string) =>
        (await context.store.readRoomsOf(source)).map((row) => row.roomId);
      expect(await idsOf("main")).to.deep.equal(["room-git"]);
      expect(await idsOf("other")).to.deep.equal(["room-moved", "room-other"]);
      expect(await idsOf("")).to.deep.equal([]);
    });

    it("keeps the same path of two sources apart", async () => {
      const main = aFileRow({ path: "a/b", source: "main" });
      const other = aFileRow({ path: "a/b", source: "other", oid: "spec-2" });
      await context.store.write([
        { kind: "file", row: main },
        { kind: "file", row: other },
        { kind: "fileGone", source: "other", path: "b" },
      ]);
      expect(await context.store.readFile("main", "a/b")).to.deep.equal(main);
      await context.store.write([{ kind: "fileGone", source: "main", path: "a/b" }]);
      expect(await context.store.readFile("main", "a/b")).to.equal(null);
      expect(await context.store.readFiles("main")).to.deep.equal([]);
      expect(await context.store.readFile("other", "a/b")).to.deep.equal(other);
    });

    it("treats names of object members as plain keys", async () => {
      const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];
      const conditionsOf = (name: string) => aRoomRow({ roomId: name, lastOutcome: name });
      for (const name of names) expect(await context.store.readRoom(name)).to.equal(null);
      await context.store.write(names.map((name) => ({ kind: "room", row: conditionsOf(name) })));
      for (const name of names) {
        const row = { ...conditionsOf(name), version: 1 };
        expect(await context.store.readRoom(name)).to.deep.equal(row);
      }
      expect(await context.store.readRoomIds()).to.deep.equal([...names].sort());
    });

    it("does not share an object with whoever wrote or read a row", async () => {
      const warnings: { reason: Reason; message: string }[] = [
        { reason: "SpecWarning", message: "late" },
      ];
      await context.store.write([{ kind: "room", row: aRoomRow({ warnings }) }]);
      warnings.push({ reason: "UnknownPolicies", message: "later" });
      const read = await context.store.readRoom("room-harbor7");
      Object.assign(read ?? {}, { warnings: [] });
      const again = await context.store.readRoom("room-harbor7");
      expect(again?.warnings).to.deep.equal([{ reason: "SpecWarning", message: "late" }]);
    });

    it("takes a row of 20 MB", async () => {
      const message = "x".repeat(20_000_000);
      const row = aRoomRow({ warnings: [{ reason: "SpecWarning", message }] });
      await context.store.write([{ kind: "room", row }]);
      const read = await context.store.readRoom(row.roomId);
      expect(read?.warnings[0]?.message === message).to.equal(true);
    });
  });
}
