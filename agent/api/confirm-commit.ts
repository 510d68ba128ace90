import type { ConfirmCommit } from "../guardrail/how-to-confirm.ts";
import { isByCommit } from "../room/is-by-commit.ts";
import type { Room } from "../room/room.ts";
import type { SourceInfo } from "./source-view.ts";

/** What a commit needs to allow what waits in a room of this source (null: none is configured); null where no commit can. */
export function confirmCommit(
  room: Pick<Room, "owner" | "head">,
  source: SourceInfo | null,
): ConfirmCommit | null {
  if (!isByCommit(room)) return null;
  const ref = source?.ref ?? "";
  // No later commit is read.
  if (ref.startsWith("commit ")) return null;
  return {
    signed: source?.signedConfirms ?? false,
    branch: followedBranch(source),
    afterwards: ref.includes(" ")
      ? `Then tag that commit, so that the source follows it (${ref}).`
      : null,
  };
}

/** Null where a source follows no branch, or is not configured. */
export function followedBranch(source: Pick<SourceInfo, "ref"> | null): string | null {
  const { ref = null } = source ?? {};
  return ref === null || ref.includes(" ") ? null : ref;
}

/** How a change reaches a source that follows this ref; null: none is configured. */
export function pushTo(ref: string | null): string {
  if (ref === null) return "push it";
  if (ref.startsWith("commit ")) return "push it, then name the new commit in Ref.Commit";
  return ref.includes(" ")
    ? `push it with a tag that the source follows (${ref})`
    : `push it to ${ref}`;
}
