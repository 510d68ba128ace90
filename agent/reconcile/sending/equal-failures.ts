import { hash } from "node:crypto";
import { toIso } from "../../kernel/clock.ts";
import { canonicalJson, type JsonValue } from "../../kernel/json.ts";
import { withoutIds } from "../../kernel/without-ids.ts";
import type { Action } from "../../plan/plan.ts";
import {
  FailureSets,
  isOnRecord,
  knownFailures,
  toEqualFailures,
  type EqualFailures,
  type KnownFailure,
  type KnownFailures,
} from "../../room/equal-failures.ts";
import type { Room } from "../../room/room.ts";
import type { PassCause } from "../pass.ts";
import type { EndedAttempt } from "../ended-pass.ts";

/** What failed before at these inputs. */
export interface FailedBefore {
  /** The digest of the inputs. */
  readonly inputs: string;
  readonly known: KnownFailures;
}

export function failedBefore(
  { equalFailures = [] }: Pick<Room, "equalFailures">,
  { digest }: { readonly digest: string },
): FailedBefore {
  return { inputs: digest, known: knownFailures(equalFailures) };
}

/**
 * Those of a plan's actions whose records wait until they have ended: nothing is news where one ends as the one before. A person is
 * answered by records.
 */
export function waitingForTheirEnd(
  actions: readonly Action[],
  { inputs, known }: FailedBefore,
  { trigger, nowMs }: Pick<PassCause, "trigger"> & { readonly nowMs: number },
): ReadonlySet<Action> {
  if (known.isEmpty || trigger === "apply") return new Set();
  const keys = new Map(actions.map((action) => [action, keyOf(inputs, action)]));
  const plan = new FailureSets([...keys.values()].map((key) => [key, null]));
  const isWaiting = (key: string) => {
    const before = known.of(key, plan);
    return before !== undefined && isOnRecord(before, nowMs);
  };
  return new Set([...keys].flatMap(([action, key]) => (isWaiting(key) ? [action] : [])));
}

/** How one attempt ended, as of `EndedIntent`. */
interface AttemptEnd {
  readonly id: string;
  readonly action: Action;
  readonly state: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly hadNoEffect?: true;
  readonly intendedAt?: string;
}

/** What of an attempt is on record already. */
export interface OnRecord {
  readonly isRepeat: boolean;
  /** Attempts that ended as the record before says, and have none of their own. */
  readonly repeats: number;
}

/** Of the attempts of one pass, what is on record of each. */
export function onRecord(
  ended: readonly AttemptEnd[],
  before: FailedBefore | null,
): (one: AttemptEnd) => OnRecord {
  if (before === null || before.known.isEmpty) return () => NOTHING;
  const { inputs, known } = before;
  const ends = endsOf(ended, inputs);
  return ({ action, intendedAt }) => {
    const key = keyOf(inputs, action);
    const found = known.of(key, ends);
    if (found === undefined) return NOTHING;
    const isRepeat = intendedAt !== undefined && known.isRepeat(key, ends);
    return { isRepeat, repeats: found.repeats };
  };
}

const NOTHING: OnRecord = { isRepeat: false, repeats: 0 };

function endsOf(ended: readonly AttemptEnd[], inputs: string): FailureSets {
  return new FailureSets(ended.map((one) => [keyOf(inputs, one.action), endOf(one)]));
}

/** The room after an attempt with what failed in it. What was not tried again has ended; where nothing was tried, all is as it was. */
export function withEqualFailures(
  after: Room,
  { ending: { outcome, reports, rollback } }: EndedAttempt,
  given: {
    readonly ended: readonly AttemptEnd[];
    readonly before: FailedBefore;
    readonly nowMs: number;
  },
): Room {
  const isOver = outcome.kind === "converged" || rollback !== null;
  if (!isOver && reports.length === 0) return after;
  const { ended, before, nowMs } = given;
  const equalFailures = isOver ? [] : equalFailuresAfter(ended, before, toIso(nowMs));
  const isNone = equalFailures.length === 0 && after.equalFailures === undefined;
  return isNone ? after : { ...after, equalFailures };
}

function equalFailuresAfter(
  ended: readonly AttemptEnd[],
  before: FailedBefore,
  nowIso: string,
): readonly EqualFailures[] {
  const { inputs, known } = before;
  const after = new Map<string, KnownFailure>();
  const recordOf = onRecord(ended, before);
  const ends = endsOf(ended, inputs);
  for (const one of ended) {
    const key = keyOf(inputs, one.action);
    const end = ends.ends.get(key) ?? null;
    if (end === null) continue;
    const { isRepeat, repeats } = recordOf(one);
    const recordedAt = isRepeat ? known.of(key, ends)?.recordedAt : undefined;
    if (recordedAt === undefined) after.set(key, { end, repeats: 0, recordedAt: nowIso });
    else after.set(key, { end, repeats: repeats + 1, recordedAt });
  }
  return toEqualFailures(after);
}

function keyOf(inputs: string, action: Action): string {
  return digest([inputs, action]);
}

/** Digest of how an attempt ended that had no effect; null: it had one, or may have had. */
function endOf({ id, hadNoEffect, state, metadata }: AttemptEnd): string | null {
  if (hadNoEffect !== true) return null;
  const { message } = metadata;
  const words = typeof message === "string" ? withoutIds(message.replaceAll(id, "#")) : message;
  return digest([state, { ...metadata, message: words ?? null }]);
}

function digest(value: Parameters<typeof canonicalJson>[0]): string {
  return hash("sha256", canonicalJson(value), "base64").slice(0, 16);
}
