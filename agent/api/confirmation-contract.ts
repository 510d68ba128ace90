import { z } from "zod";

const isoTime = z.iso.datetime();

/** What was confirmed in a room and was not removed yet. */
export const confirmationAnswer = z.strictObject({
  /** `return`: the branch is back at `commit`, which takes out what the agent added meanwhile. */
  origin: z.enum(["commit", "label", "request", "return"]),
  /** Of a label, the commit that its pull request was merged as; null: a request confirms. */
  commit: z.string().nullable(),
  /** Of a request. */
  correlationId: z.exactOptional(z.string()),
  by: z.string(),
  since: isoTime,
  /** When it expires, if nothing ends it before. */
  until: isoTime,
  items: z.array(z.string()).readonly(),
  /** It counts only once this source has the room. */
  forSource: z.exactOptional(z.string()),
});
