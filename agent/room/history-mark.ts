import type { RoomInputs, Room } from "./room.ts";

/** A head that was not built on the one before it, as one of its rooms sees it. */
export interface Rewrite {
  readonly from: string;
  readonly to: string;
  /** ISO time at which it was ingested. */
  readonly at: string;
}

/**
 * The mark of a room whose inputs a rewritten history changed. Until the room has converged, further rewrites only move
 * where it leads to: what the room was before the first of them is what counts.
 */
export function markRewritten(before: Room["rewritten"], { from, to, at }: Rewrite) {
  return { from: before?.from ?? from, to, since: before?.since ?? at };
}

/**
 * The mark under which removals towards `inputs` are held; null when they are not. While it lives that is all removals, those
 * of what is enforced meanwhile as well, except for a posted spec: that one is none of the rewrite's doing.
 */
export function holdingMark(
  { rewritten }: Pick<Room, "rewritten">,
  inputs: Pick<RoomInputs, "path">,
): Room["rewritten"] {
  return inputs.path === null ? null : rewritten;
}

/** The mark after a pass that began with the row `before`: a rewrite that came in meanwhile is not over by it. */
export function markAfterPass(
  now: Room["rewritten"],
  pass: { readonly before: Room["rewritten"]; readonly after: Room["rewritten"] },
): Room["rewritten"] {
  if (pass.after !== null || now === null || pass.before === null) return now;
  const isSame = now.to === pass.before.to && now.since === pass.before.since;
  return isSame ? null : now;
}
