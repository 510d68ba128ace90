import type { z } from "zod";
import { quoted } from "../kernel/quoted.ts";
import { kindOf } from "../kernel/issue-words.ts";
import { redactUrl } from "../kernel/redact.ts";
import { entryOf, membersOf, noteOf, ownMember } from "./key.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Origin, Problem } from "./problem.ts";

const MAX_QUOTED = 100;

/** Says what is wrong with one value in the words of its key's note. */
export function toProblem(
  issue: z.core.$ZodIssue,
  {
    schema,
    tree,
    origins,
  }: { schema: z.ZodType; tree: unknown; origins: ReadonlyMap<string, Origin> },
): Problem {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const target = schemaAt(schema, path);
  const value = valueAt(tree, path);
  const key = toKey(path);
  const origin = origins.get(key);
  const range = rangeOf(target);
  if (value === undefined) return { key, message: `is required: ${range}` };
  const from = origin === undefined ? "" : ` (from ${origin.text})`;
  if (target !== undefined && noteOf(target) === undefined)
    return { key, message: `${outlineOf(target, value)}${from}, but must be ${range}` };
  const shown = origin?.expanded === true ? undefined : quote(target, value);
  return {
    key,
    message:
      shown === undefined
        ? `must be ${range}; what is there is not shown${from}`
        : `is ${shown}${from}, but must be ${range}`,
  };
}

function rangeOf(schema: z.ZodType | undefined): string {
  if (schema === undefined) return "left out";
  const members = membersOf(schema);
  const note = noteOf(schema);
  if (note !== undefined) return note.range;
  if (members !== undefined)
    return `an object with the keys ${Object.keys(members).join(", ")}, as in ${formOf(members)}`;
  const entry = entryOf(schema);
  const entries = entry === undefined ? undefined : membersOf(entry);
  return `a list of at most 256 entries${entries === undefined ? "" : `, as in [${formOf(entries)}]`}`;
}

function formOf(members: Readonly<Record<string, unknown>>): string {
  return `{ "${Object.keys(members)[0] ?? ""}": … }`;
}

/** Of a value that should be a list or an object: what it is, and nothing of what it holds. */
function outlineOf(schema: z.ZodType, value: unknown): string {
  return Array.isArray(value) && entryOf(schema) !== undefined
    ? `has ${value.length} entries`
    : `is ${kindOf(value)}`;
}

/** The value for a message, or undefined where it may not be shown: only values of keys that hold no secret. */
function quote(schema: z.ZodType | undefined, value: unknown): string | undefined {
  const note = schema === undefined ? undefined : noteOf(schema);
  if (note === undefined || note.secret === true) return undefined;
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "a list" : "an object";
  const shown = note.url === true ? redactUrl(String(value)) : value;
  const text = typeof shown === "string" ? quoted(shown) : JSON.stringify(shown);
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

function schemaAt(root: z.ZodType, path: KeyPath): z.ZodType | undefined {
  let schema: z.ZodType | undefined = root;
  for (const part of path) {
    if (schema === undefined) return undefined;
    const members = membersOf(schema);
    schema = members === undefined ? entryOf(schema) : ownMember(members, String(part));
  }
  return schema;
}

export function valueAt(tree: unknown, path: KeyPath): unknown {
  let value = tree;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
