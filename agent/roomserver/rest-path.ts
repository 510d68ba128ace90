/**
 * A request path from its segments, each percent-encoded. Undefined when a segment cannot stand in a path: an empty one,
 * `.` and `..` change which resource is meant even when encoded, and a broken surrogate pair has no encoding.
 */
export function toPath(segments: readonly string[]): string | undefined {
  const isUsable = (segment: string) =>
    segment !== "" && segment !== "." && segment !== ".." && segment.isWellFormed();
  if (!segments.every(isUsable)) return undefined;
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
}
