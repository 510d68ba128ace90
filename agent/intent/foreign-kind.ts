import type { CommitWords } from "./commit-words.ts";
import type { IntentQuestion } from "./intent-question.ts";
import type { Trailer } from "./trailers.ts";

/**
 * What becomes of the name of a room of another source. `read`: it is not reported here, because that source reads the same commit and
 * reports what does not count, or because a `Dry-Run` is kept for the file that names the room.
 */
export function foreignKind(
  roomId: string,
  { kind, words }: { readonly kind: Trailer["kind"]; readonly words: Pick<CommitWords, "stands"> },
  { foreignName = () => "other" }: Pick<IntentQuestion, "foreignName">,
): "foreign" | "claimed" | "read" {
  const found = foreignName(roomId);
  const isKept = kind === "dryRun" && words.stands === "line";
  if (found === "claimed") return isKept ? "read" : "claimed";
  return found === "other" ? "foreign" : "read";
}
