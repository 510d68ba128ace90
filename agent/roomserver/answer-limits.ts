/**
 * What one answer of the RoomServer may hold. An answer over a limit is not used at all (`AnswerTooLarge`): part of a
 * room's state must not decide what to change. Together with the 8 MiB of a body they bound memory and the time that the event loop
 * stands still for one answer.
 */
export const ANSWER_LIMITS = {
  /** Lists and objects inside each other, in the whole answer. */
  depth: 64,
  /** Values in the whole answer, members that nothing reads included. */
  values: 100_000,
  /** Entries of `entities`, of `artifacts` and of `resources`. */
  items: 10_000,
  /** Entries of `capabilities`, `env_whitelist`, `scopes` and `tags`. */
  texts: 1000,
  /** Members of `policies` and of a `config`. */
  members: 1000,
} as const;

/** A longer answer is not read to its end. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Bytes of an answer to a call that failed: nothing in it is worth more. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Bytes of all answers that are being received at the same time. */
export const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;
