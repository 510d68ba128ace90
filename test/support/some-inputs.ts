import type { RoomInputs } from "../../agent/room/room.ts";

/** Inputs of a room at some commit; what is not given follows from `digest`. */
export function someInputs(given: Partial<RoomInputs> = {}): RoomInputs {
  const digest = given.digest ?? "d1";
  return {
    digest,
    specOid: `spec-${digest}`,
    specDigest: `spec-digest-${digest}`,
    specVersion: 1,
    path: "rooms/harbor7.room.yaml",
    seeds: [],
    revision: `main@sha1:${"a".repeat(40)}`,
    author: "Ada <ada@example.org>",
    committedAt: "2026-01-01T00:00:00.000Z",
    ...given,
  };
}
