/** Controls, formatting and unassigned characters, lone surrogates, line and paragraph separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Text from outside for one line that people read: as it is, or as a JSON string where it is empty or holds a character
 * that could break or disguise the line. Longer than `maxLength` (UTF-16 code units) it is cut and ends in `…`.
 */
export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return cut === "" || UNSAFE.test(cut) ? escaped(JSON.stringify(cut)) : cut;
}

/** JSON leaves some of these characters as they are. */
function escaped(json: string): string {
  return json.replace(
    new RegExp(UNSAFE, "gu"),
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
