import type { Saboteur } from "./saboteur.ts";

/** Those of what the agent believes of a room that it reads. */
export const OBSERVING_SABOTEURS: readonly Saboteur[] = [
  {
    name: "drift that is only to be reported is corrected",
    file: "agent/guardrail/drift-policy.ts",
    text: `if (reported === null ||`,
    replacement: `if (reported !== "" ||`,
    tests: ["test/unit/reconcile/drift-policy.test.ts"],
  },
  {
    name: "policy off corrects drift",
    file: "agent/room/drift-rule.ts",
    text: `return rule.policy === "off" || asked.length > 0 ?`,
    replacement: `return asked.length > 0 ?`,
    tests: ["test/model/drift-stories.test.ts"],
  },
  {
    name: "policy off drops the rest of what a person confirmed",
    file: "agent/room/drift-rule.ts",
    text: `return rule.policy === "off" || asked.length > 0 ?`,
    replacement: `if (rule.policy === "off") return { ...left, actions: [] }; return asked.length > 0 ?`,
    tests: ["test/unit/reconcile/drift-policy.test.ts"],
  },
  {
    name: "what the configuration makes possible counts as drift",
    file: "agent/reconcile/row-after.ts",
    text: `    ...(converged ? withoutBlocked(row, ending) : {}),`,
    replacement: ``,
    tests: ["test/unit/reconcile/drift-policy.test.ts"],
  },
  {
    name: "ignored drift covers what the spec changed",
    file: "agent/room/drift-rule.ts",
    text: `if (entries.length === 0 || !isUnchanged(action.item, specs)) return false;`,
    replacement: `if (entries.length === 0 || specs.length < 0) return false;`,
    tests: ["test/unit/room/drift-rule.test.ts"],
  },
  {
    name: "one lost write counts as one that cannot be shown",
    file: "agent/plan/not-observable.ts",
    text: `const WRITES_UNTIL_HELD = 3;`,
    replacement: `const WRITES_UNTIL_HELD = 1;`,
    tests: ["test/unit/reconcile/unseen-writes.test.ts"],
  },
  {
    name: "two agents fight over a room for ever",
    file: "agent/reconcile/contest.ts",
    text: `waitMs === 0 ? null`,
    replacement: `waitMs >= 0 ? null`,
    tests: ["test/unit/reconcile/contest.test.ts"],
  },
  {
    name: "a fight that only the read-back sees is none",
    file: "agent/reconcile/contest.ts",
    text: `.filter(({ item, isSeen }) => isSeen || isKept(item));`,
    replacement: `.filter(({ isSeen }) => isSeen);`,
    tests: ["test/unit/reconcile/contest.test.ts"],
  },
  {
    name: "a room whose policy reads otherwise counts as verified",
    file: "agent/reconcile/verdict.ts",
    text: `deniedOutcome(verified.notObservable) ?? { kind`,
    replacement: `{ kind`,
    tests: ["test/unit/reconcile/unseen-writes.test.ts"],
  },
  {
    name: "a source without specs is healthy",
    file: "agent/api/source-view.ts",
    text: `reason === "RoomSpecNotRead" || reason === "NoSpecsFound",`,
    replacement: `reason === "RoomSpecNotRead",`,
    tests: ["test/integration/api/probes.test.ts"],
  },
  {
    name: "the end of a warning about a source's files is not audited",
    file: "agent/intake/source-watch.ts",
    text: `.filter((reason) => !now.has(reason))`,
    replacement: `.filter(() => false)`,
    tests: ["test/unit/intake/no-specs.test.ts"],
  },
  {
    name: "explain calls a room well of which a seed is missing",
    file: "agent/api/explain/source-causes.ts",
    text: `return attentionOf(room) ?? (own === undefined`,
    replacement: `return (own === undefined`,
    tests: ["test/unit/api/explain.test.ts"],
  },
];
