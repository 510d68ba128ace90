import { z } from "zod";

/**
 * Body of `POST /apply` that asks for a room, or for a version that its history holds; any other body is a RoomSpec, bare or as
 * `{spec}`.
 */
export const applyRoomRequest = z
  .strictObject({
    roomId: z.string().min(1).max(256),
    specVersion: z.exactOptional(z.int().min(0)),
    specDigest: z.exactOptional(z.string().regex(/^[0-9a-f]{64}$/, "is not a specDigest")),
  })
  .refine(({ specVersion, specDigest }) => specDigest === undefined || specVersion !== undefined, {
    path: ["specDigest"],
    message: "says which content of a version: send specVersion with it",
  });
