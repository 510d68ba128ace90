import type { z } from "zod";

/** How a kind of value is called in messages; zod's name stands for a kind that is not here. */
export const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What `issueWords` says of a value that is absent. */
export const MISSING = "is missing";

/**
 * What zod found, in words for people, to be read after the name of the member: `is missing`. Quotes no value, because one may be
 * a secret. Schemas that word an issue themselves win.
 */
export function issueWords(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (input === undefined) return MISSING;
  switch (issue.code) {
    case "invalid_type":
      return `expected ${KINDS[issue.expected] ?? issue.expected}, got ${kindOf(input)}`;
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return tooBig(issue);
    case "invalid_value":
      return `is not ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return `has ${issue.keys.length === 1 ? "a member" : "members"} that it may not have`;
    case "invalid_format":
      return issue.format === "datetime" ? "is not an ISO time" : "has another form";
    case "invalid_element":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "custom":
      return "has another form";
  }
}

/** For `safeParse(value, WORDED)`: wherever a person reads what was found. */
export const WORDED = { error: issueWords } as const;

type Size = {
  readonly origin: string;
  readonly inclusive?: boolean | undefined;
};

function tooSmall(issue: Size & { readonly minimum: number | bigint }): string {
  const { origin, minimum, inclusive = true } = issue;
  if (origin === "string")
    return minimum === 1 ? "is empty" : `is shorter than ${minimum} characters`;
  if (origin === "array") return minimum === 1 ? "is empty" : `has fewer than ${minimum} entries`;
  return `is too small: expected ${inclusive ? `${minimum} or more` : `more than ${minimum}`}`;
}

function tooBig(issue: Size & { readonly maximum: number | bigint }): string {
  const { origin, maximum, inclusive = true } = issue;
  if (origin === "string") return `is longer than ${maximum} characters`;
  if (origin === "array") return `has more than ${maximum} entries`;
  return `is too large: expected ${inclusive ? `${maximum} or less` : `less than ${maximum}`}`;
}

/** Of a value from JSON. */
export function kindOf(input: unknown): string {
  if (input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  return KINDS[typeof input] ?? typeof input;
}
