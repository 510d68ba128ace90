import type { ConfirmCommit } from "../guardrail/how-to-confirm.ts";
import { afterPush } from "../room/after-push.ts";
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
    afterwards: afterPush(ref),
  };
}

/** Null where a source follows no branch, or is not configured. */
export function followedBranch(source: Pick<SourceInfo, "ref"> | null): string | null {
  const { ref = null } = source ?? {};
  return ref === null || ref.includes(" ") ? null : ref;
}
