import { hash } from "node:crypto";
import { toIso } from "../../kernel/clock.ts";
import { canonicalJson, type JsonValue } from "../../kernel/json.ts";
import { withoutIds } from "../../kernel/without-ids.ts";
import type { Action } from "../../plan/plan.ts";
import { isOnRecord, knownFailures, toEqualFailures } from "../../room/equal-failures.ts";
import type { EqualFailures, KnownFailure } from "../../room/equal-failures.ts";
import type { Room } from "../../room/room.ts";
import type { PassCause } from "../pass.ts";
import type { EndedAttempt } from "../ended-pass.ts";

/** What failed before at these inputs. */
export interface FailedBefore {
  /** The digest of the inputs. */
  readonly inputs: string;
  /** By the digest of inputs and action. */
  readonly known: ReadonlyMap<string, KnownFailure>;
}

export function failedBefore(
  { equalFailures = [] }: Pick<Room, "equalFailures">,
  { digest }: { readonly digest: string },
): FailedBefore {
  return { inputs: digest, known: knownFailures(equalFailures) };
}

/** Whether the records of an attempt wait until it has ended: nothing is news where it ends as the one before. A person is answered by records. */
export function waitsForItsEnd(
  action: Action,
  { inputs, known }: FailedBefore,
  { trigger, nowMs }: Pick<PassCause, "trigger"> & { readonly nowMs: number },
): boolean {
  if (known.size === 0 || trigger === "apply") return false;
  const before = known.get(keyOf(inputs, action));
  return before !== undefined && isOnRecord(before, nowMs);
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

export function onRecord(ended: AttemptEnd, before: FailedBefore | null): OnRecord {
  const known = before?.known.get(keyOf(before.inputs, ended.action));
  if (known === undefined) return { isRepeat: false, repeats: 0 };
  const isRepeat = ended.intendedAt !== undefined && known.end === endOf(ended);
  return { isRepeat, repeats: known.repeats };
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
  const after = new Map<string, KnownFailure>();
  for (const one of ended) {
    const end = endOf(one);
    if (end === null) continue;
    const key = keyOf(before.inputs, one.action);
    const { isRepeat, repeats } = onRecord(one, before);
    const recordedAt = before.known.get(key)?.recordedAt;
    if (isRepeat && recordedAt !== undefined)
      after.set(key, { end, repeats: repeats + 1, recordedAt });
    else after.set(key, { end, repeats: 0, recordedAt: nowIso });
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
