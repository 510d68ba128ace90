import type { SourceRow } from "../room/rows.ts";

/** True for a commit that a source is at, or was at before. Old ones may be forgotten. */
export function isKnownCommit(
  { observedHead, trail, left }: Pick<SourceRow, "observedHead" | "trail" | "left">,
  commit: string,
): boolean {
  return (
    commit === observedHead || trail.includes(commit) || left.some(({ head }) => head === commit)
  );
}
