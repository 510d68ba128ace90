import { z } from "zod";
import { CORRELATION_ID } from "./correlation-pattern.ts";
import { wholeNumber } from "./whole-number.ts";

/** What may be asked: queries and bodies. All objects are closed. */

export const noQuery = z.strictObject({});
/** Probes, scrapers and forges add parameters of their own; theirs are passed over. */
export const anyQuery = z.object({});

const name = z.string().min(1).max(256);

export const sourceQuery = z.strictObject({ source: z.exactOptional(name) });

export const auditQuery = z.strictObject({
  count: wholeNumber({ least: 1, most: 1000, usual: 100 }),
  correlationId: z.exactOptional(z.string().regex(CORRELATION_ID, "is not a correlation id")),
  roomId: z.exactOptional(name),
});

/** One page of each list of a room. */
export const roomQuery = z.strictObject({
  offset: wholeNumber({ least: 0, most: 1_000_000, usual: 0 }),
  count: wholeNumber({ least: 1, most: 1000, usual: 1000 }),
});

export const historyQuery = z.strictObject({
  count: wholeNumber({ least: 1, most: 1000, usual: 100 }),
});

/** Each content is a text of up to `SpecBytes`. */
export const versionQuery = z.strictObject({
  count: wholeNumber({ least: 1, most: 50, usual: 10 }),
});

/** Body of `POST /sources/{name}/accept`. */
export const acceptRequest = z.strictObject({
  head: z.string().regex(/^[0-9a-f]{40}$/, "is not a commit id of 40 hex digits"),
});

export const isoTimeWithZone = z.iso.datetime({
  offset: true,
  error: "is not an ISO time with a zone",
});

/** Body of the `suspend` routes. */
export const suspendRequest = z.strictObject({
  reason: z.string().trim().min(1, "is empty: say why").max(500),
  until: z.exactOptional(isoTimeWithZone),
});
