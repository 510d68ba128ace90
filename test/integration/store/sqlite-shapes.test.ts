import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { anIntent, aRoomRow } from "../../support/a-row.ts";
import { changeRows } from "../../support/damage.ts";
import { rejection } from "../../support/rejection.ts";

describe("a SQLite store with a row of another shape", () => {
  let folder: string;
  let file: string;
  let said: string[];
  const open = (): Promise<Store> =>
    openSqliteStore({
      path: folder,
      nowMs: () => Date.UTC(2026, 0, 1),
      onDamage: (error) => said.push(`${error.code} ${error.message}`),
    });
  const change = (sql: string) => changeRows(file, sql);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-shapes-"));
    file = join(folder, "store.db");
    said = [];
    const store = await open();
    const rows = ["room-7", "room-8"].map((roomId) => aRoomRow({ roomId }));
    await store.write([
      ...rows.map((row) => ({ kind: "room" as const, row })),
      { kind: "intent", row: anIntent() },
    ]);
    await store.close();
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const cases: readonly { name: string; damage: () => void; found: RegExp }[] = [
    ...["null", "5", "[]", '"text"'].map((document) => ({
      name: `has a row that is ${document}`,
      damage: () => change(`UPDATE room SET document = '${document}' WHERE room_id = 'room-7'`),
      found: /a row of room is JSON of another shape \("room-7" is not an object\)/,
    })),
    {
      name: "has a room whose head is a number",
      damage: () =>
        change(
          "UPDATE room SET document = json_set(document, '$.head', 5) WHERE room_id = 'room-7'",
        ),
      found: /a row of room is JSON of another shape \(head of "room-7" is a number\)/,
    },
    {
      name: "has a room whose refused updates are a number",
      damage: () =>
        change(
          "UPDATE room SET document = json_set(document, '$.refusedUpdates', 5) WHERE room_id = 'room-7'",
        ),
      found: /a row of room is JSON of another shape \(refusedUpdates of "room-7" is a number\)/,
    },
    {
      name: "has a room under the id of another",
      damage: () =>
        change(
          "UPDATE room SET document = json_set(document, '$.roomId', 'x') WHERE room_id = 'room-7'",
        ),
      found: /a row of room is JSON of another shape \(roomId of "room-7" is "x"\)/,
    },
    {
      name: "has an intent that is a list",
      damage: () => change("UPDATE intent SET document = '[]'"),
      found: /a row of intent is JSON of another shape/,
    },
  ];
  for (const { name, damage, found } of cases) {
    it(`is set aside and observe-only when it ${name}`, async () => {
      damage();
      const store = await open();
      expect(await store.readRoomIds()).to.deep.equal([]);
      expect((await store.readObserveOnly())?.message).to.match(found);
      await store.close();
    });
  }

  it("is found while it is open where a room is JSON of another shape, which is named", async () => {
    const store = await open();
    change("UPDATE room SET document = json_set(document, '$.head', 5) WHERE room_id = 'room-7'");
    for (const read of [store.readRoom("room-7"), store.readRooms()])
      expect(await rejection(read)).to.include({ name: "OperatorError", code: "StoreDamaged" });
    expect((await store.readRoom("room-8"))?.roomId).to.equal("room-8");
    expect(said.join()).to.contain('head of "room-7" is a number');
    await store.close();
  });
});
