import type { DatabaseSync } from "node:sqlite";
import { OperatorError } from "../kernel/errors.ts";
import { numberOf } from "./sqlite-document.ts";
import { storeUnavailable } from "./sqlite-errors.ts";
import { APPLICATION_ID, MIGRATIONS, type Migration } from "./sqlite-migrations.ts";

/** What a database says it is: `version` 0 has no schema yet. */
export function readSchema(database: DatabaseSync): {
  readonly version: number;
  readonly applicationId: number;
} {
  const pragma = (name: string) => numberOf(database.prepare(`PRAGMA ${name}`).get() ?? {}, name);
  return { version: pragma("user_version"), applicationId: pragma("application_id") };
}

/**
 * Refuses with `StoreTooNew` what a newer agent wrote, and with `StoreUnavailable` what is not a store of this program. Gives the
 * schema; 0 for a database without any.
 */
export function judgeSchema(
  database: DatabaseSync,
  file: string,
  migrations: readonly Migration[] = MIGRATIONS,
): number {
  const { version, applicationId } = readSchema(database);
  if (version > 0 && applicationId !== APPLICATION_ID) throw foreign(file);
  if (version === 0 && holdsTables(database)) throw foreign(file);
  if (version > migrations.length) {
    throw new OperatorError(
      "StoreTooNew",
      `store ${file} has schema ${version}, and this agent knows up to ${migrations.length}: start the newer agent that ` +
        `wrote it, or restore a backup from before`,
      { data: { file, found: version, known: migrations.length } },
    );
  }
  return version;
}

function foreign(file: string): OperatorError {
  return storeUnavailable(file, "it belongs to another program: choose another Store.Path");
}

function holdsTables(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
}

/** Brings a database to the newest schema, each step whole or not at all. What `judgeSchema` refuses is not changed. */
export function migrate(
  database: DatabaseSync,
  file: string,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  const version = judgeSchema(database, file, migrations);
  migrations.slice(version).forEach((migration, index) => {
    database.exec("BEGIN IMMEDIATE");
    try {
      migration(database);
      database.exec(`PRAGMA user_version = ${version + index + 1}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}
