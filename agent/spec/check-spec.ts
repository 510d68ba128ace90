import type { z } from "zod";
import { describeIssue, unknownField } from "./field.ts";
import type { Finding, ValuePath } from "./finding.ts";
import { findNotJson } from "./not-json.ts";
import { toOutline } from "./outline.ts";
import type { RoomSpec } from "./room-spec.ts";
import { dependencies } from "./rules/dependencies.ts";
import { listSizes } from "./rules/list-sizes.ts";
import { meantValues } from "./rules/meant-values.ts";
import { ownerNamed } from "./rules/owner-named.ts";
import { isAllowedRoomId, roomIdAllowed } from "./rules/room-id-allowed.ts";
import type { Rule, RuleLimits } from "./rules/rule.ts";
import { singleSpelling } from "./rules/single-spelling.ts";
import { uniqueNames } from "./rules/unique-names.ts";
import { visibleNames } from "./rules/visible-names.ts";
import { roomSpecSchema } from "./schema.ts";

/** Each is an error when broken. */
const RULES: readonly Rule[] = [
  roomIdAllowed,
  listSizes,
  uniqueNames,
  ownerNamed,
  singleSpelling,
  dependencies,
];

export interface CheckedSpec {
  /** Null when there are errors. */
  readonly spec: RoomSpec | null;
  /** The room the value names, errors or not; null when it names none the server would take. */
  readonly roomId: string | null;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Judges a value as a RoomSpec: its shape, each field, and the rules about the whole, all at once. */
export function checkSpec(value: unknown, limits: RuleLimits): CheckedSpec {
  const outline = toOutline(value);
  const notJson = findNotJson(value);
  const roomId =
    outline.roomId !== null && isAllowedRoomId(outline.roomId.text, limits.roomIdPattern)
      ? outline.roomId.text
      : null;
  const parsed = roomSpecSchema.safeParse(value, { error: describeIssue });
  const shape = (parsed.error?.issues ?? [])
    .flatMap(toFindings)
    .map((finding) => (isUnquoted(finding, value) ? { ...finding, unquoted: true } : finding));
  const errors = [
    ...notJson.filter(({ path, atKey }) => atKey === true || !isAmong(shape, path)),
    ...shape,
    ...RULES.flatMap((rule) => rule(outline, limits)),
  ];
  return {
    spec: errors.length === 0 && parsed.success ? parsed.data : null,
    roomId,
    errors,
    warnings: [...meantValues(outline, limits), ...visibleNames(outline, limits)],
  };
}

/** Whether the schema has said something about that very value: one finding for one mistake. */
function isAmong(findings: readonly Finding[], path: ValuePath): boolean {
  return findings.some(
    (other) =>
      other.path.length === path.length &&
      other.path.every((step, position) => step === path[position]),
  );
}

/** Whether text is wanted and something is there that YAML reads as a number, a boolean or nothing. */
function isUnquoted({ path, wantsText }: SchemaFinding, root: unknown): boolean {
  if (wantsText !== true) return false;
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return false;
    value = Reflect.get(value, step);
  }
  return value === null || typeof value === "number" || typeof value === "boolean";
}

interface SchemaFinding extends Finding {
  readonly wantsText?: boolean;
}

function toFindings(issue: z.core.$ZodIssue): readonly SchemaFinding[] {
  const path: ValuePath = issue.path.map((step) =>
    typeof step === "number" ? step : String(step),
  );
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: unknownField(key, issue.message),
      atKey: true,
    }));
  }
  const atKey = issue.code === "custom" && issue.params?.["atKey"] === true;
  const wantsText = issue.code === "invalid_type" && issue.expected === "string";
  return [{ path, message: issue.message, atKey, wantsText }];
}
