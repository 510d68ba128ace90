import { expect } from "chai";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS, migrate, readSchema } from "../../../agent/store/sqlite-migrations.ts";
import type { Migration } from "../../../agent/store/sqlite-migrations.ts";

const tablesOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row.name);

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
      "file",
      "history",
      "intent",
      "room",
      "seed",
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
