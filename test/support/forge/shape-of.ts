/** The shape of a JSON value as text: its types and the names of its members at every depth; of a list that of all its entries together. */
export function shapeOf(value: unknown): string {
  return lines(merged(value), "").sort().join("\n");
}

/** Paths of members with the types that are seen there. */
type Seen = Map<string, Set<string>>;

function merged(value: unknown): Seen {
  const seen: Seen = new Map();
  look(value, "$", seen);
  return seen;
}

function look(value: unknown, path: string, seen: Seen): void {
  const types = seen.get(path) ?? new Set();
  seen.set(path, types);
  types.add(typeOf(value));
  if (Array.isArray(value)) {
    for (const each of value) look(each, `${path}[]`, seen);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) look(member, `${path}.${name}`, seen);
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function lines(seen: Seen, indent: string): string[] {
  return [...seen].map(([path, types]) => `${indent}${path}: ${[...types].sort().join("|")}`);
}
