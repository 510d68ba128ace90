import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store, StoreChange } from "../../../agent/store/store.ts";
import { anInput, aRoomRow } from "../../support/a-row.ts";

const rooms = (count: number): StoreChange[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: "room",
    row: aRoomRow({ roomId: `room-${index}` }),
  }));

describe("rooms in a SQLite store", () => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-rooms-"));
    store = await openSqliteStore({ path: folder, nowMs: () => 0 });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are as they were where their batch fails, alone or among others", async () => {
    const bad: StoreChange = { kind: "confirmationUsed", id: "nobody", items: [] };
    const row = aRoomRow({ roomId: "room-a" });
    await store.write([{ kind: "room", row }]);
    const before = await store.readRoom("room-a");
    const next: StoreChange = {
      kind: "room",
      row: { ...row, version: 1, warnings: [], lineage: "main/9" },
    };
    for (const others of [[], rooms(3)]) {
      const failing = [next, bad];
      const ends = await Promise.allSettled([
        ...others.map((change) => store.write([change])),
        store.write(failing),
      ]);
      expect(ends.map(({ status }) => status)).to.deep.equal([
        ...others.map(() => "fulfilled"),
        "rejected",
      ]);
      expect(await store.readRoom("room-a")).to.deep.equal(before);
    }
    expect(await store.readRoomIds()).to.have.length(4);
    await store.write([next]);
    await store.write([{ kind: "roomForgotten", roomId: "room-a" }]);
    expect(await store.readRoom("room-a")).to.equal(null);
  });

  it("are read from memory as they are in the file", async () => {
    const inputs = anInput("1", ["seed-1"]);
    await store.write(rooms(20));
    const changed = aRoomRow({ roomId: "room-7", version: 1, head: inputs, enforced: inputs });
    await store.write([{ kind: "room", row: changed }]);
    const written = await Promise.all(rooms(20).map((_, at) => store.readRoom(`room-${at}`)));
    const byId = new Map((await store.readRooms()).map((each) => [each.roomId, each]));
    expect(byId.size).to.equal(20);
    for (const each of written) expect(each).to.deep.equal(byId.get(each?.roomId ?? ""));
  });
});
