import type { FileRow } from "../room/rows.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { observedAt } from "./intake-rows.ts";
import type { SourceIndex } from "./source-index.ts";

export interface IgnoredGiven {
  readonly source: string;
  readonly index: SourceIndex;
  /** By path, why a file of the snapshot must not be read. */
  readonly ignored: ReadonlyMap<string, string>;
  /** Paths of all files of the snapshot, ignored or not. */
  readonly present: ReadonlySet<string>;
  readonly revision: string;
}

/** Has the form of an id in git and is none. */
const NOT_READ = "x".repeat(40);

/**
 * The rows to be written because a file must not be read any more, for another reason than before, or may be read again. What
 * was read of the file before stays in its row, so that it is known when it may be read again.
 */
export async function ignoredRows(
  given: IgnoredGiven,
  { store, owners }: Pick<IntakeDeps, "store" | "owners">,
): Promise<readonly FileRow[]> {
  const { source, index, ignored, present, revision } = given;
  const rows: FileRow[] = [];
  if (ignored.size === 0 && index.ignored === 0) return rows;
  for (const { path, ignoredBy } of index.files()) {
    const by = ignored.get(path) ?? null;
    if (by === ignoredBy || !present.has(path)) continue;
    const row = await store.readFile(source, path);
    if (row === null) continue;
    const { ignoredBy: _, ...read } = observedAt(row, revision);
    rows.push(by === null ? read : { ...row, ignoredBy: by });
  }
  for (const [path, by] of ignored) {
    const roomId = index.get(path) === undefined ? owners.ownedBy(source, path) : null;
    if (roomId !== null) rows.push({ ...unread(source, path), roomId, ignoredBy: by });
  }
  return rows;
}

/** By path, why files on record must not be read. */
export function ignoredOf(index: SourceIndex): ReadonlyMap<string, string> {
  const ignored = new Map<string, string>();
  if (index.ignored === 0) return ignored;
  for (const { path, ignoredBy } of index.files())
    if (ignoredBy !== null) ignored.set(path, ignoredBy);
  return ignored;
}

function unread(source: string, path: string): Omit<FileRow, "roomId"> {
  return { source, path, oid: NOT_READ, valid: false, errors: [], warnings: [], inputs: null };
}
