import { expect } from "chai";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../../../agent/store/sqlite-migrations.ts";
import { migrate, readSchema } from "../../../agent/store/sqlite-schema.ts";
import type { Room } from "../../../agent/room/room.ts";
import type { SourceRow } from "../../../agent/room/rows.ts";
import type { Migration } from "../../../agent/store/sqlite-migrations.ts";

const tablesOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row.name);

/** The steps before the one of this name. */
function before(name: string): readonly Migration[] {
  const at = MIGRATIONS.findIndex((step) => step.name === name);
  if (at < 0) throw new Error(`no step ${name}`);
  return MIGRATIONS.slice(0, at);
}

describe("migrations", () => {
  let database: DatabaseSync;
  const next: Migration = (each) => each.exec("CREATE TABLE later (a TEXT) STRICT");
  const add: Migration = (each) => each.exec("ALTER TABLE source ADD COLUMN note TEXT");

  beforeEach(() => {
    database = new DatabaseSync(":memory:");
  });

  afterEach(() => database.close());

  it("bring an empty database to the newest schema", () => {
    expect(readSchema(database)).to.deep.equal({ version: 0, applicationId: 0 });
    migrate(database, "store.db");
    expect(readSchema(database)).to.deep.equal({
      version: MIGRATIONS.length,
      applicationId: 0x726f6f6d,
    });
    expect(tablesOf(database)).to.deep.equal([
      "audit",
      "blob_ref",
      "confirmation",
      "document",
      "file",
      "history",
      "intent",
      "observe_only",
      "observe_only_released",
      "plan_epoch",
      "room",
      "seed",
      "seed_part",
      "source",
      "spec",
    ]);
  });

  it("run only the steps that are missing, in order, and keep the rows", () => {
    migrate(database, "store.db");
    database.exec("INSERT INTO source (name, document) VALUES ('main', '{}')");
    const fill: Migration = (each) => each.exec("UPDATE source SET note = 'filled in'");
    migrate(database, "store.db", [...MIGRATIONS, add, fill]);
    expect(readSchema(database).version).to.equal(MIGRATIONS.length + 2);
    const row = database.prepare("SELECT name, note FROM source").get();
    expect({ ...row }).to.deep.equal({ name: "main", note: "filled in" });
  });

  it("give rows of an older agent the members they lack", () => {
    migrate(database, "store.db", MIGRATIONS.slice(0, 1));
    const applied = '{"roomId":"b","appliedVersion":{"specVersion":2,"specDigest":"x"}}';
    const told = '{"specOid":"oid-1","specDigest":"digest-1","specVersion":7}';
    database.exec(`
      INSERT INTO source (name, document) VALUES ('main', '{"name":"main"}');
      INSERT INTO room (room_id, document)
        VALUES ('a', '{"roomId":"a","appliedVersion":null}'), ('b', '${applied}');
      INSERT INTO history (room_id, inputs_digest, revision, outcome, time_ms, document)
        VALUES ('a', 'i', 'r', 'verified', 0, '${told}')`);
    migrate(database, "store.db");
    const documents = (table: string): unknown[] =>
      database
        .prepare(`SELECT document FROM ${table}`)
        .all()
        .map((row) => JSON.parse(String(row.document)) as unknown);
    expect(documents("source")[0]).to.include({ name: "main", lineage: null });
    const [a, b] = documents("room") as Room[];
    expect(a).to.include({ appliedVersion: null, lineage: null, suspicion: null });
    expect(a?.reasonsSince).to.deep.equal({});
    expect(b?.appliedVersion).to.deep.equal({ specVersion: 2, specDigest: "x", lineage: null });
    const found = database.prepare("SELECT spec_oid, spec_digest, spec_version FROM history").get();
    expect({ ...found }).to.deep.equal({
      spec_oid: "oid-1",
      spec_digest: "digest-1",
      spec_version: 7,
    });
  });

  it("fill in what rooms and intents gained with rollbacks, and keep the rest", () => {
    migrate(database, "store.db", MIGRATIONS.slice(0, 1));
    database.exec(`
      INSERT INTO room (room_id, document) VALUES ('room-a', '{"roomId":"room-a","head":{"digest":"d"}}');
      INSERT INTO intent (id, room_id, state, created_ms, document)
        VALUES ('i-1', 'room-a', 'open', 1, '{"id":"i-1"}');
    `);
    migrate(database, "store.db");
    const documentOf = (table: string) =>
      JSON.parse(String(database.prepare(`SELECT document FROM ${table}`).get()?.["document"]));
    expect(documentOf("room")).to.deep.include({
      roomId: "room-a",
      head: { digest: "d" },
      enforcedBefore: null,
      quarantine: null,
    });
    expect(documentOf("intent")).to.deep.equal({ id: "i-1", phase: "APPLY" });
  });

  it("give each room all members, and keep what a posted spec stands in for", () => {
    migrate(database, "store.db", before("wholeRooms"));
    const rows = {
      a: {},
      b: { overriddenFile: null, rehearsals: [{ commit: "c", oid: "o" }], confirmedRequests: 3 },
      c: { overriddenFile: { digest: "d", specOid: "o" } },
    };
    const add = database.prepare("INSERT INTO room (room_id, document) VALUES (?, ?)");
    for (const [roomId, row] of Object.entries(rows))
      add.run(roomId, JSON.stringify({ roomId, ...row }));
    migrate(database, "store.db");
    const [a, b, c] = database
      .prepare("SELECT document FROM room ORDER BY room_id")
      .all()
      .map((row) => JSON.parse(String(row["document"])) as Room);
    const fresh = { lostOwner: null, dryRunLeft: null, rehearsals: [], contest: null };
    expect(a).to.deep.include({ ...fresh, version: 1, confirmedRequests: 0, overriddenFile: null });
    expect(b).to.deep.include({ ...rows.b, overriddenFile: "unusable", dryRunLeft: null });
    expect(c).to.deep.include({ ...fresh, ...rows.c });
  });

  it("know where ended dry runs may have been dropped", () => {
    migrate(database, "store.db", before("forgottenRehearsals"));
    const of = (count: number) => Array.from({ length: count }, (_, at) => ({ oid: `${at}` }));
    const add = database.prepare("INSERT INTO room (room_id, document) VALUES (?, ?)");
    for (const count of [0, 9, 10])
      add.run(`room-${count}`, JSON.stringify({ rehearsals: of(count) }));
    migrate(database, "store.db");
    const rows = database.prepare("SELECT document FROM room").all();
    const known = rows.map((row) => JSON.parse(String(row["document"])) as Room);
    expect(known.map(({ rehearsals }) => rehearsals.length)).to.have.members([0, 9, 10]);
    for (const { rehearsals, rehearsalsForgotten } of known)
      expect(rehearsalsForgotten).to.equal(rehearsals.length === 10);
  });

  it("give used confirmations a time that no new commit is older than", () => {
    migrate(database, "store.db", before("confirmTimes"));
    const lists = { few: ["c1", "c2"], full: Array.from({ length: 512 }, (_, at) => `c${at}`) };
    const add = database.prepare("INSERT INTO source (name, document) VALUES (?, ?)");
    for (const [name, usedConfirms] of Object.entries(lists))
      add.run(name, JSON.stringify({ name, usedConfirms }));
    const since = Date.now();
    migrate(database, "store.db");
    const [few, full] = database
      .prepare("SELECT document FROM source ORDER BY name")
      .all()
      .map((row) => (JSON.parse(String(row["document"])) as SourceRow).usedConfirms);
    expect(few?.known.map(({ commit }) => commit)).to.deep.equal(lists.few);
    expect(few?.known[0]?.atMs).to.be.within(since - 1000, Date.now());
    expect(few?.forgottenMs).to.equal(null);
    expect(full?.known).to.have.length(512);
    expect(full?.forgottenMs).to.be.within(since - 1000, Date.now());
  });

  it("keep the intents that are open, and no others", () => {
    migrate(database, "store.db", before("openIntents"));
    const add = database.prepare(
      "INSERT INTO intent (id, room_id, state, created_ms, document) VALUES (?, 'a', ?, 1, '{}')",
    );
    for (const state of ["open", "done", "unknown"]) add.run(`i-${state}`, state);
    migrate(database, "store.db");
    const left = database.prepare("SELECT id FROM intent").all();
    expect(left.map(({ id }) => id)).to.deep.equal(["i-open"]);
  });

  it("change nothing when there is nothing to do", () => {
    migrate(database, "store.db");
    const before = database.prepare("SELECT total_changes() AS n").get();
    migrate(database, "store.db");
    expect(database.prepare("SELECT total_changes() AS n").get()).to.deep.equal(before);
  });

  it("leave a step that fails undone, keep those before it, and can be tried again", () => {
    const fails: Migration = (each) => {
      each.exec("CREATE TABLE half (a)");
      each.exec("SELECT * FROM nowhere");
    };
    const steps = [...MIGRATIONS, next];
    expect(() => migrate(database, "store.db", [...steps, fails])).to.throw("nowhere");
    expect(readSchema(database).version).to.equal(steps.length);
    expect(tablesOf(database)).to.include("later").and.not.include("half");
    migrate(database, "store.db", [...steps, add]);
    expect(readSchema(database).version).to.equal(steps.length + 1);
  });

  it("refuse what a newer agent wrote", () => {
    migrate(database, "store.db", [...MIGRATIONS, next]);
    expect(() => migrate(database, "store.db"))
      .to.throw(`knows up to ${MIGRATIONS.length}`)
      .with.property("code", "StoreTooNew");
  });

  it("refuse what belongs to another program", () => {
    database.exec("PRAGMA user_version = 1");
    expect(() => migrate(database, "store.db"))
      .to.throw("another program")
      .with.property("code", "StoreUnavailable");
  });
});
