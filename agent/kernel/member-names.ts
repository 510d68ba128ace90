/**
 * `value` with the members that match one of `names` in any letter case renamed to that name; other members are left out.
 * A member written exactly so wins over others. Anything that is no plain object comes back as it is.
 */
export function withMemberNames(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const found: [string, unknown][] = [];
  for (const name of names) {
    const folded = name.toLowerCase();
    const entry =
      entries.find(([key]) => key === name) ??
      entries.find(([key]) => key.toLowerCase() === folded);
    if (entry !== undefined) found.push([name, entry[1]]);
  }
  return Object.fromEntries(found);
}
