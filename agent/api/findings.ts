import type { z } from "zod";

/** One thing that is wrong with a request: where, and what. */
export interface RequestFinding {
  readonly name: string;
  readonly message: string;
}

/** What a schema of the contract found, by the member it is about. */
export function toFindings(error: z.ZodError): readonly RequestFinding[] {
  return error.issues.map((issue) => ({
    name: issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join("."),
    message: issue.message,
  }));
}

/** All findings in one line. */
export function toLine(findings: readonly RequestFinding[]): string {
  return findings.map(({ name, message }) => `${name}: ${message}`).join("; ");
}
