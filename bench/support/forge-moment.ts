import { z } from "zod";

/** What a forge saw; `atMs` in machine ms. */
export const forgeMoment = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("asked"),
    atMs: z.number(),
    method: z.string(),
    path: z.string(),
    authorization: z.string(),
  }),
  z.object({ kind: z.literal("moved"), atMs: z.number(), ref: z.string() }),
]);

export type ForgeMoment = z.infer<typeof forgeMoment>;
