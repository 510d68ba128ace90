import { NOT_READ } from "../room/dry-run-text.ts";
import type { CommitRange } from "../source/spec-source.ts";
import { newestHold } from "./commit-intents.ts";
import { commitWords, type MergedCommits } from "./commit-words.ts";
import { isLabelled, withLabels, type PullRequestLabels } from "./label-words.ts";
import type { IgnoredIntent } from "./ignored-lines.ts";

/**
 * Why every room that a fetch changes is held as a dry run where the commits behind its head could not be read: one of
 * them asks for a dry run, or may ask for one. Null: none does. What the head says is read as ever.
 */
export function unreadHold(
  { said, commits }: Pick<CommitRange, "said" | "commits">,
  merged: MergedCommits,
  pulls: readonly PullRequestLabels[] = [],
): IgnoredIntent | null {
  const head = commits.at(-1);
  if (said === undefined || head === undefined) return null;
  if (said === null) return { commit: head.oid, line: NOT_READ, reason: MESSAGES_NOT_READ };
  const range = { history: "rewritten", commits: said } as const;
  const words = withLabels(commitWords(range, merged, isLabelled(pulls)), pulls);
  return newestHold(
    words.filter(({ record }) => record.oid !== head.oid),
    CHANGES_NOT_READ,
  );
}

const CHANGES_NOT_READ =
  "CommitsNotRead: what the commits since the last sync change is too much to be read, so every room that they change is held: " +
  "name the room in `Confirm:` of a new commit to carry it out";

const MESSAGES_NOT_READ =
  "CommitsNotRead: the messages of the commits since the last sync are too much to be read and may ask for a dry run, " +
  "so every room that they change is held: name the room in `Confirm:` of a new commit to carry it out";
