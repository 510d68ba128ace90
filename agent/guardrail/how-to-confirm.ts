import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";

/** Items for a message: the first ten, then how many there are. */
export function listItems(items: readonly Item[]): string {
  return listed(items);
}

/** How a person allows what waits in a room. */
export interface ConfirmWays {
  /** False: no commit speaks for the room. */
  readonly byCommit: boolean;
  /** How to say no, a sentence; null: none. */
  readonly reject?: string | null;
  /** Of the commit. */
  readonly subject?: string;
}

/** By a commit, where there are any, and by a request. */
export function howToConfirm(
  roomId: string,
  { byCommit, reject = null, subject = "Confirm removals" }: ConfirmWays,
): string {
  if (!byCommit) {
    const no = reject === null ? "" : ` ${reject}`;
    return `Confirm: ${confirmRequest(roomId)}.${no}`;
  }
  const lines = [
    `Confirm: \`git commit --allow-empty -m "${subject}" -m "Confirm: ${roomId}" && git push\`.`,
    ...(reject === null ? [] : [reject]),
    `Without git: ${confirmRequest(roomId)}.`,
  ];
  return lines.join(" ");
}

/** The request that allows what waits in a room. */
export function confirmRequest(roomId: string): string {
  return `\`POST /apply\` with \`{"roomId":${JSON.stringify(roomId)}}\` and the header \`X-Confirm: true\``;
}
