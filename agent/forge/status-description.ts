import { FORGE_LIMITS } from "./forge-limits.ts";

/** A status' description as every forge takes it: one line of at most 140 characters, cut between two characters. */
export function statusDescription(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  const most = FORGE_LIMITS.description;
  if (line.length <= most) return line;
  // Counted in UTF-16 code units, which no forge counts more of.
  let cut = "";
  for (const character of line) {
    if (cut.length + character.length > most - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}
