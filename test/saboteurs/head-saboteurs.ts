/** What makes the agent believe a head too soon, or count a word twice. */
export const HEAD_SABOTEURS = [
  {
    name: "a head that lies behind the ingested one is believed at once",
    file: "agent/source/git-sync.ts",
    text: `return believesAncestor ? null : { kind: "ancestor" };`,
    replacement: `return believesAncestor || true ? null : { kind: "ancestor" };`,
    tests: ["test/integration/source/git-head-doubts.test.ts"],
  },
  {
    name: "a second look counts over the same connection and before StaleTolerance",
    file: "agent/reconcile/lag-watch.ts",
    text: `if (!look.fresh || leftMs > 0) return`,
    replacement: `if (!look.fresh && leftMs > 0 && leftMs < 0) return`,
    tests: ["test/unit/reconcile/lag-watch.test.ts"],
  },
  {
    name: "another repository is carried out without a person",
    file: "agent/source/git-sync.ts",
    text: `return isAccepted ? null : { kind: "unrelated", commits, whole };`,
    replacement: `return isAccepted || true ? null : { kind: "unrelated", commits, whole };`,
    tests: ["test/integration/source/git-head-doubts.test.ts"],
  },
  {
    name: "any head is accepted in place of the one that waits",
    file: "agent/reconcile/accept-head.ts",
    text: `if (unrelated.head !== head) {`,
    replacement: `if (unrelated.head !== head && head === "") {`,
    tests: ["test/unit/reconcile/accept-head.test.ts"],
  },
  {
    name: "a confirmation is counted again when its commit is read again",
    file: "agent/intent/room-drafts.ts",
    text: `.filter(([words]) => !isUsed(words.record.oid))`,
    replacement: `.filter(([words]) => !isUsed(words.record.oid) || true)`,
    tests: ["test/unit/intent/commit-intents.test.ts"],
  },
  {
    name: "what the agent never added goes when a branch is back",
    file: "agent/reconcile/detour.ts",
    text: `if (isNew) added.add(action.item);`,
    replacement: `added.add(action.item);`,
    tests: ["test/unit/reconcile/detour.test.ts"],
  },
] as const;
