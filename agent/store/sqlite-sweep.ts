import { setImmediate as nextTick } from "node:timers/promises";
import { TOUCH_MS } from "./sqlite-changes.ts";
import { numberOf, textOf } from "./sqlite-document.ts";
import type { Statements } from "./sqlite-statements.ts";
import { KEPT_VERIFIED } from "./store.ts";

/** Rows looked at in one step; each step is a transaction of its own. */
const STEP_ROWS = 200;
/** A blob may be written this long before the row that needs it; being handed in again is noted late, by `TOUCH_MS`. */
const BLOB_GRACE_MS = 3_600_000 + TOUCH_MS;

export interface SweepOptions {
  readonly statements: Statements;
  readonly nowMs: () => number;
  /** Asked between steps. */
  readonly isStopped: () => boolean;
  /** Whether running work may still read a seed, or is about to refer to it, although no row does. */
  readonly isHeld: (oid: string) => boolean;
}

/** Rows that go with age alone. The index on the time makes each step find its rows at once. */
const AGED = [
  { table: "audit", isOld: "time_ms < ?" },
  { table: "confirmation", isOld: "expires_ms < ?" },
] as const;

/**
 * History that goes: old, not the last of its room, and no proof of what was verified that is still of use. Refers to the
 * row as `history`.
 */
const HISTORY_GONE = `time_ms < ?
  AND seq <> (SELECT max(seq) FROM history AS other WHERE other.room_id = history.room_id)
  AND NOT (outcome = 'verified' AND (
    EXISTS (SELECT 1 FROM room WHERE room.room_id = history.room_id
      AND history.inputs_digest IN (room.enforced_digest, room.verified_digest))
    OR seq >= coalesce((SELECT seq FROM history AS other
      WHERE other.room_id = history.room_id AND other.outcome = 'verified'
      ORDER BY seq DESC LIMIT 1 OFFSET ${KEPT_VERIFIED - 1}), 0)))`;

const blobGone = (kind: "spec" | "seed") => `touched_ms < ?
  AND NOT EXISTS (SELECT 1 FROM blob_ref WHERE blob_ref.kind = '${kind}' AND blob_ref.oid = ${kind}.oid)`;

/** History keeps the texts that its rows refer to, until those rows are past their own limit. */
const SPEC_GONE = `${blobGone("spec")}
  AND NOT EXISTS (SELECT 1 FROM history WHERE history.spec_oid = spec.oid AND history.time_ms >= ?)`;

const SEED_GONE = blobGone("seed");

/** Deletes what `Store.sweep` says, in small steps with room for other work between them. */
export async function sweepStore(options: SweepOptions, beforeMs: number): Promise<void> {
  for (const { table, isOld } of AGED) {
    const remove = options.statements.get(
      `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE ${isOld} LIMIT ${STEP_ROWS})`,
    );
    while (!options.isStopped() && Number(remove.run(beforeMs).changes) > 0) await nextTick();
  }
  const cutoffMs = options.nowMs() - BLOB_GRACE_MS;
  await sweepTable(options, "history", { isGone: HISTORY_GONE, times: [beforeMs] });
  await sweepTable(options, "spec", { isGone: SPEC_GONE, times: [cutoffMs, beforeMs] });
  await sweepSeeds(options, cutoffMs);
}

/** Deletes the seeds that no row refers to and no work holds, however young they are. */
export function sweepSpareSeeds(options: SweepOptions): Promise<void> {
  return sweepSeeds(options, Number.MAX_SAFE_INTEGER);
}

/** Walks the seeds as `sweepTable` does, but takes one in a tick: of a large one, many pages go. */
async function sweepSeeds(options: SweepOptions, cutoffMs: number): Promise<void> {
  const { statements } = options;
  const gone = statements.get(
    `SELECT seq, oid FROM seed WHERE seq > ? AND seq <= ? AND ${SEED_GONE}`,
  );
  // Asked once more: a row may have come to need it meanwhile.
  const remove = statements.get(`DELETE FROM seed WHERE seq = ? AND ${SEED_GONE}`);
  await walk(options, "seed", async (from, last) => {
    for (const row of gone.all(from, last, cutoffMs)) {
      if (options.isStopped()) return;
      if (options.isHeld(textOf(row, "oid"))) continue;
      remove.run(numberOf(row, "seq"), cutoffMs);
      await nextTick();
    }
  });
}

async function sweepTable(
  options: SweepOptions,
  table: "history" | "spec",
  rule: { readonly isGone: string; readonly times: readonly number[] },
): Promise<void> {
  const remove = options.statements.get(
    `DELETE FROM ${table} WHERE seq > ? AND seq <= ? AND ${rule.isGone}`,
  );
  await walk(options, table, async (from, last) => {
    remove.run(from, last, ...rule.times);
  });
}

/** Walks a table by `seq`, so that rows which stay are looked at once; `from` is not in the step, `last` is. */
async function walk(
  { statements, isStopped }: SweepOptions,
  table: "history" | "spec" | "seed",
  step: (from: number, last: number) => Promise<void>,
): Promise<void> {
  const next = statements.get(
    `SELECT coalesce(max(seq), 0) AS last FROM
       (SELECT seq FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ${STEP_ROWS})`,
  );
  let from = 0;
  while (!isStopped()) {
    const last = numberOf(next.get(from) ?? {}, "last");
    if (last === 0) return;
    await step(from, last);
    from = last;
    await nextTick();
  }
}
