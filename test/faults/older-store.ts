import { renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../../agent/store/sqlite-migrations.ts";
import { tableRows } from "../../agent/store/sqlite-rows.ts";
import { migrate } from "../../agent/store/sqlite-schema.ts";
import { SPEC_COLUMNS, specOf, specTextOf } from "../../agent/store/sqlite-specs.ts";

/** Puts the same rows into a store of the first schema, as the agents of then wrote them: whole, each record of the audit by itself. */
export function makeOlder(file: string): void {
  const aside = `${file}.older`;
  const database = new DatabaseSync(aside);
  try {
    migrate(database, aside, MIGRATIONS.slice(0, 1));
    database.prepare("ATTACH ? AS newer").run(file);
    copyRows(database);
    writeWhole(database, aside);
    writeAudit(database, aside);
    writeSpecs(database, aside);
  } finally {
    database.close();
  }
  renameSync(aside, file);
}

function copyRows(database: DatabaseSync): void {
  const tables = database
    .prepare(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  for (const { name } of tables) {
    const columns = database
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(String(name))
      .map((column) => String(column["name"]))
      .join(", ");
    database.exec(
      `INSERT INTO main.${String(name)} (${columns}) SELECT ${columns} FROM newer.${String(name)}`,
    );
  }
}

/** Gives documents the members that today's agent leaves out of them. */
function writeWhole(database: DatabaseSync, file: string): void {
  const tables = tableRows(file);
  const rooms = database.prepare("UPDATE main.room SET document = ? WHERE room_id = ?");
  for (const row of database.prepare(tables.rooms.select).all()) {
    for (const room of tables.rooms.read(row)) rooms.run(JSON.stringify(room), room.roomId);
  }
  const files = database.prepare("UPDATE main.file SET document = ? WHERE source = ? AND path = ?");
  for (const row of database.prepare(tables.files.select).all()) {
    for (const one of tables.files.read(row)) files.run(JSON.stringify(one), one.source, one.path);
  }
  const history = database.prepare(
    `UPDATE main.history SET document = ?
     WHERE room_id = ? AND inputs_digest = ? AND revision = ? AND outcome = ?`,
  );
  for (const row of database.prepare(tables.history.select).all()) {
    for (const one of tables.history.read(row)) {
      const { roomId, inputsDigest, revision, outcome } = one;
      history.run(JSON.stringify(one), roomId, inputsDigest, revision, outcome);
    }
  }
}

function writeAudit(database: DatabaseSync, file: string): void {
  const { audit } = tableRows(file);
  database.exec("DELETE FROM main.audit");
  const add = database.prepare(
    "INSERT INTO main.audit (time_ms, correlation_id, room_id, document) VALUES (?, ?, ?, ?)",
  );
  const rows = database.prepare("SELECT * FROM newer.audit ORDER BY seq").all();
  for (const row of rows) {
    for (const record of audit.read(row).toReversed()) {
      add.run(
        Number(row["time_ms"]),
        record.correlationId,
        row["room_id"] ?? null,
        JSON.stringify(record),
      );
    }
  }
}

function writeSpecs(database: DatabaseSync, file: string): void {
  const write = database.prepare("UPDATE main.spec SET document = ?, bytes = ? WHERE oid = ?");
  for (const row of database.prepare(`SELECT oid, ${SPEC_COLUMNS} FROM newer.spec`).all()) {
    write.run(JSON.stringify(specOf(file, row)), specTextOf(file, row), String(row["oid"]));
  }
}
