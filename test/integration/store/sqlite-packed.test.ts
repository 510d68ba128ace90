import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import { packSpec } from "../../../agent/spec/pack-spec.ts";
import type { Store, StoreChange } from "../../../agent/store/store.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { anAuditRecord } from "../../support/a-row.ts";
import { rejection } from "../../support/rejection.ts";

describe("packed rows", () => {
  let folder: string;
  let store: Store;
  const inFile = <T>(use: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(join(folder, "store.db"));
    try {
      return use(database);
    } finally {
      database.close();
    }
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "packed-"));
    store = await openSqliteStore({ path: folder, nowMs: () => 0 });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const spec = aRoomSpec();
  for (const { bytes, isPacked } of [
    { bytes: 1, isPacked: false },
    { bytes: 3000, isPacked: true },
    { bytes: 200_000, isPacked: false },
  ]) {
    it(`give back a spec with a text of ${bytes} bytes`, async () => {
      const text = new Uint8Array(Buffer.from("ä\n".repeat(bytes)).subarray(0, bytes));
      await store.write([{ kind: "spec", specOid: "o", spec, text }]);
      expect(await store.readSpec("o")).to.deep.equal(spec);
      expect(await store.readSpecText("o")).to.deep.equal(text);
      const row = inFile((database) => database.prepare("SELECT packed FROM spec").get());
      expect(row?.["packed"] instanceof Uint8Array).to.equal(isPacked);
    });
  }

  it("keep a spec in the form in which it was packed already", async () => {
    const text = new Uint8Array(3000);
    const packed = packSpec({ ...spec, kind: "RoomSpec" }, new Uint8Array(2000));
    await store.write([{ kind: "spec", specOid: "o", spec, text, packed }]);
    expect(await store.readSpec("o")).to.deep.equal(spec);
    expect(await store.readSpecText("o")).to.deep.equal(new Uint8Array(2000));
  });

  it("keep a spec that is too small to be packed as it is", async () => {
    const text = new Uint8Array(1);
    await store.write([{ kind: "spec", specOid: "o", spec, text, packed: null }]);
    expect(await store.readSpec("o")).to.deep.equal(spec);
    expect(await store.readSpecText("o")).to.deep.equal(text);
  });

  for (const { words, isPacked } of [
    { words: 1, isPacked: false },
    { words: 300, isPacked: true },
    { words: 30_000, isPacked: false },
  ]) {
    it(`give back a batch of audit records with ${words} words each`, async () => {
      const metadata = { room: "a", detail: "a word ".repeat(words) };
      const records = ["1", "2", "3"].map((action) => anAuditRecord({ action, metadata }));
      await store.write(records.map((record): StoreChange => ({ kind: "audit", record })));
      expect(await store.readAudit({ count: 9 })).to.deep.equal(records);
      expect(await store.readAudit({ count: 2, roomId: "a" })).to.deep.equal(records.slice(1));
      expect(await store.readAudit({ count: 0 })).to.deep.equal([]);
      const rows = inFile((database) => database.prepare("SELECT records FROM audit").all());
      expect(rows.map(({ records: packed }) => packed !== null)).to.deep.equal([isPacked]);
    });
  }

  it("that cannot be unpacked show that the store is damaged", async () => {
    const text = new Uint8Array(3000);
    await store.write([{ kind: "spec", specOid: "o", spec, text }]);
    inFile((database) => database.exec("UPDATE spec SET packed = x'00112233'"));
    expect(await rejection(store.readSpec("o"))).to.include({ code: "StoreDamaged" });
  });
});
