import { legible } from "../kernel/shortened.ts";
import type { Room } from "../room/room.ts";
import { LOST_SPEC, OTHER_OWNER } from "../room/withdrawals.ts";
import type { RoomNews } from "./room-news.ts";

/** Files of other sources that name the room. */
type Claims = readonly { readonly source: string; readonly path: string }[];

/** Why a room of `source` has no spec any more, for people. */
export function whyOrphaned(
  { waitsFor }: Extract<RoomNews, { kind: "gone" }>,
  source: string,
  claims: Claims,
): string {
  if (waitsFor !== undefined)
    return `the room's file moved to ${legible(waitsFor.path)}, which source "${waitsFor.source}" reads`;
  const [claim] = claims;
  if (claim === undefined) return LOST_SPEC;
  return `${LOST_SPEC}: source "${source}" has no file of it any more, and ${legible(claim.path)} of source "${claim.source}" names it`;
}

/** Why the spec that a room gets from `source` is another owner's than before. `isValid`: it can be used. */
export function whyTakenOver({ lostOwner }: Room, source: string, isValid: boolean): string {
  if (lostOwner === null) return OTHER_OWNER;
  const spec = isValid ? "has another spec of it" : "has a file of it that is not valid";
  return `source "${lostOwner.source}" may not have the room any more (${lostOwner.reason}), and source "${source}" ${spec}`;
}
