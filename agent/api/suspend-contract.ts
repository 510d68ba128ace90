import { z } from "zod";
import { listOf, suspensionAnswer } from "./status-contract.ts";
import { CORRELATION_ID } from "./correlation-pattern.ts";

const correlationId = z.string().regex(CORRELATION_ID, "is not a correlation id");
export const suspendAnswer = z.strictObject({
  success: z.literal(true),
  suspension: suspensionAnswer,
  /** The suspension that this one takes the place of; null: there was none. */
  replaced: suspensionAnswer.nullable(),
  correlationId,
});

export const resumeAnswer = z.strictObject({
  success: z.literal(true),
  /** What has ended; null: it was not suspended. */
  ended: suspensionAnswer.nullable(),
  /** What still suspends all that was resumed: the suspension of the source, or the freeze of all rooms. */
  stillSuspended: suspensionAnswer.nullable(),
  /** All suspensions that still hold a room of it; absent: none. */
  suspensions: z.exactOptional(listOf(suspensionAnswer)),
  correlationId,
});
