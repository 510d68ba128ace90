import type { Finding, ValuePath } from "./finding.ts";

export interface Unwrapped {
  readonly value: unknown;
  /** The path of `value` in the body. */
  readonly prefix: ValuePath;
  /** Members next to `spec`, which no body may have. */
  readonly strays: readonly Finding[];
}

/** Members that only a RoomSpec's own root has. */
export const ROOT_MEMBERS: readonly string[] = ["apiVersion", "kind", "metadata"];

/** What requests have headers for. */
const SWITCH = /^(?:x-)?(?:dry[-_]?run|confirm|override)$/i;

/** The RoomSpec in the body of `/apply`: the body itself, or its member `spec`. */
export function unwrapPosted(body: unknown): Unwrapped {
  const bare: Unwrapped = { value: body, prefix: [], strays: [] };
  if (!isMapping(body) || hasRootMember(body)) return bare;
  const inner = Object.hasOwn(body, "spec") ? body["spec"] : undefined;
  if (!isMapping(inner) || !(hasRootMember(inner) || Object.hasOwn(inner, "spec"))) return bare;
  return {
    value: inner,
    prefix: ["spec"],
    strays: Object.keys(body)
      .filter((key) => key !== "spec")
      .map((key) => ({
        path: [key],
        message: `is not a field of the body: send ${SWITCH.test(key) ? "the header X-Dry-Run, X-Confirm or X-Override instead" : "{spec} or the RoomSpec itself"}`,
        atKey: true,
      })),
  };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasRootMember(value: object): boolean {
  return ROOT_MEMBERS.some((name) => Object.hasOwn(value, name));
}
