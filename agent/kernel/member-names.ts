/**
 * `value` with the members that match one of `names` in any letter case renamed to that name; other members are left out.
 * A member written exactly so wins over others. Anything that is not a plain object is returned as it is.
 */
export function withMemberNames(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (Object.keys(value).every((key) => names.includes(key))) return value;
  const members = value as Readonly<Record<string, unknown>>;
  const folded = new Map<string, string>();
  for (const key of Object.keys(members)) {
    const lower = key.toLowerCase();
    if (!folded.has(lower)) folded.set(lower, key);
  }
  const found: [string, unknown][] = [];
  for (const name of names) {
    const key = Object.hasOwn(members, name) ? name : folded.get(name.toLowerCase());
    if (key !== undefined) found.push([name, members[key]]);
  }
  return Object.fromEntries(found);
}
