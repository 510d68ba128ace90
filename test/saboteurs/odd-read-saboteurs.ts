import type { Saboteur } from "./saboteur.ts";

const READS = "test/unit/room/judge-prune-read.test.ts";
const STORY = "test/unit/reconcile/prune-odd-reads.test.ts";
const LAG = "test/unit/reconcile/sending/settle-lag.test.ts";

/** What keeps one odd read, or a state that lags, from deciding what was removed, made wrong. */
export const ODD_READ_SABOTEURS: readonly Saboteur[] = [
  {
    name: "one read that lacks half ends a prune",
    file: "agent/room/judge-read.ts",
    text: `const lacks = lacksHalf(read);`,
    replacement: `const lacks = lacksHalf(read) && nowMs < 0;`,
    tests: [READS, STORY],
  },
  {
    name: "half of what is to be pruned is not much",
    file: "agent/room/judge-read.ts",
    text: `.length * 2 >= expected;`,
    replacement: `.length >= expected;`,
    tests: [READS],
  },
  {
    name: "a state that never lags needs a second read",
    file: "agent/room/judge-read.ts",
    text: `return toleranceMs > 0 && expected > 0`,
    replacement: `return toleranceMs >= 0 && expected > 0`,
    tests: [READS],
  },
  {
    name: "the second read of a prune may come at once",
    file: "agent/room/judge-read.ts",
    text: `missedMs(leaving, nowMs) >= toleranceMs`,
    replacement: `missedMs(leaving, nowMs) >= 0`,
    tests: [READS],
  },
  {
    name: "the second read of a prune comes over the connection of the first",
    file: "agent/room/judge-read.ts",
    text: `leaving === null || (newConnection && missedMs`,
    replacement: `leaving === null || (nowMs > 0 && missedMs`,
    tests: [READS],
  },
  {
    name: "a prune does not ask for its second read over a new connection",
    file: "agent/reconcile/read-room.ts",
    text: `progress.missingSince !== null || row.removing?.missing !== undefined`,
    replacement: `progress.missingSince !== null`,
    tests: [STORY],
  },
  {
    name: "time without a read counts",
    file: "agent/room/missing.ts",
    text: `gapMs >= 0 && gapMs <= LONGEST_GAP_MS`,
    replacement: `gapMs >= 0`,
    tests: [READS],
  },
  {
    name: "a removal without an answer is done by a read that lacks half",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `return lacksHalf && shown === "done"`,
    replacement: `return !lacksHalf && shown === "unknown"`,
    tests: ["test/unit/reconcile/sending/ended-intents.test.ts"],
  },
  {
    name: "what was answered is seen gone by a read that lacks half",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `(isGone && !lacksHalf);`,
    replacement: `isGone;`,
    tests: ["test/unit/reconcile/sending/ended-intents.test.ts"],
  },
  {
    name: "a removal that was not answered need not be shown",
    file: "agent/reconcile/sending/removed-by.ts",
    text: `? result.kind === "done"`,
    replacement: `? result.kind !== "notSent"`,
    tests: [STORY],
  },
  {
    name: "what an undo was to remove need not be shown",
    file: "agent/reconcile/phases/rollback.ts",
    text: `const removed = removedBy(reports);`,
    replacement: `const removed = reports.map(({ action }) => action.item);`,
    tests: ["test/unit/reconcile/rollback-odd-read.test.ts"],
  },
  {
    name: "open removals need not be shown",
    file: "agent/reconcile/sending/settle-open-intents.ts",
    text: `(action.kind === "replace" ? [action.item] : [])`,
    replacement: `(action.kind === "join" ? [] : [action.item])`,
    tests: [STORY],
  },
  {
    name: "what was missing before another removal is not any more",
    file: "agent/reconcile/sending/after-removals.ts",
    text: `[...(before?.items ?? []), ...missed]`,
    replacement: `missed`,
    tests: ["test/unit/reconcile/prune-seen-gone.test.ts"],
  },
  {
    name: "a state that may lag settles a removal",
    file: "agent/reconcile/sending/settle-open-intents.ts",
    text: `if (shown > 0 && afterMs > 0)`,
    replacement: `if (shown > 0 && afterMs < 0)`,
    tests: [LAG],
  },
  {
    name: "each read that does not settle is the first",
    file: "agent/reconcile/sending/first-settling.ts",
    text: `return nowMs - known.atMs;`,
    replacement: `return 0;`,
    tests: [LAG],
  },
  {
    name: "a removal that was sent before one that was done was not",
    file: "agent/reconcile/sending/settle-sent.ts",
    text: `isShown && sentBy.has(correlationId)`,
    replacement: `!isShown && sentBy.has(correlationId)`,
    tests: ["test/unit/reconcile/sending/settle-sent.test.ts", LAG],
  },
  {
    name: "a removal without an answer is not done while a state may lag",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `const isOpen = mayLag && result.kind`,
    replacement: `const isOpen = !mayLag && result.kind`,
    tests: ["test/unit/reconcile/sending/ended-intents.test.ts"],
  },
  {
    name: "a prune is converged while its last read does not decide",
    file: "agent/reconcile/phases/verify.ts",
    text: `whilePruning(verified, deps) ?? unlessLagging(verdict(verified), verified, deps)`,
    replacement: `unlessLagging(verdict(verified), verified, deps) ?? whilePruning(verified, deps)`,
    tests: [STORY],
  },
];
