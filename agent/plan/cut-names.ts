import { shortened } from "../kernel/shortened.ts";

/** What a list of names shows of each: as much as a spec may hold. */
const NAME_CHARACTERS = 256;

/** So many entries of one list are shown where many rooms or records are shown together. */
export const SHOWN_ENTRIES = 50;

/** A name or an item as people see it. */
export function cutName(name: string): string {
  return shortened(name, NAME_CHARACTERS);
}

/** The first names of a list, each cut. */
export function cutNames(names: readonly string[], most: number = names.length): readonly string[] {
  return names.slice(0, most).map(cutName);
}

/** How many items a record of a confirmation lists; the confirmation itself holds all. */
const CONFIRMED_ITEMS = 200;

/** The items of a confirmation as the audit shows them. */
export function confirmedItems(items: readonly string[]): {
  readonly items: readonly string[];
  readonly itemCount: number;
} {
  return { items: cutNames(items, CONFIRMED_ITEMS), itemCount: items.length };
}
