import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";

/** Items for a message: the first ten, then how many there are. */
export function listItems(items: readonly Item[]): string {
  return listed(items);
}

/** What a commit needs to allow what waits in a room; null where no commit can. */
export interface ConfirmCommit {
  /** It counts only where one of certain keys signed it. */
  readonly signed: boolean;
  /** What its source follows; null: no branch. */
  readonly branch: string | null;
  /** What is done with it for the source to follow it, a sentence; null: a push is enough. */
  readonly afterwards: string | null;
}

/** How a person allows what waits in a room. */
export interface ConfirmWays {
  readonly commit: ConfirmCommit | null;
  /** How to say no, a sentence; null: none. */
  readonly reject?: string | null;
  /** Of the commit. */
  readonly subject?: string;
}

/** By a commit, where there are any, and by a request. */
export function howToConfirm(
  roomId: string,
  { commit, reject = null, subject = "Confirm removals" }: ConfirmWays,
): string {
  if (commit === null) {
    const no = reject === null ? "" : ` ${reject}`;
    return `Confirm: ${confirmRequest(roomId)}.${no}`;
  }
  const sign = commit.signed ? " -S" : "";
  const next = commit.afterwards === null ? "" : ` ${commit.afterwards}`;
  const lines = [
    `Confirm: \`git commit${sign} --allow-empty -m "${subject}" -m "Confirm: ${roomId}" && git push\`${onBranch(commit.branch)}.${next}`,
    ...(reject === null ? [] : [reject]),
    `Without git: ${confirmRequest(roomId)}.`,
  ];
  return lines.join(" ");
}

/** Where a command of git is run; empty where it is not known. */
export function onBranch(branch: string | null): string {
  return branch === null ? "" : ` on branch ${branch}`;
}

/** The request that allows what waits in a room. */
export function confirmRequest(roomId: string): string {
  return `\`POST /apply\` with \`{"roomId":${JSON.stringify(roomId)}}\` and the header \`X-Confirm: true\``;
}
