import { z } from "zod";
import { isoTime, listOf } from "./status-contract.ts";

/** Shapes of a room's history. Every object is closed. */

/** That a spec was observed at a revision, or how what was done about it ended. */
export const historyEntry = z.strictObject({
  /** `metadata.version`. */
  specVersion: z.int(),
  /** Equal for specs of equal meaning. */
  specDigest: z.string(),
  /** The commit, or the posted spec. */
  revision: z.string().min(1),
  /** Null for a posted spec. */
  path: z.string().nullable(),
  /** Null when it is not known who made the commit. */
  author: z.string().nullable(),
  outcome: z.enum(["observed", "applied", "verified", "refused", "rolledBack", "failed"]),
  /** When that was. */
  time: isoTime,
});

export const historyAnswer = z.strictObject({
  roomId: z.string(),
  /** Newest first. */
  entries: listOf(historyEntry),
});

export const versionAnswer = z.strictObject({
  roomId: z.string(),
  specVersion: z.int(),
  /** Newest first; more than one where a version was used again with other content. */
  contents: listOf(
    z.strictObject({
      specDigest: z.string(),
      /** The spec as it was written; null when the text is not kept any more, and `note` says so. */
      spec: z.string().nullable(),
      note: z.string().nullable(),
      /** Newest first. */
      entries: listOf(historyEntry),
    }),
  ),
});

export type HistoryEntry = z.infer<typeof historyEntry>;
export type VersionBody = z.infer<typeof versionAnswer>;
