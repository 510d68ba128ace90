import { z } from "zod";
import { isoTime, listOf, planDigestAnswer, reasoned } from "../status-contract.ts";

export const explainAnswer = z.strictObject({
  roomId: z.string(),
  /** As in `/status`. */
  source: z.string().nullable(),
  path: z.string().nullable(),
  /** The newest revision seen that changes the room. */
  head: z.string().nullable(),
  /** The head of the source, where that is another one, which does not change the room, as after an empty commit. */
  sourceHead: z.exactOptional(z.string()),
  /** When the source was asked last and is asked next, as in `/status`: what was pushed in between is not known here. */
  lastPoll: z.exactOptional(isoTime),
  nextPoll: z.exactOptional(isoTime),
  verifiedRevision: z.string().nullable(),
  /** True when the room is as the newest revision says, null when its source does not answer and the newest one is unknown. */
  atHead: z.boolean().nullable(),
  /** Why a person has to look, as in `/status`: also at head, where an item of the spec cannot be done. Absent: an older agent. */
  needsPerson: z.exactOptional(reasoned.nullable()),
  /** Names the plan that has not been carried out, as in `/status`; null where there is none. */
  planDigest: planDigestAnswer.nullable(),
  /** When the sync windows let the newest spec be applied, as in `/status`. */
  nextAllowedAt: z.exactOptional(isoTime),
  /** The first pass after this time tries again what the RoomServer refused to update. */
  triedAgainAt: z.exactOptional(isoTime),
  /** Most decisive first. A room at head may still have entries that do not keep it from head. */
  blockedBy: listOf(
    z.strictObject({
      reason: z.string(),
      since: isoTime.nullable(),
      message: z.string(),
      /** What would end it. */
      unblock: z.string().min(1),
    }),
  ),
});

export type ExplainAnswer = z.infer<typeof explainAnswer>;
