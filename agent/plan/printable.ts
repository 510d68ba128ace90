import { isUnsafe, quoted } from "../kernel/quoted.ts";

/**
 * Text from outside for one line that people read: as it is, or as a JSON string where it is empty or holds a character
 * that could break or disguise the line. Longer than `maxLength` (UTF-16 code units) it is cut and ends in `…`.
 */
export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return cut === "" || isUnsafe(cut) ? quoted(cut) : cut;
}
