import { nearest } from "./nearest.ts";

/** Comparing more ids than this would take longer than an answer may. */
const MOST_IDS = 5_000;
/** Of a shorter name it is not known which id it begins. */
const LEAST_LETTERS = 3;

/** The id that a name most likely means: the same but for separators, a few letters away, or the only one that continues it after a separator (`lab` for `lab-01`). */
export function nearestId(name: string, known: readonly string[]): string | undefined {
  if (known.length > MOST_IDS) return undefined;
  const same = known.filter((id) => withoutMarks(id) === withoutMarks(name));
  return same[0] ?? nearest(name, known) ?? continued(name.toLowerCase(), known);
}

function withoutMarks(id: string): string {
  return id.toLowerCase().replaceAll(/[-_.\s]/g, "");
}

function continued(name: string, known: readonly string[]): string | undefined {
  if (name.length < LEAST_LETTERS) return undefined;
  const longer = known.filter((id) => id.toLowerCase().startsWith(name));
  const [only, ...others] = longer.filter((id) => /^[-_.]/.test(id.slice(name.length)));
  return others.length === 0 ? only : undefined;
}
