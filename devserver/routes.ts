import type { Operation } from "./faults.ts";

/** A data route of variant P. `room` and `name` are decoded; null where the path carries none. */
export interface Route {
  readonly operation: Operation;
  readonly room: string | null;
  /** Entity id or artifact name. */
  readonly name: string | null;
}

export type RouteMatch =
  | { readonly kind: "route"; readonly route: Route }
  /** No such path. */
  | { readonly kind: "unknown" }
  /** The path exists under other methods. */
  | { readonly kind: "method"; readonly allow: readonly string[] }
  /** A percent escape that is none. */
  | { readonly kind: "undecodable"; readonly segment: string };

/** Literal segments stand as they are; `:room` and `:name` take one whole segment. */
const PATTERNS: readonly (readonly [method: string, path: string, operation: Operation])[] = [
  ["GET", "room/:room/state", "state"],
  ["POST", "room/:room/join", "join"],
  ["DELETE", "room/:room/entities/:name", "kick"],
  ["GET", "room/:room/artifacts/:name/hash", "hash"],
  ["POST", "room/:room/artifacts/seed", "seed"],
  ["POST", "room/:room/artifacts/:name/promote", "promote"],
  ["DELETE", "room/:room/artifacts/:name", "delete"],
  ["POST", "room/:room/policies", "policy"],
  ["POST", "mcp/resources", "resource"],
  ["GET", "health", "health"],
];

/**
 * Finds the route of a request target as received. Segments are split before they are decoded and never normalised, so
 * `%2F` and `..` are parts of a name.
 */
export function matchRoute(method: string, target: string): RouteMatch {
  const path = target.split("?", 1)[0] ?? "";
  const segments = path.replace(/^\//, "").split("/");
  const fitting = PATTERNS.filter(([, pattern]) => fits(pattern.split("/"), segments));
  if (fitting.length === 0) return { kind: "unknown" };
  const found = fitting.find(([wanted]) => wanted === method);
  if (found === undefined) return { kind: "method", allow: fitting.map(([wanted]) => wanted) };

  const [, pattern, operation] = found;
  const values = new Map<string, string>();
  for (const [position, part] of pattern.split("/").entries()) {
    const segment = segments[position] ?? "";
    if (!part.startsWith(":")) continue;
    const decoded = decodeSegment(segment);
    if (decoded === undefined) return { kind: "undecodable", segment };
    values.set(part, decoded);
  }
  const route = {
    operation,
    room: values.get(":room") ?? null,
    name: values.get(":name") ?? null,
  };
  return { kind: "route", route };
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, position) =>
      part.startsWith(":") ? segments[position] !== "" : part === segments[position],
    )
  );
}

/** Undefined for a percent escape that is none. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
