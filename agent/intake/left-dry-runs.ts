import type { FileRow } from "../room/rows.ts";
import type { Store } from "../store/store.ts";

type DryRun = NonNullable<FileRow["asked"]>;

/**
 * The dry runs that sources which are not configured any more kept for files whose rooms they did not have: the same source may
 * have another name now. One that such a source does not keep for the very same file was carried out or confirmed since.
 */
export async function leftDryRuns(
  sources: readonly string[],
  store: Pick<Store, "readFiles">,
): Promise<ReadonlyMap<string, DryRun>> {
  const kept = new Map<string, DryRun>();
  const ended = new Set<string>();
  for (const source of sources) {
    for (const row of await store.readFiles(source)) {
      const asked = row.asked ?? null;
      if (asked === null) ended.add(sameFile(row));
      else kept.set(sameFile(row), asked);
    }
  }
  for (const file of ended) kept.delete(file);
  return kept;
}

/** The same for files with the same text at the same place. */
export function sameFile({ path, oid }: Pick<FileRow, "path" | "oid">): string {
  return `${oid} ${path}`;
}
