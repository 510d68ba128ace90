/** Controls, formatting and unassigned characters, lone surrogates, line and paragraph separators. */
const CONTROLS = String.raw`\p{C}\p{Zl}\p{Zp}`;

/** Nothing is seen of these, though they are no controls; U+FE0F only makes a picture of the character before. */
const INVISIBLE = String.raw`[\p{Default_Ignorable_Code_Point}--\uFE0F]\u2800`;

/** All blanks but the one that every keyboard has. U+3000 is wide, and part of names in some scripts. */
const ODD_BLANKS = String.raw`[\p{Zs}--[\x20\u3000]]`;

const UNSAFE = new RegExp(`[${CONTROLS}${INVISIBLE}${ODD_BLANKS}]`, "v");
const ESCAPED = new RegExp(`[${CONTROLS}${INVISIBLE}${ODD_BLANKS}\\u3000]`, "gv");

/** True when a text holds a character that could break or disguise the line it is shown in. */
export function isUnsafe(text: string): boolean {
  return UNSAFE.test(text);
}

/**
 * Text from outside for a message, as a JSON string: safe in a line, a log and a terminal, whatever it holds. JSON alone
 * leaves some control characters as they are, and invisible characters.
 */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, escape);
}

/** Text without quotes for a line of its own, such as a path: what `quoted` escapes is escaped. */
export function escaped(text: string): string {
  return text.replace(ESCAPED, escape);
}

/**
 * JSON for people and programs alike: every character that could disguise what is shown is written as an escape, which a
 * program reads as the same character. Line breaks between values stay.
 */
export function legibleJson(json: string): string {
  if (!/[^\x20-\x7e\n]/.test(json)) return json;
  return json.replace(ESCAPED, (character) => (character === "\n" ? character : escape(character)));
}

function escape(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");
}
