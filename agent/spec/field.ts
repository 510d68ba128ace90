import { z } from "zod";
import type { JsonValue } from "../kernel/json.ts";
import { KINDS } from "../kernel/issue-words.ts";
import { nearest } from "../kernel/nearest.ts";
import { quoted, shown } from "./finding.ts";
import { isTooLong, MAX_NAME_CHARACTERS, whyNotAddressable } from "./name.ts";
import { controlCharacter, isBlank } from "./text.ts";

/**
 * Name under which a field passes its default to the JSON Schema: zod drops `default` from the input side of a field that a
 * function fills in.
 */
export const DEFAULT = "x-default";

/** A closed object: an unknown field is an error. One issue stands for all of them; its message lists the known fields. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  return closedAs(null, shape);
}

/** The same with an example: what a person writes where the mapping is missing. */
export function closedAs<Shape extends z.ZodRawShape>(example: string | null, shape: Shape) {
  const known = Object.keys(shape).join(FIELD_SEPARATOR);
  return z.strictObject(shape, {
    error: ({ code, input }) => {
      if (code === "unrecognized_keys") return known;
      if (code !== "invalid_type" || example === null) return undefined;
      return describeType("object", input, `\`${example}\``);
    },
  });
}

const FIELD_SEPARATOR = ", ";

/** The known field that an unknown one most likely means. `known`: the message of its issue from `closed`. */
export function meantField(field: string, known: string): string | undefined {
  return nearest(field, known.split(FIELD_SEPARATOR));
}

/** The message for one unknown field. `meant`: the known one that it most likely means. */
export function unknownField(field: string, known: string, meant: string | undefined): string {
  return meant === undefined
    ? `unknown field ${shown(field)}: remove it or use one of ${known}`
    : `unknown field ${shown(field)}; did you mean ${shown(meant)}?`;
}

/** The same where the one that is meant is missing. */
export function missingToo(message: string): string {
  return message.replace(/\?$/, ", which is missing?");
}

/** Text that names something: not blank, not too long, no control characters, no half of a surrogate pair. */
export const nameText = z
  .string()
  .superRefine((text, context) => {
    const message = nameProblem(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  })
  .meta({ minLength: 1, maxLength: MAX_NAME_CHARACTERS, pattern: "\\S" });

/** A name that the RoomServer is asked for by address: what could never be removed may not be put there. */
export const addressName = nameText
  .superRefine((text, context) => {
    const why = nameProblem(text) === null ? whyNotAddressable(text) : null;
    if (why === null) return;
    const message = `${shown(text)} cannot be part of the RoomServer's addresses (${why}), so it could never be removed: write another name`;
    context.addIssue({ code: "custom", message });
  })
  .meta({
    minLength: 1,
    maxLength: MAX_NAME_CHARACTERS,
    pattern: "^(?!\\.\\.?$).*\\S",
  });

function nameProblem(text: string): string | null {
  if (isBlank(text)) return "is blank: write a name";
  if (isTooLong(text))
    return `${shown(text)} is longer than ${MAX_NAME_CHARACTERS} characters: write a shorter name`;
  const control = controlCharacter(text);
  if (control !== null) return `${shown(text)} holds the control character ${control}: remove it`;
  return text.isWellFormed() ? null : `${shown(text)} holds half of a surrogate pair: remove it`;
}

/** Text for people: may be empty, no control characters. */
export const plainText = z.string().superRefine((text, context) => {
  const control = controlCharacter(text);
  if (control === null) return;
  context.addIssue({
    code: "custom",
    message: `${shown(text)} holds the control character ${control}: remove it`,
  });
});

/** Most names in one list: the RoomServer's answer is read up to as many. */
const MAX_NAMES = 1000;

/** Some names, and not more than the agent would read back. */
export const nameTexts = z.array(nameText).max(MAX_NAMES, {
  error: ({ input }) => {
    const count = Array.isArray(input) ? input.length : 0;
    return `has ${count} entries, more than the limit of ${MAX_NAMES}: leave some out`;
  },
});

/** A list of names; absent or null is the empty list. */
export function nameList(description: string) {
  return nameTexts
    .nullish()
    .transform((list) => list ?? [])
    .meta({ description, [DEFAULT]: [] });
}

export function flag(description: string) {
  return z
    .boolean()
    .nullish()
    .transform((value) => value ?? false)
    .meta({ description, [DEFAULT]: false });
}

/** A value that `findNotJson` has judged already: here it is only named. */
export const jsonValue = z.custom<JsonValue>(() => true);

/** The message for an issue that no schema words itself. Quotes the value and says what to write. */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  const { code, input } = issue;
  if (code === "invalid_type")
    return isScalar(input) && isListOfTexts(issue.inst)
      ? `expected a list, got ${shown(input)}: write ${listOfOne(input)}`
      : describeType(issue.expected, input);
  if (code === "too_small") return `${shown(input)} is too small: write ${issue.minimum} or more`;
  if (code === "too_big") return `${shown(input)} is too large: write ${issue.maximum} or less`;
  if (code === "invalid_value") {
    const problem = input === undefined ? "is missing" : `${shown(input)} is not allowed`;
    return `${problem}: write ${oneOf(issue.values)}`;
  }
  return `${shown(input)} is not allowed here: see the JSON Schema of RoomSpec`;
}

type Scalar = string | number | boolean;

function isScalar(input: unknown): input is Scalar {
  return typeof input === "string" || typeof input === "number" || typeof input === "boolean";
}

function isListOfTexts(schema: unknown): boolean {
  return schema instanceof z.ZodArray && schema.element instanceof z.ZodString;
}

/** The value as a list of YAML; words such as `text.write` need no quotes. */
function listOfOne(input: Scalar): string {
  const isWord = typeof input === "string" && /^[A-Za-z]\w*(?:[.-]\w+)+$/.test(input);
  return `[${isWord && input.length <= MAX_QUOTED ? input : quoted(String(input))}]`;
}

/** Longer words are cut, in quotes. */
const MAX_QUOTED = 80;

/** YAML's words for what JSON calls an object. */
const EXPECTED: Readonly<Record<string, string>> = {
  ...KINDS,
  object: "a mapping",
  record: "a mapping",
};

function describeType(expected: string, input: unknown, example?: string): string {
  const wanted = EXPECTED[expected] ?? expected;
  if (input === undefined) return `is missing: write ${example ?? wanted}`;
  const scalar = typeof input === "number" || typeof input === "boolean";
  const advice =
    expected === "string" && scalar
      ? `put it in quotes ("${input}")`
      : `write ${example ?? wanted}`;
  return `expected ${wanted}, got ${shown(input)}: ${advice}`;
}

function oneOf(values: readonly unknown[]): string {
  return values
    .map(String)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
}
