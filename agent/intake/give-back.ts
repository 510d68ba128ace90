import type { FileRow } from "../room/rows.ts";
import { FILES_AT_ONCE, type SnapshotGiven } from "./settle-snapshot.ts";

/** Writes rows of files whose rooms belong to others, in small steps. */
export async function giveBack(
  rows: readonly FileRow[],
  { index, record, head }: Pick<SnapshotGiven, "index" | "record" | "head">,
): Promise<void> {
  for (let at = 0; at === 0 || at < rows.length; at += FILES_AT_ONCE) {
    const some = rows.slice(at, at + FILES_AT_ONCE);
    await record.beginTakingIn(
      head,
      some.map((row) => ({ kind: "file", row })),
    );
    for (const row of some) index.put(row);
  }
}
