import { listed } from "../kernel/shortened.ts";
import type { CommitWords } from "./commit-words.ts";
import type { Trailer } from "./trailers.ts";

/** Rooms that a message names as waiting for a confirmation. */
const SHOWN = 3;

/** Whether a commit says `Confirm: true` and changes no file: then it confirms nothing. */
export function confirmsNothing({ confirm, record }: CommitWords): boolean {
  return confirm === "all" && record.changesNoFile === true;
}

/** Why `true` does not count in a commit that changes no file, and what to write; `awaitingConfirm`: rooms that may be meant. */
export function changesNoFile(
  { stands }: Pick<CommitWords, "stands">,
  given: { readonly kind: Trailer["kind"]; readonly awaitingConfirm: readonly string[] },
): string {
  const { kind, awaitingConfirm } = given;
  const key = kind === "confirm" ? "Confirm" : "Dry-Run";
  const where =
    stands === "merged" ? "the merge commit or a new commit on the branch" : "a new commit";
  const what = `the commit changes no file, so \`${key}: true\` names no room: write \`${key}: <room id>\` in ${where}`;
  if (kind === "dryRun" || awaitingConfirm.length === 0) return what;
  return `${what}. Waiting for a confirmation: ${listed(awaitingConfirm, { max: SHOWN })}`;
}
