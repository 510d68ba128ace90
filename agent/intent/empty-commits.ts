import { listed } from "../kernel/shortened.ts";
import type { CommitWords } from "./commit-words.ts";
import type { Trailer } from "./trailers.ts";

/** Rooms that a message names as waiting for a confirmation. */
const SHOWN = 3;

/**
 * What a commit does not change, so that `true` stands for no room; null: it may stand for some. `isAlone`: no other source
 * reads the repository, so that no other one may read what the commit changes.
 */
export function unchanged({ record, stands }: CommitWords, isAlone: boolean): string | null {
  if (record.changesNoFile === true) return "no file";
  const isRead = !isAlone || stands === "first" || record.touches.length > 0;
  return isRead ? null : "no spec and no seed";
}

/** Whether a commit says `Confirm: true` and changes nothing that a source reads: then it confirms nothing. */
export function confirmsNothing(words: CommitWords, isAlone: boolean): boolean {
  return words.confirm === "all" && unchanged(words, isAlone) !== null;
}

/** Why `true` does not count in a commit that changes no file, or none that is read, and what to write; `awaitingConfirm`: rooms that may be meant. */
export function changesNothing(
  { stands }: Pick<CommitWords, "stands">,
  given: {
    readonly kind: Trailer["kind"];
    readonly unchanged: string;
    readonly awaitingConfirm: readonly string[];
  },
): string {
  const { kind, awaitingConfirm } = given;
  const key = kind === "confirm" ? "Confirm" : "Dry-Run";
  const where =
    stands === "merged" ? "the merge commit or a new commit on the branch" : "a new commit";
  const what = `the commit changes ${given.unchanged}, so \`${key}: true\` names no room: write \`${key}: <room id>\` in ${where}`;
  if (kind === "dryRun" || awaitingConfirm.length === 0) return what;
  return `${what}. Waiting for a confirmation: ${listed(awaitingConfirm, { max: SHOWN })}`;
}
