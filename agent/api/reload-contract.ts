import { z } from "zod";
import { CORRELATION_ID } from "./correlation-pattern.ts";

export const reloadAnswer = z.strictObject({
  success: z.literal(true),
  /** What is in force now that was not before; empty: the file has nothing new. Values are left out, as they may be secrets. */
  changes: z
    .array(
      z.strictObject({
        what: z.enum(["added", "removed", "changed", "reordered"]),
        /** As in the file: `Git.Sources[1].Path`. */
        key: z.string(),
        source: z.string().nullable(),
      }),
    )
    .readonly(),
  correlationId: z.string().regex(CORRELATION_ID, "is not a correlation id"),
});
