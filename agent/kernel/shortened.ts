import { isUnsafe, quoted } from "./quoted.ts";

/** What a message shows of a text, of one name in a list, and how many names; ids are rarely longer. */
const TEXT_CHARACTERS = 200;
const NAME_CHARACTERS = 100;
const NAMES = 10;

/**
 * The first `max` characters of a text, then `…` and how many UTF-16 code units it has. Cuts between characters, never
 * inside one. Costs the same however long the text is. Escapes nothing: see `legible` for text that people read.
 */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  // A character has at most two code units: what comes after these cannot be among the first `max` characters.
  const characters = Array.from(text.slice(0, max * 2 + 1));
  if (characters.length <= max) return text;
  return `${characters.slice(0, max).join("")}… (${text.length} characters)`;
}

/**
 * Text from outside for one line that people read: as it is, or as a JSON string where it is empty or holds a character
 * that could break or disguise the line. Shortened to `max` characters, 200 if absent.
 */
export function legible(text: string, max: number = TEXT_CHARACTERS): string {
  const cut = shortened(text, max);
  return cut === "" || isUnsafe(cut) ? quoted(cut) : cut;
}

export interface ListOptions {
  /** How many names are shown; 10 if absent. */
  readonly max?: number;
  /** How many characters of each name are shown; 100 if absent. */
  readonly each?: number;
  /** How many names there are, where `names` holds only the first of them. */
  readonly total?: number;
  /** `, ` if absent. */
  readonly separator?: string;
}

/** Enough of a list to act on: `a, b, c, … (12 in all)`, each name `legible`. Bounded whatever the names are. */
export function listed(names: readonly string[], options: ListOptions = {}): string {
  const { max = NAMES, each = NAME_CHARACTERS, total = names.length, separator = ", " } = options;
  const shown = names.slice(0, max).map((name) => legible(name, each));
  const rest = total > shown.length ? [`… (${total} in all)`] : [];
  return [...shown, ...rest].join(separator);
}
