import { OperatorError } from "../kernel/errors.ts";

/** A batch that contradicts the store or that no store could hold: a defect of the caller. */
export function storeRefused(what: string, cause?: unknown): OperatorError {
  return new OperatorError(
    "StoreRefused",
    `${what}; nothing of this batch was written. This is a defect of the agent: please report it with this message.`,
    cause === undefined ? {} : { cause },
  );
}

/** A row was made of one that another writer has replaced since: read it again and decide again. */
export function storeConflict(roomId: string, found: number, given: number): OperatorError {
  return new OperatorError(
    "StoreConflict",
    `room ${roomId} is at version ${found} in the store, and version ${given} was to be replaced; nothing of this batch was written`,
    { data: { roomId, found, given } },
  );
}

/** Milliseconds since 1970 of a record's ISO time. */
export function parseTime(iso: string, what: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw storeRefused(`${what} has no ISO time but ${JSON.stringify(iso)}`);
  return ms;
}

/** How many records are asked for: a whole number from 0. */
export function checkCount(count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new OperatorError("StoreRefused", `count must be a whole number from 0, not ${count}`);
}
