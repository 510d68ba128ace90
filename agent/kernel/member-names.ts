/**
 * Gives a function that finds members by these names in any letter case: it gives an object with each member that is written
 * otherwise under its name. A member written exactly so wins over others, then the first. Members of other names may be left out.
 * An object in which each is written so, and anything that is not a plain object, is returned as it is.
 */
export function withMemberNames(names: readonly string[]): (value: unknown) => unknown {
  const exact = new Set(names);
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const isWrittenOtherwise = (key: string) => !exact.has(key) && byLowerCase.has(key.toLowerCase());
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const members = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(members);
    if (!keys.some(isWrittenOtherwise)) return value;
    const found = new Map<string, unknown>();
    for (const key of keys) {
      const name = byLowerCase.get(key.toLowerCase());
      if (name !== undefined && (key === name || !found.has(name))) found.set(name, members[key]);
    }
    return Object.fromEntries(found);
  };
}
