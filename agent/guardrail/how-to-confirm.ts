import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";

/** Items for a message: the first ten, then how many there are. */
export function listItems(items: readonly Item[]): string {
  return listed(items);
}

/** How a person allows what waits in a room: by a commit, and by a request. `reject`: how to say no, a sentence; null: none. */
export function howToConfirm(roomId: string, reject: string | null = null): string {
  const lines = [
    `Confirm: \`git commit --allow-empty -m "Confirm removals" -m "Confirm: ${roomId}" && git push\`.`,
    ...(reject === null ? [] : [reject]),
    `Without git: ${confirmRequest(roomId)}.`,
  ];
  return lines.join(" ");
}

/** The request that allows what waits in a room. */
export function confirmRequest(roomId: string): string {
  return `\`POST /apply\` with \`{"roomId":${JSON.stringify(roomId)}}\` and the header \`X-Confirm: true\``;
}
