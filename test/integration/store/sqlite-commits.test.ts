import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTick } from "node:timers/promises";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { StoreWrite } from "../../../agent/store/open-store.ts";
import type { Store, StoreChange } from "../../../agent/store/store.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import {
  aFileRow,
  anAuditRecord,
  anInput,
  anIntent,
  aRoomRow,
  aSourceRow,
} from "../../support/a-row.ts";
import { rejection } from "../../support/rejection.ts";
import { mountTmpfs, type Tmpfs } from "../../support/tmpfs.ts";
import { walCommits } from "./wal-commits.ts";

const room = (roomId: string): StoreChange => ({ kind: "room", row: aRoomRow({ roomId }) });
const rooms = (count: number, name = "room"): StoreChange[] =>
  Array.from({ length: count }, (_, index) => room(`${name}-${index}`));

describe("commits of a SQLite store", () => {
  let folder: string;
  let store: Store;
  const commits = () => walCommits(join(folder, "store.db-wal"));

  /** How many rooms were there, turn by turn of the event loop, until all was written. */
  const countsWhile = async (writing: Promise<unknown>) => {
    const seen = new Set<number>();
    const ended = writing.then(() => "ended");
    do seen.add((await store.readRoomIds()).length);
    while ((await Promise.race([ended, nextTick()])) !== "ended");
    return [...seen.add((await store.readRoomIds()).length)];
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-commits-"));
    store = await openSqliteStore({ path: folder, nowMs: () => 0 });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are shared by the batches of one tick", async () => {
    await Promise.all(rooms(100).map((change) => store.write([change])));
    expect(commits()).to.equal(1);
    await store.write([room("room-later")]);
    expect(commits()).to.equal(2);
  });

  it("are shared also with a batch that fails", async () => {
    const bad: StoreChange = { kind: "confirmationUsed", id: "nobody", items: [] };
    await Promise.allSettled([...rooms(10), bad].map((change) => store.write([change])));
    expect(commits()).to.equal(1);
    expect(await store.readRoomIds()).to.have.length(10);
  });

  it("hold at most 200 rows unless one batch is larger", async () => {
    const sizes = [150, 50, 1, 199, 500, 1, 1];
    await Promise.all(sizes.map((size, index) => store.write(rooms(size, `room-${index}`))));
    // [150, 50] [1, 199] [500] [1, 1]
    expect(commits()).to.equal(4);
  });

  it("count blobs as many rows, and hold one large seed", async () => {
    const batches = ([...sizes]: number[]) =>
      sizes.map((mib, at): StoreChange[] => {
        const oid = `${mib}-${at}`;
        const bytes = new Uint8Array(mib * 1024 * 1024);
        return [room(oid), { kind: "seed", oid, bytes }];
      });
    const write = (sizes: number[]) => Promise.all(batches(sizes).map((each) => store.write(each)));
    expect(await countsWhile(write(Array<number>(13).fill(1)))).to.deep.equal([0, 11, 13]);
    expect(await countsWhile(write([4, 4, 2, 4]))).to.deep.equal([13, 14, 15, 16, 17]);
  });

  it("let much else run while a large seed is written, and show nothing of its batch before", async () => {
    const seed: StoreChange = {
      kind: "seed",
      oid: "large",
      bytes: new Uint8Array(32 * 1024 * 1024).fill(7),
    };
    let isWritten = false;
    const writing = store.write([room("beside"), seed]).then(() => (isWritten = true));
    const later = store.write([room("later")]);
    let ticks = 0;
    for (; (await store.readRoom("beside")) === null; ticks += 1) {
      expect(await store.readRoom("later"), "in the order they came").to.equal(null);
      await nextTick();
    }
    expect(ticks).to.be.above(30);
    expect(isWritten, "it is durable only later").to.equal(false);
    await Promise.all([writing, later]);
    const read = await store.readSeed("large");
    expect(read?.length).to.equal(seed.bytes.length);
    expect(read !== null && Buffer.compare(read, seed.bytes) === 0).to.equal(true);
  });

  it("let other work run between the ticks", async () => {
    const writing = Promise.all(rooms(700).map((change) => store.write([change])));
    expect(await countsWhile(writing)).to.deep.equal([0, 200, 400, 600, 700]);
  });

  it("are left out when every row is already so", async () => {
    const row = aRoomRow({ head: anInput("1", ["seed-1"]) });
    const changes: StoreChange[] = [
      { kind: "source", row: aSourceRow() },
      { kind: "file", row: aFileRow({ inputs: anInput() }) },
      { kind: "spec", specOid: "spec-1", text: Uint8Array.of(1), spec: aRoomSpec() },
      { kind: "seed", oid: "seed-1", bytes: Uint8Array.of(1) },
    ];
    await store.write([{ kind: "room", row }, ...changes]);
    const before = commits();
    await store.write([{ kind: "room", row: { ...row, version: 1 } }, ...changes]);
    await store.write([]);
    await store.write([{ kind: "fileGone", source: "main", path: "nowhere" }]);
    expect(commits()).to.equal(before);
  });

  it("of a status do not write the room's blob references again", async () => {
    const inputs = anInput("1", ["seed-1"]);
    const reader = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
    const references = () =>
      reader.prepare("SELECT kind || '/' || oid AS blob FROM blob_ref ORDER BY 1").all();
    await store.write([{ kind: "room", row: aRoomRow({ head: inputs, enforced: inputs }) }]);
    expect(references().map((row) => row.blob)).to.deep.equal(["seed/seed-1", "spec/spec-1"]);
    await store.write([
      { kind: "room", row: aRoomRow({ version: 1, head: anInput("2"), enforced: inputs }) },
    ]);
    expect(references().map((row) => row.blob)).to.deep.equal([
      "seed/seed-1",
      "spec/spec-1",
      "spec/spec-2",
    ]);
    await store.write([{ kind: "room", row: aRoomRow({ version: 2 }) }]);
    expect(references()).to.deep.equal([]);
    reader.close();
  });

  it("of an intent's end leave nothing of it", async () => {
    await store.write([{ kind: "intent", row: anIntent() }]);
    await store.write([{ kind: "intentEnded", id: "intent-1", state: "failed" }]);
    await store.write([{ kind: "intentEnded", id: "intent-1", state: "done" }]);
    const reader = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
    expect(reader.prepare("SELECT id FROM intent").all()).to.deep.equal([]);
    reader.close();
  });

  it("and other work go on while many rows are read, and do not show in them", async () => {
    await store.write(rooms(1000));
    const reading = store.readRooms();
    const writing = store.write([room("room-late")]);
    let turns = 0;
    const ended = reading.then(() => "ended");
    while ((await Promise.race([ended, nextTick()])) !== "ended") turns += 1;
    expect(turns).to.be.at.least(2);
    expect(await reading).to.have.length(1000);
    await writing;
    expect(await store.readRoomIds()).to.include("room-late");
  });

  it("are told to whoever watches, with how they ended", async () => {
    const told: StoreWrite[] = [];
    const watched = await openSqliteStore({
      path: join(folder, "watched"),
      nowMs: () => 0,
      onWrite: (write) => told.push(write),
    });
    await watched.write([room("room-a")]);
    await watched.write([]);
    rmSync(join(folder, "watched"), { recursive: true });
    const error = await rejection(watched.write([room("room-b")]));
    await watched.close();
    expect(told.map(({ ok, message }) => ({ ok, message }))).to.deep.equal([
      { ok: true, message: "" },
      { ok: false, message: error.message },
    ]);
    expect(told.every((write) => write.durationMs > 0)).to.equal(true);
  });

  it("are refused while another program holds the file, and go on afterwards", async () => {
    const other = new DatabaseSync(join(folder, "store.db"));
    other.exec("BEGIN IMMEDIATE");
    const error = await rejection(store.write([room("room-a")]));
    expect(error).to.include({ code: "StoreUnavailable" });
    expect(error.message).to.contain("another program");
    other.close();
    await store.write([room("room-b")]);
    expect(await store.readRoomIds()).to.deep.equal(["room-b"]);
  });

  const losses: readonly { name: string; lose: () => void }[] = [
    { name: "removed", lose: () => rmSync(folder, { recursive: true }) },
    { name: "moved away", lose: () => renameSync(join(folder, "store.db"), join(folder, "x")) },
    {
      name: "replaced",
      lose: () => {
        renameSync(join(folder, "store.db"), join(folder, "x"));
        writeFileSync(join(folder, "store.db"), "");
      },
    },
  ];
  for (const { name, lose } of losses) {
    it(`are refused once the file is ${name}: nobody would find them again`, async () => {
      await store.write([room("room-a")]);
      lose();
      const error = await rejection(store.write([room("room-b")]));
      expect(error).to.include({ code: "StoreUnavailable" });
      expect(error.message).to.contain("restart");
    });
  }
});

describe("closing a SQLite store", () => {
  it("leaves one whole file behind, whatever is under way", async () => {
    const folder = mkdtempSync(join(tmpdir(), "room-operator-close-"));
    try {
      const store = await openSqliteStore({ path: folder, nowMs: () => 0 });
      await store.write(rooms(1000));
      const working = [store.readRooms(), store.readRooms(), store.readRooms(), store.sweep(0)];
      const writing = store.write(rooms(300, "late"));
      await store.close();
      expect(readdirSync(folder).sort()).to.deep.equal(["agent.lock", "store.db"]);
      await Promise.all([...working, writing]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a SQLite store on a full disk (needs leave to mount)", () => {
  let disk: Tmpfs | null;
  let store: Store;

  before(function () {
    disk = mountTmpfs(6_000_000);
    if (disk === null) this.skip();
  });

  after(async () => {
    try {
      await store?.close();
    } finally {
      disk?.unmount();
    }
  });

  it("rejects what does not fit, keeps the rest, and goes on when there is space", async () => {
    const folder = join(disk?.path ?? "", "data");
    store = await openSqliteStore({ path: folder, nowMs: () => 0 });
    await store.write([room("room-before")]);
    // The log of the large batch takes all that is free, and keeps it.
    const ballast = join(disk?.path ?? "", "ballast");
    writeFileSync(ballast, Buffer.alloc(1_000_000));

    const large: StoreChange = { kind: "seed", oid: "large", bytes: new Uint8Array(8_000_000) };
    const ends = await Promise.allSettled([
      store.write([room("room-with-large"), large]),
      store.write([room("room-beside")]),
    ]);
    expect(ends[0]).to.have.nested.property("reason.code", "StoreUnavailable");
    expect(ends[0]).to.have.nested.property("reason.message").that.contains("disk is full");
    expect(ends[1]?.status, "a small batch does not fail for a large one").to.equal("fulfilled");

    const filler = join(disk?.path ?? "", "filler");
    expect(() => writeFileSync(filler, Buffer.alloc(6_100_000))).to.throw("ENOSPC");
    // Nothing that could be packed.
    const noise = () => anAuditRecord({ action: randomBytes(5000).toString("base64") });
    const records = Array.from({ length: 200 }, noise);
    const batch = records.map((record): StoreChange => ({ kind: "audit", record }));
    let written = 0;
    // The log's own space may take some before the disk has to give more.
    const full = async () => {
      for (; written < 20; written += 1) await store.write(batch);
    };
    expect(await rejection(full())).to.include({ code: "StoreUnavailable" });
    const together = await Promise.allSettled([1, 2, 3].map(() => store.write(batch)));
    for (const end of together) {
      expect(end).to.have.nested.property("reason.code", "StoreUnavailable");
    }
    expect(await store.readRoomIds()).to.deep.equal(["room-before", "room-beside"]);
    expect(await store.readAudit({ count: 9999 })).to.have.length(written * batch.length);

    for (const file of [ballast, filler]) rmSync(file);
    await store.write([room("room-after"), { kind: "audit", record: anAuditRecord() }]);
    await store.close();
    store = await openSqliteStore({ path: folder, nowMs: () => 0 });
    expect(await store.readRoomIds()).to.deep.equal(["room-after", "room-before", "room-beside"]);
    expect(await store.readAudit({ count: 9999 })).to.have.length(written * batch.length + 1);
  });
});
