/**
 * Of what a program or a server says: ways to see it, of which each is some patterns that one line holds all of. No pattern
 * repeats without a bound, since a server chooses the text: it would take minutes for a line that was made for that.
 */
export type Said = readonly (readonly RegExp[])[];

/** Whether one line of a text says it. */
export function saysIn(text: string, said: Said): boolean {
  const lines = text.split(/[\r\n]+/);
  return said.some((patterns) =>
    lines.some((line) => patterns.every((pattern) => pattern.test(line))),
  );
}
