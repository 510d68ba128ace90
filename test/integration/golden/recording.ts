/** What may differ from run to run, each kind numbered in the order in which its values are met. */
const VARYING: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["uuid", /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g],
  ["sha256", /\b[0-9a-f]{64}\b/g],
  ["sha1", /\b[0-9a-f]{40}\b/g],
];

const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const ADDRESS = /\b127\.0\.0\.1:\d+/g;
const MEMBERS = /"(duration|durationMs)":\d+(?:\.\d+)?(?:e-\d+)?/g;

/** JSON of `value` in which ids, times, addresses and durations have names in their place. */
export function recordingOf(value: unknown): unknown {
  let text = JSON.stringify(value)
    .replaceAll(TIME, "<time>")
    .replaceAll(ADDRESS, "<address>")
    .replaceAll(MEMBERS, (_, name: string) => `"${name}":"<number>"`);
  for (const [name, pattern] of VARYING) {
    const seen = new Map<string, string>();
    text = text.replaceAll(pattern, (found) => {
      const known = seen.get(found) ?? `<${name} ${seen.size + 1}>`;
      seen.set(found, known);
      return known;
    });
  }
  return JSON.parse(text) as unknown;
}

/** The places, as `/steps/3/status/…`, at which two recordings say different things; at most 20. */
export function differences(seen: unknown, golden: unknown): string[] {
  const found: string[] = [];
  const compare = (place: string, one: unknown, other: unknown): void => {
    if (found.length === 20 || Object.is(one, other)) return;
    if (!isTree(one) || !isTree(other)) {
      found.push(`${place}: ${JSON.stringify(one)}, recorded ${JSON.stringify(other)}`);
      return;
    }
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)]))
      compare(`${place}/${name}`, one[name], other[name]);
  };
  compare("", seen, golden);
  return found;
}

/** A list or an object, whose members can be compared one by one. */
function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
