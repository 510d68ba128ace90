import type { z } from "zod";
import { describeIssue, meantField, missingToo, unknownField } from "./field.ts";
import type { Finding, ValuePath } from "./finding.ts";
import { findNotJson } from "./not-json.ts";
import { sectionsIndented } from "./not-indented.ts";
import { toOutline } from "./outline.ts";
import { PathSet } from "./path-set.ts";
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
    .flatMap((issue) => toFindings(issue, value))
    .map((finding) => (isUnquoted(finding, value) ? { ...finding, unquoted: true } : finding));
  const judged = pathsOf(shape);
  const found: readonly SchemaFinding[] = [
    // One finding for one mistake: the schema has said something about that very value.
    ...notJson.filter(({ path, atKey }) => atKey === true || !judged.has(path)),
    ...shape,
    ...RULES.flatMap((rule) => rule(outline, limits)),
  ];
  const errors = sectionsIndented(onceEach(found), value);
  return {
    spec: errors.length === 0 && parsed.success ? parsed.data : null,
    roomId,
    errors,
    warnings: [...meantValues(outline, limits), ...visibleNames(outline, limits)],
  };
}

/** A field that is missing because its name is misspelled is one mistake: the misspelled one says so. */
function onceEach(found: readonly SchemaFinding[]): readonly Finding[] {
  const misspelled = found.flatMap(({ means }) => (means === undefined ? [] : [means]));
  if (misspelled.length === 0) return found;
  const meant = new PathSet(misspelled);
  const missing = pathsOf(found);
  return found
    .filter(({ path }) => !meant.has(path))
    .map((finding) =>
      finding.means !== undefined && missing.has(finding.means)
        ? { ...finding, message: missingToo(finding.message) }
        : finding,
    );
}

function pathsOf(findings: readonly Finding[]): PathSet {
  return new PathSet(findings.map(({ path }) => path));
}

/** Whether text is wanted and something is there that YAML reads as a number, a boolean or nothing. */
function isUnquoted({ path, wantsText }: SchemaFinding, root: unknown): boolean {
  if (wantsText !== true) return false;
  const value = valueAt(root, path);
  return value === null || typeof value === "number" || typeof value === "boolean";
}

/** Undefined where there is nothing. */
function valueAt(root: unknown, path: ValuePath): unknown {
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

interface SchemaFinding extends Finding {
  readonly wantsText?: boolean;
  /** Of an unknown field: the known one that it most likely means and that is not there. */
  readonly means?: ValuePath;
}

function toFindings(issue: z.core.$ZodIssue, root: unknown): readonly SchemaFinding[] {
  const path: ValuePath = issue.path.map((step) =>
    typeof step === "number" ? step : String(step),
  );
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => toUnknown(key, { path, known: issue.message, root }));
  }
  const atKey = issue.code === "custom" && issue.params?.["atKey"] === true;
  const wantsText = issue.code === "invalid_type" && issue.expected === "string";
  return [{ path, message: issue.message, atKey, wantsText }];
}

function toUnknown(
  key: string,
  at: { readonly path: ValuePath; readonly known: string; readonly root: unknown },
): SchemaFinding {
  const field = meantField(key, at.known);
  const means = field === undefined ? null : [...at.path, field];
  const isAbsent = means !== null && valueAt(at.root, means) === undefined;
  return {
    path: [...at.path, key],
    message: unknownField(key, at.known, field),
    atKey: true,
    ...(isAbsent ? { means } : {}),
  };
}
