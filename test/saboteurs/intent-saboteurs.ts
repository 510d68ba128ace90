import { PRUNE_SABOTEURS } from "./prune-saboteurs.ts";
import type { Saboteur } from "./saboteur.ts";

/** What commits say. */
export const INTENT_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a commit that a merge brings in speaks for everything",
    file: "agent/intent/commit-words.ts",
    text: `if (line === null || line.has(record.oid)) return`,
    replacement: `if (line === null || line.size > 0) return`,
    tests: ["test/unit/intent/merged-commits.test.ts"],
  },
  {
    name: "a merged commit confirms what the branch lost before",
    file: "agent/intent/commit-reader.ts",
    text: `if (lost.has(item)) this`,
    replacement: `if (lost.size >= 0) this`,
    tests: ["test/unit/intent/merged-commits.test.ts"],
  },
  {
    name: "a dry run behind commits that were not read is carried out",
    file: "agent/intake/read-intents.ts",
    text: `(unread === null ? null : newestHold(words)) ?? inDoubt;`,
    replacement: `unread === null ? null : newestHold(words);`,
    tests: ["test/integration/agent/dry-run-unread.test.ts"],
  },
  {
    name: "commits whose messages were not read ask for no dry run",
    file: "agent/intent/unread-commits.ts",
    text: `if (said === undefined || head === undefined) return null;`,
    replacement: `if (said === undefined || said === null || head === undefined) return null;`,
    tests: ["test/unit/intent/unread-commits.test.ts"],
  },
  {
    name: "a dry run with a typing error is carried out",
    file: "agent/intent/commit-reader.ts",
    text: `draft.dryRun = { kind: "on", commit: words.record.oid, lookAlike: { line, reason } };`,
    replacement: ``,
    tests: ["test/unit/intent/dry-run-look-alikes.test.ts"],
  },
  {
    name: "an empty commit confirms a room that its dry run is about",
    file: "agent/intent/commit-reader.ts",
    text: `return meant.length > 0 ? new Set(meant)`,
    replacement: `return meant.length < 0 ? new Set(meant)`,
    tests: ["test/unit/intent/dry-runs.test.ts"],
  },
  {
    name: "a dry run without its colon is carried out",
    file: "agent/intent/trailers.ts",
    text: `const like = colon ?? withoutColon(line, at.isInLast);`,
    replacement: `const like = colon;`,
    tests: ["test/unit/intent/dry-run-look-alikes.test.ts"],
  },
  {
    name: "Confirm: true speaks for reverts too",
    file: "agent/intent/trailers.ts",
    text: `if (scope === "all" && REVERT_SUBJECT.test(subject)) {`,
    replacement: `if (scope === "all" && REVERT_SUBJECT.test(subject) && false) {`,
    tests: ["test/unit/intent/trailers.test.ts"],
  },
  {
    name: "Confirm: true in an empty commit is not reported",
    file: "agent/intent/commit-reader.ts",
    text: `if (what !== null) {`,
    replacement: `if (what === "") {`,
    tests: ["test/unit/intent/empty-commits.test.ts"],
  },
  {
    name: "a commit outside of Path counts as one that changes no file",
    file: "agent/source/git/git-touches.ts",
    text: `question.trees.entries(tree).length === 0 : before === tree;`,
    replacement: `question.trees.entries(tree).length === 0 : touches.length === 0;`,
    tests: ["test/integration/source/git-empty-commits.test.ts"],
  },
  {
    name: "a room is not told what its file said while it was barred",
    file: "agent/intake/source-index.ts",
    text: `file.valid && took.digest === file.digest && took.specOid === file.oid`,
    replacement: `file.valid`,
    tests: ["test/unit/intake/source-index.test.ts"],
  },
  {
    name: "a dry run is carried out",
    file: "agent/room/choose-desired.ts",
    text: `mode: planOnly ? "plan" : "apply"`,
    replacement: `mode: planOnly ? "apply" : "apply"`,
    tests: ["test/unit/room/choose-desired.test.ts"],
  },
  {
    name: "removals are rejected with a commit that a force-push dropped",
    file: "agent/api/ways-out.ts",
    text: `applied?.lineage === lineage &&`,
    replacement: `applied !== null &&`,
    tests: ["test/unit/api/confirm-hint.test.ts"],
  },
  ...PRUNE_SABOTEURS,
];
