import type { RoomInputs, Room } from "./room.ts";

export type EnforcedInputs = Pick<Room, "enforced" | "enforcedBefore">;

/** A room that is held to `inputs` from now on. */
export function enforcing(row: EnforcedInputs, inputs: RoomInputs): EnforcedInputs {
  const isNew = row.enforced?.digest !== inputs.digest;
  return { enforced: inputs, enforcedBefore: isNew ? row.enforced : row.enforcedBefore };
}

/** The same room when the inputs with this digest are quarantined: held to what it was held to before, if there was any. */
export function withoutInputs(row: EnforcedInputs, digest: string): EnforcedInputs {
  if (row.enforced?.digest !== digest) return row;
  return { enforced: row.enforcedBefore, enforcedBefore: null };
}
