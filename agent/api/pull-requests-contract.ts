import { z } from "zod";

const isoTime = z.iso.datetime();
const reasoned = z.strictObject({ reason: z.string(), message: z.string() });

/** The open pull requests of a source, as `/status` shows them. */
export const pullRequestsAnswer = z.strictObject({
  /** When the forge was asked last; null before the first time. */
  lastLook: isoTime.nullable(),
  /** The newest 20, newest first. */
  list: z
    .array(
      z.strictObject({
        number: z.int().min(1),
        url: z.string(),
        /** Of the newest plan; `waiting`: there is none yet; the last three are not planned. */
        state: z.enum(["success", "failure", "error", "waiting", "draft", "fork", "leftOut"]),
        plannedHead: z.string().nullable(),
        planDigest: z.string().nullable(),
        plannedAt: isoTime.nullable(),
        /** What keeps the newest plan from the pull request. */
        error: reasoned.nullable(),
      }),
    )
    .readonly(),
  /** How many are open. */
  count: z.int().min(0),
  /** False: the forge has more than it listed. */
  isWhole: z.boolean(),
  /** What the forge answers instead. */
  error: reasoned.nullable(),
});
