import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";

/** Items for a message: the first ten, then how many there are. */
export function listItems(items: readonly Item[]): string {
  return listed(items);
}

/** How a person allows removals that are being refused, by request and by commit. */
export function howToConfirm(roomId: string): string {
  return (
    `To allow it, send POST /apply with {"roomId":"${roomId}"} and the header X-Confirm: true,` +
    ` or push a commit with the trailer \`Confirm: ${roomId}\`.`
  );
}
