import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../../../agent/store/sqlite-migrations.ts";
import { migrate } from "../../../agent/store/sqlite-schema.ts";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { aFileRow, aHistoryRow, anAuditRecord, anInput, aRoomRow } from "../../support/a-row.ts";

const room = aRoomRow({ version: 2, head: anInput(), enforced: anInput(), verified: anInput() });
const file = aFileRow({ inputs: anInput() });
const told = aHistoryRow();
const records = [anAuditRecord({ action: "a" }), anAuditRecord({ action: "b" })];
const spec = aRoomSpec();
const text = Buffer.from("the text");

/** A store as agents wrote it that packed no rows. */
function fillOld(path: string): void {
  const database = new DatabaseSync(path);
  const steps = MIGRATIONS.slice(
    0,
    MIGRATIONS.findIndex(({ name }) => name === "packedRows"),
  );
  migrate(database, path, steps);
  const add = (sql: string, ...values: readonly (string | number | Uint8Array)[]) =>
    database.prepare(`INSERT INTO ${sql}`).run(...values);
  const json = JSON.stringify;
  const { roomId } = room;
  add("room VALUES (?, 'main', 'digest-1', 'digest-1', ?)", roomId, json(room));
  add("file VALUES (?, ?, ?)", file.source, file.path, json(file));
  const { inputsDigest, revision, outcome, time } = told;
  const key = "room_id, inputs_digest, revision, outcome, time_ms, document";
  const keys = [roomId, inputsDigest, revision, outcome, Date.parse(time), json(told)];
  add(`history (${key}) VALUES (?, ?, ?, ?, ?, ?)`, ...keys);
  for (const record of records) {
    const values = [Date.parse(record.timestamp), record.correlationId, roomId, json(record)];
    add("audit (time_ms, correlation_id, room_id, document) VALUES (?, ?, ?, ?)", ...values);
  }
  add("spec (oid, touched_ms, document, bytes) VALUES ('spec-1', 0, ?, ?)", json(spec), text);
  database.close();
}

describe("rows of an older agent", () => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "old-rows-"));
    fillOld(join(folder, "store.db"));
    store = await openSqliteStore({ path: folder, nowMs: () => 0 });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("read as they were written", async () => {
    expect(await store.readRoom(room.roomId)).to.deep.equal(room);
    expect(await store.readRooms()).to.deep.equal([room]);
    expect(await store.readFiles("main")).to.deep.equal([file]);
    expect(await store.readHistory(room.roomId)).to.deep.equal([told]);
    expect(await store.readAudit({ count: 9 })).to.deep.equal(records);
    expect(await store.readSpec("spec-1")).to.deep.equal(spec);
    expect(await store.readSpecText("spec-1")).to.deep.equal(new Uint8Array(text));
  });

  it("stand next to new ones, which replace them", async () => {
    const next = anAuditRecord({ action: "c" });
    await store.write([
      { kind: "room", row: { ...room, lastOutcome: "converged" } },
      { kind: "file", row: { ...file, valid: false } },
      { kind: "history", row: told },
      { kind: "audit", record: next },
      { kind: "spec", specOid: "spec-1", spec, text },
    ]);
    const after = { ...room, version: 3, lastOutcome: "converged" };
    expect(await store.readRoom(room.roomId)).to.deep.equal(after);
    expect(await store.readFile("main", file.path)).to.deep.equal({ ...file, valid: false });
    expect(await store.readHistory(room.roomId)).to.deep.equal([told]);
    expect(await store.readAudit({ count: 9 })).to.deep.equal([...records, next]);
    expect(await store.readAudit({ count: 2 })).to.deep.equal([records[1], next]);
  });
});
