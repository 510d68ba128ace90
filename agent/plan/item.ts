/**
 * One thing in a room, as confirmations, refusals, inventories and audit name it: `entity/E-1`, `artifact/notes`,
 * `policy/dmVisibilityDefault`, `resource/search`.
 */
export type Item = `${ItemKind}/${string}`;

export type ItemKind = "entity" | "artifact" | "policy" | "resource";

export function toItem(kind: ItemKind, name: string): Item {
  return `${kind}/${name}`;
}

/** The kind of an item and its name (which may itself contain `/`). */
export function splitItem(item: Item): { kind: ItemKind; name: string } {
  const slash = item.indexOf("/");
  return { kind: item.slice(0, slash) as ItemKind, name: item.slice(slash + 1) };
}
