import type { Saboteur } from "./saboteur.ts";

/** What requests are answered and may confirm, made wrong. */
export const REQUEST_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a dry run brings a pass with it that carries its plan out",
    file: "agent/run/room-passes.ts",
    text: `return cause.dryRun ? UNSPENT : this.#toEnding(requeue);`,
    replacement: `return cause.dryRun ? { kind: "again", priority: "interval" } : this.#toEnding(requeue);`,
    tests: ["test/unit/run/rehearsed-passes.test.ts"],
  },
  {
    name: "a dry run takes the place of the pass that a commit asked for",
    file: "agent/queue/work-queue.ts",
    text: `if (ending.kind === "unspent") this.#giveBack(key, flight.own);`,
    replacement: `if (ending.kind === "unspent") this.#giveBack(key, null);`,
    tests: ["test/unit/queue/work-queue-unspent.test.ts"],
  },
  {
    name: "a request is answered with the pass of another one's spec",
    file: "agent/reconcile/reconciler.ts",
    text: `return carried !== null && (owner === null || head?.digest !== carried.digest);`,
    replacement: `return carried !== null && owner === null && head === null;`,
    tests: ["test/unit/reconcile/person-pass.test.ts"],
  },
  {
    name: "X-Confirm: true speaks for a spec that somebody else posted meanwhile",
    file: "agent/room/request-confirm.ts",
    text: `const isForeign = isOfItsOwn && confirm.inputs !== inputs.digest;`,
    replacement: `const isForeign = false;`,
    tests: ["test/unit/room/request-confirm.test.ts"],
  },
  {
    name: "X-Confirm: true covers more than was shown",
    file: "agent/room/request-confirm.ts",
    text: `const beyond = open.filter((item) => !shown.has(item));`,
    replacement: `const beyond = open.filter((item) => !shown.has(item) && shown.size === 0);`,
    tests: ["test/unit/room/request-confirm.test.ts"],
  },
  {
    name: "a digest confirms whatever plan there is",
    file: "agent/room/request-confirm.ts",
    text: `return planDigest(plan, inputs.digest, confirmed) === confirm.digest`,
    replacement: `return planDigest(plan, inputs.digest) !== ""`,
    tests: ["test/unit/room/request-confirm.test.ts"],
  },
  {
    name: "a digest is good again once its room was forgotten",
    file: "agent/room/plan-epoch.ts",
    text: `Math.max(row.confirmedRequests, epoch)`,
    replacement: `row.confirmedRequests`,
    tests: ["test/unit/store/room-writer.test.ts"],
  },
  {
    name: "a posted spec's confirmation outlives the spec",
    file: "agent/reconcile/pass-confirmations.ts",
    text: `const isBound = confirm?.kind === "plan" || path === null || isPrune(planned.inputs);`,
    replacement: `const isBound = false;`,
    tests: ["test/unit/reconcile/person-pass.test.ts"],
  },
  {
    name: "what a commit lifts is recorded again where its snapshot is ingested again",
    file: "agent/room/confirmed-dry-runs.ts",
    text: `confirmedDryRuns: [newest, ...others].slice(0, MOST_CONFIRMED)`,
    replacement: `confirmedDryRuns: others`,
    tests: ["test/unit/intake/take-rooms-in.test.ts"],
  },
  {
    name: "what a commit lifts is recorded in each pass",
    file: "agent/reconcile/confirmed-head-record.ts",
    text: `[{ kind: "room", row: recorded(now) }, record]`,
    replacement: `[record]`,
    tests: ["test/unit/reconcile/confirmed-head-record.test.ts"],
  },
  {
    name: "what a request lifts is lifted though its confirmation is outdated",
    file: "agent/reconcile/phases/pre-checks.ts",
    text: `asked?.kind !== "outdated" && planned.lift !== null`,
    replacement: `planned.lift !== null`,
    tests: ["test/unit/reconcile/person-pass.test.ts"],
  },
];
