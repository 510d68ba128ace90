// Control characters, and the two line separators that many readers take for a newline.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** The first control character of a text as `U+000A`, or null. */
export function controlCharacter(text: string): string | null {
  const found = CONTROL.exec(text)?.[0];
  return found === undefined ? null : codePoint(found);
}

export function codePoint(character: string): string {
  const value = character.codePointAt(0) ?? 0;
  return `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
}
