/**
 * Attempts at changes that had no effect, and whose newest records in the audit are of the same pass. As long as the next attempts
 * end alike they have no records of their own.
 */
export interface EqualFailures {
  /** ISO time of those records, by the clock that things expire by. */
  readonly recordedAt: string;
  /** How many attempts at each ended alike since then. */
  readonly repeats: number;
  /** Digests, each of the inputs and the action, a space, and of how it ended. */
  readonly attempts: readonly string[];
}

/** What is known of one attempt. */
export interface KnownFailure extends Pick<EqualFailures, "recordedAt" | "repeats"> {
  /** Digest of how it ended. */
  readonly end: string;
}

/** So many are remembered of a room; an attempt at more has records in each pass. */
export const MOST_EQUAL_FAILURES = 10_000;

/** Ms. A failure that lasts is on record once a day, so that the audit has it for as long as it lasts. */
const RECORDED_EVERY_MS = 86_400_000;

/** Whether records of an equal attempt are left out yet. */
export function isOnRecord(
  { recordedAt }: Pick<KnownFailure, "recordedAt">,
  nowMs: number,
): boolean {
  return Math.abs(nowMs - Date.parse(recordedAt)) < RECORDED_EVERY_MS;
}

/** By the digest of inputs and action. */
export function knownFailures(groups: readonly EqualFailures[]): ReadonlyMap<string, KnownFailure> {
  return new Map(
    groups.flatMap(({ attempts, repeats, recordedAt }) =>
      attempts.map((attempt): [string, KnownFailure] => {
        const [key = "", end = ""] = attempt.split(" ");
        return [key, { end, repeats, recordedAt }];
      }),
    ),
  );
}

export function toEqualFailures(
  known: ReadonlyMap<string, KnownFailure>,
): readonly EqualFailures[] {
  const entries = [...known].slice(0, MOST_EQUAL_FAILURES);
  const groups = Map.groupBy(entries, ([, one]) => `${one.repeats} ${one.recordedAt}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const [, { recordedAt, repeats }] = first;
    return { recordedAt, repeats, attempts: group.map(([key, { end }]) => `${key} ${end}`) };
  });
}

/** Whether an attempt that failed before was not made any more, or ended in another way. */
export function someEnded(
  before: readonly EqualFailures[] = [],
  after: readonly EqualFailures[] = [],
): boolean {
  if (before.length === 0) return false;
  const left = knownFailures(after);
  return [...knownFailures(before).keys()].some((key) => !left.has(key));
}
