import { whyNotAddressable } from "../spec/name.ts";

/** A request path from its segments, each percent-encoded. Undefined when a segment is not allowed in a path. */
export function toPath(segments: readonly string[]): string | undefined {
  if (segments.some((segment) => whyNotAddressable(segment) !== null)) return undefined;
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
}
