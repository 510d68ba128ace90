import { joined } from "../kernel/joined.ts";
import type { z } from "zod";
import { listed } from "../kernel/shortened.ts";

/** One thing that is wrong with a request: where, and what. */
export interface RequestFinding {
  readonly name: string;
  readonly message: string;
}

/** Longer names and more of them say nothing that helps, and a request may hold any number. */
const [MAX_NAME, MAX_NAMES] = [80, 5];

/** What a schema of the contract found, by the member it is about. */
export function toFindings(error: z.ZodError): readonly RequestFinding[] {
  return error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? { name: namesOf(issue.keys), message: "unknown field" }
      : { name: issue.path.join("."), message: issue.message },
  );
}

/** All findings in one line. */
export function toLine(findings: readonly RequestFinding[]): string {
  return joined(findings.map(({ name, message }) => `${name}: ${message}`));
}

function namesOf(keys: readonly string[]): string {
  return listed(keys, { max: MAX_NAMES, each: MAX_NAME });
}
