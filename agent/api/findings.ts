import { joined } from "../kernel/joined.ts";
import type { z } from "zod";
import { MISSING } from "../kernel/issue-words.ts";
import { nearest } from "../kernel/nearest.ts";
import { quoted } from "../kernel/quoted.ts";
import { listed, shortened } from "../kernel/shortened.ts";

/** One thing that is wrong with a request: where, and what. */
export interface RequestFinding {
  readonly name: string;
  readonly message: string;
}

/** Longer names and more of them say nothing that helps, and a request may hold any number. */
const [MAX_NAME, MAX_NAMES] = [80, 5];

const UNKNOWN = "unknown field";

/**
 * What a schema of the contract found, in the words of `issueWords`, by the member it is about. `known`: the members that the root may have; a required one that
 * an unknown one nearly names is not called missing.
 */
export function toFindings(error: z.ZodError, known: readonly string[]): readonly RequestFinding[] {
  const unknown = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [],
  );
  const meant = new Set(unknown.map((key) => nearest(key, known)));
  return error.issues.flatMap((issue): readonly RequestFinding[] => {
    if (issue.code === "unrecognized_keys") return unknownFields(issue.keys, known);
    const name = issue.path.join(".");
    if (name === "" && issue.message === MISSING)
      return [{ name: "the body", message: "is missing, or is not JSON" }];
    if (issue.message === MISSING && meant.has(name)) return [];
    return [{ name: name === "" ? "the body" : name, message: issue.message }];
  });
}

/** Members that a request may not have, each with the one that it nearly names. */
export function unknownFields(
  keys: readonly string[],
  known: readonly string[],
): readonly RequestFinding[] {
  const found = keys.map((key) => {
    const meant = nearest(key, known);
    const asked = meant === undefined ? "" : `; did you mean ${quoted(meant)}?`;
    return { name: shortened(key, MAX_NAME), message: `${UNKNOWN}${asked}` };
  });
  if (found.length <= MAX_NAMES) return found;
  const some = found.filter(({ message }) => message !== UNKNOWN).slice(0, MAX_NAMES);
  return some.length > 0 ? some : [{ name: namesOf(keys), message: UNKNOWN }];
}

/** All findings in one line. */
export function toLine(findings: readonly RequestFinding[]): string {
  return joined(
    findings.map(({ name, message }) =>
      message.startsWith(UNKNOWN)
        ? `${UNKNOWN} ${quoted(name)}${message.slice(UNKNOWN.length)}`
        : `${name}: ${message}`,
    ),
  );
}

function namesOf(keys: readonly string[]): string {
  return listed(keys, { max: MAX_NAMES, each: MAX_NAME });
}
