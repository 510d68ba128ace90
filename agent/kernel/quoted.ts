/** Controls, formatting and unassigned characters, lone surrogates, line and paragraph separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** True when a text holds a character that could break or disguise the line it is shown in. */
export function isUnsafe(text: string): boolean {
  return UNSAFE.test(text);
}

/**
 * Text from outside for a message, as a JSON string: safe in a line, a log and a terminal, whatever it holds. JSON alone
 * leaves some control characters as they are.
 */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(new RegExp(UNSAFE, "gu"), escape);
}

function escape(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");
}
