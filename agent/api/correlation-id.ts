import type { IdSource } from "../kernel/ids.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";

/** The caller's id where it is a plain token, else a fresh one: it ends up in logs, headers and the audit. */
export function correlationIdOf(header: string | undefined, ids: IdSource): string {
  return header !== undefined && CORRELATION_ID.test(header) ? header : ids();
}
