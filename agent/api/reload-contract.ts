import { z } from "zod";
import { isoTime } from "./status-contract.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";

const changes = z
  .array(
    z.strictObject({
      what: z.enum(["added", "removed", "changed", "reordered"]),
      /** As in the file: `Git.Sources[1].Path`. */
      key: z.string(),
      source: z.string().nullable(),
    }),
  )
  .readonly();

export const reloadAnswer = z.strictObject({
  success: z.literal(true),
  /** What is in force now that was not before; empty: the file has nothing new. Values are left out, as they may be secrets. */
  changes,
  /** Since when what the file has is in force, and what changed then; only where `changes` is empty. */
  before: z.strictObject({ since: isoTime, changes }).optional(),
  correlationId: z.string().regex(CORRELATION_ID, "is not a correlation id"),
});
