/** Any value JSON can carry. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * JSON with object members sorted by code unit, so that equal values give equal text whatever order they were written in.
 * Members whose value is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** A copy takes half the time of a replacer, which is called for each member and each item. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const member = sorted((value as Readonly<Record<string, unknown>>)[name]);
    if (name === "__proto__")
      Object.defineProperty(copy, name, { value: member, enumerable: true });
    else copy[name] = member;
  }
  return copy;
}

/** Whether two values have the same `canonicalJson`. Makes no text, and ends at the first difference. For what JSON can carry. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, at) => sameJson(each, other[at]));
  }
  const left = one as Readonly<Record<string, unknown>>;
  const right = other as Readonly<Record<string, unknown>>;
  let members = 0;
  for (const name of Object.keys(left)) {
    if (left[name] === undefined) continue;
    members += 1;
    if (!Object.hasOwn(right, name) || !sameJson(left[name], right[name])) return false;
  }
  return members === definedMembers(right);
}

function definedMembers(value: Readonly<Record<string, unknown>>): number {
  return Object.values(value).reduce<number>(
    (count, member) => (member === undefined ? count : count + 1),
    0,
  );
}
