import { hash } from "node:crypto";

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
  /** The same of very many, by sets of them: a number, how many, a digest of the first halves, and one of the wholes. Absent: none. */
  readonly sets?: readonly string[];
}

/** What is known of one attempt, or of a set of them. */
export interface KnownFailure extends Pick<EqualFailures, "recordedAt" | "repeats"> {
  /** Digest of how it ended, or of a whole set. */
  readonly end: string;
}

/** What is known of attempts by the digests of inputs and action: of all that one plan has. */
export interface KnownFailures {
  readonly isEmpty: boolean;
  /** Of an attempt: the set that it is in counts only where it is that very set again. */
  of(key: string, plan: FailureSets): KnownFailure | undefined;
  /** Whether an attempt that ended so ended as before. `ended`: of all attempts of its pass. */
  isRepeat(key: string, ended: FailureSets): boolean;
}

/** Of a room with more equal failures the attempts are not remembered one by one. */
export const MOST_EQUAL_FAILURES = 500;

/** Ms. A failure that lasts is on record once a day, so that the audit has it for as long as it lasts. */
const RECORDED_EVERY_MS = 86_400_000;

/** Whether records of an equal attempt are left out yet. */
export function isOnRecord(
  { recordedAt }: Pick<KnownFailure, "recordedAt">,
  nowMs: number,
): boolean {
  return Math.abs(nowMs - Date.parse(recordedAt)) < RECORDED_EVERY_MS;
}

interface FailureSet {
  readonly count: number;
  readonly keys: string;
  /** Of keys and ends. */
  readonly ends: string;
}

/** Attempts of a plan or a pass, in at most 256 sets: a digest of each stands for all that is in it. */
export class FailureSets {
  /** By the digest of inputs and action, how it ended; null: it had an effect, or has not ended. */
  readonly ends: ReadonlyMap<string, string | null>;
  #sets: ReadonlyMap<string, FailureSet> | null = null;

  constructor(ends: Iterable<readonly [string, string | null]>) {
    this.ends = new Map(ends);
  }

  get(key: string): FailureSet | undefined {
    return this.all.get(setOf(key));
  }

  get all(): ReadonlyMap<string, FailureSet> {
    this.#sets ??= setsOf(this.ends);
    return this.#sets;
  }
}

export function knownFailures(groups: readonly EqualFailures[]): KnownFailures {
  const attempts = new Map<string, KnownFailure>();
  const sets = new Map<string, KnownFailure & Pick<FailureSet, "keys">>();
  for (const { attempts: each, sets: many = [], repeats, recordedAt } of groups) {
    for (const attempt of each) {
      const [key = "", end = ""] = attempt.split(" ");
      attempts.set(key, { end, repeats, recordedAt });
    }
    for (const set of many) {
      const [name = "", , keys = "", end = ""] = set.split(" ");
      sets.set(name, { keys, end, repeats, recordedAt });
    }
  }
  const setAt = (key: string, plan: FailureSets) => {
    const set = sets.size === 0 || !plan.ends.has(key) ? undefined : sets.get(setOf(key));
    return set !== undefined && set.keys === plan.get(key)?.keys ? set : undefined;
  };
  return {
    isEmpty: attempts.size + sets.size === 0,
    of: (key, plan) => attempts.get(key) ?? setAt(key, plan),
    isRepeat: (key, ended) => {
      const one = attempts.get(key);
      if (one !== undefined) return one.end === ended.ends.get(key);
      const set = setAt(key, ended);
      return set !== undefined && set.end === ended.get(key)?.ends;
    },
  };
}

export function toEqualFailures(
  known: ReadonlyMap<string, KnownFailure>,
): readonly EqualFailures[] {
  const isMany = known.size > MOST_EQUAL_FAILURES;
  const kept = isMany
    ? inSets(known)
    : [...known].map(([key, one]) => ({ ...one, text: `${key} ${one.end}` }));
  const groups = Map.groupBy(kept, (one) => `${one.repeats} ${one.recordedAt}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { recordedAt, repeats } = first;
    const texts = group.map(({ text }) => text);
    return isMany
      ? { recordedAt, repeats, attempts: [], sets: texts }
      : { recordedAt, repeats, attempts: texts };
  });
}

/** Of a set the oldest records count, and no more repeats than each of its attempts had. */
function inSets(known: ReadonlyMap<string, KnownFailure>) {
  const sets = new FailureSets([...known].map(([key, { end }]) => [key, end]));
  const members = Map.groupBy(known, ([key]) => setOf(key));
  return [...sets.all].map(([name, { count, keys, ends }]) => {
    const all = (members.get(name) ?? []).map(([, one]) => one);
    const recordedAt = all.map((one) => one.recordedAt).toSorted()[0] ?? "";
    const repeats = Math.min(...all.map((one) => one.repeats));
    return { recordedAt, repeats, text: `${name} ${count} ${keys} ${ends}` };
  });
}

/** Whether an attempt that failed before was not made any more, or ended in another way. */
export function someEnded(
  before: readonly EqualFailures[] = [],
  after: readonly EqualFailures[] = [],
): boolean {
  if (before.length === 0) return false;
  const isMany = [...before, ...after].some(({ sets = [] }) => sets.length > 0);
  const left = new Set(isMany ? setKeysOf(after) : keysOf(after));
  return (isMany ? setKeysOf(before) : keysOf(before)).some((key) => !left.has(key));
}

function keysOf(groups: readonly EqualFailures[]): readonly string[] {
  return groups.flatMap(({ attempts }) => attempts.map((attempt) => attempt.split(" ")[0] ?? ""));
}

/** Of each set its number and which attempts are in it. */
function setKeysOf(groups: readonly EqualFailures[]): readonly string[] {
  const single = new FailureSets(keysOf(groups).map((key) => [key, null]));
  const named = [...single.all].map(([name, { keys }]) => `${name} ${keys}`);
  const many = groups.flatMap(({ sets = [] }) => sets.map((set) => set.split(" ")));
  return [...named, ...many.map(([name, , keys]) => `${name} ${keys}`)];
}

function setsOf(ends: ReadonlyMap<string, string | null>): ReadonlyMap<string, FailureSet> {
  const sets = Map.groupBy(ends, ([key]) => setOf(key));
  return new Map(
    [...sets].map(([name, all]) => {
      const keys = all.map(([key]) => key);
      const wholes = all.map(([key, end]) => `${key} ${end}`);
      return [name, { count: all.length, keys: digestOf(keys), ends: digestOf(wholes) }];
    }),
  );
}

/** The same keys are always in the same set. */
function setOf(key: string): string {
  return String(Buffer.from(key.slice(0, 4), "base64")[0] ?? 0);
}

function digestOf(texts: readonly string[]): string {
  return hash("sha256", texts.toSorted().join("\n"), "base64").slice(0, 16);
}
