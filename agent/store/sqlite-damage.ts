import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { toIso } from "../kernel/clock.ts";
import { statOf, syncFolderOf } from "./sqlite-files.ts";

/** What was found, and when. */
export interface Damage {
  /** ISO time. */
  readonly since: string;
  readonly message: string;
}

const markSchema = z.object({
  since: z.iso.datetime(),
  message: z.string(),
  /** Distinguishes the damaged file from a backup put in its place; null: it was not there. */
  identity: z.string().nullable(),
});

/**
 * Notes next to the store, durably, that it is damaged: not every damage shows at the next start again, and a start that dies
 * while it sets the store aside must not take what is left for a first install. The first note stands.
 */
export function markDamaged(file: string, damage: Damage): void {
  const mark = markOf(file);
  if (statOf(mark) !== null) return;
  const aside = `${mark}.new`;
  const text = JSON.stringify({ ...damage, identity: identityOf(file) });
  writeFileSync(aside, `${text}\n`, { mode: 0o600, flush: true });
  renameSync(aside, mark);
  syncFolderOf(file);
}

/** What is noted of this very file; null when nothing is. A note about another file is removed. */
export function readDamage(file: string): Damage | null {
  const noted = notedDamage(file);
  if (noted === null) forgetDamage(file);
  return noted;
}

/** The same, and changes nothing. */
export function notedDamage(file: string): Damage | null {
  const mark = markOf(file);
  const stat = statOf(mark);
  if (stat === null) return null;
  const { since, message, identity } = parseMark(mark) ?? {
    since: toIso(stat.mtimeMs),
    message: "its mark cannot be read",
    identity: null,
  };
  const now = identityOf(file);
  return identity === null || now === null || identity === now ? { since, message } : null;
}

export function forgetDamage(file: string): void {
  rmSync(markOf(file), { force: true });
}

/**
 * Renames the store and its log, whole, to `store.db.damaged-<time>`, and says where it is now. Nothing is ever deleted. After
 * a crash it continues where it was.
 */
export function setAside(file: string, since: string): string {
  const aside = freeName(`${file}.damaged-${since.replaceAll(/[-:]/g, "")}`);
  for (const part of ["-wal", "-shm", ""]) {
    if (statOf(`${file}${part}`) !== null) renameSync(`${file}${part}`, `${aside}${part}`);
  }
  syncFolderOf(file);
  return aside;
}

/** A name that no file has yet. */
function freeName(wanted: string): string {
  let name = wanted;
  for (let n = 2; statOf(name) !== null; n += 1) name = `${wanted}-${n}`;
  return name;
}

function markOf(file: string): string {
  return `${file}.damage.json`;
}

function parseMark(mark: string): z.infer<typeof markSchema> | null {
  try {
    return markSchema.parse(JSON.parse(readFileSync(mark, "utf8")));
  } catch {
    // A mark that cannot be read still says that there is one.
    return null;
  }
}

function identityOf(file: string): string | null {
  const stat = statOf(file);
  return stat === null ? null : `${stat.ino}/${stat.birthtimeMs}`;
}
