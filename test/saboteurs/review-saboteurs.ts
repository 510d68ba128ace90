const PLANNER = ["test/unit/review/pull-request-planner.test.ts"];
const TROUBLES = ["test/unit/review/unpublished-plans.test.ts"];
const COMMENT = ["test/unit/review/plan-comment.test.ts"];
const PREVIEW = ["test/unit/reconcile/preview-room.test.ts"];
const TOUCHED = ["test/unit/review/touched-rooms.test.ts"];
const REVISION = ["test/integration/source/git-revision.test.ts"];

/** What makes the agent show another plan than the one that is carried out, or takes a plan for shown that no person could read. */
export const REVIEW_SABOTEURS = [
  {
    name: "a comment that somebody edited stays as it is",
    file: "agent/review/plan-publisher.ts",
    text: `return id === commentId && digest === commentDigest;`,
    replacement: `return id === commentId;`,
    tests: ["test/unit/review/unpublished-plans.test.ts"],
  },
  {
    name: "a label between the two positions counts as set after the plan",
    file: "agent/review/plan-publisher.ts",
    text: `shownAfter: newestPosition(after.value),`,
    replacement: `shownAfter: newestPosition(before.value),`,
    tests: PLANNER,
  },
  {
    name: "a plan whose history of labels is cut counts as shown",
    file: "agent/review/plan-publisher.ts",
    text: `if (isKnown) await this.#remember(`,
    replacement: `await this.#remember(`,
    tests: TROUBLES,
  },
  {
    name: "a removal that the comment leaves out counts as shown",
    file: "agent/review/plan-comment.ts",
    text: `    if (bytes > left) rooms += 1;`,
    replacement: `    if (bytes > left) (rooms += 1, shown.set(room.roomId, refusedOf(room)));`,
    tests: COMMENT,
  },
  {
    name: "a run of backticks ends a code span",
    file: "agent/review/markdown.ts",
    text: `"\`".repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1)`,
    replacement: `"\`".repeat(Math.min(1, runs.length + 1))`,
    tests: COMMENT,
  },
  {
    name: "a label that was set before the plan is said to count",
    file: "agent/review/label-notes.ts",
    text: `isSure && shownAfter < position`,
    replacement: `position !== null && shownAfter <= position + 1e9`,
    tests: PLANNER,
  },
  {
    name: "a plan of what can be read takes the place of one that was whole",
    file: "agent/review/pull-request-planner.ts",
    text: `if (partial !== null && row?.plans.at(-1)?.head === review.head)`,
    replacement: `if (partial !== null && row?.plans.at(-1)?.head === "")`,
    tests: TROUBLES,
  },
  {
    name: "the head of the list is planned, whatever head there is",
    file: "agent/review/pull-request-planner.ts",
    text: `const pull = found.value;`,
    replacement: `const pull = found.value && { ...found.value, headSha: listed.headSha };`,
    tests: PLANNER,
  },
  {
    name: "a comment that another account planted is taken for the agent's",
    file: "agent/review/plan-publisher.ts",
    text: `const by = { marker: planMarker(source), ownId: own.value };`,
    replacement: `const by = { marker: planMarker(source), ownId: "1" };`,
    tests: PLANNER,
  },
  {
    name: "a label's pinned id follows its name",
    file: "agent/review/forge-memory.ts",
    text: `if (id !== null) labelIds[name] ??= id;`,
    replacement: `if (id !== null) labelIds[name] = id;`,
    tests: PLANNER,
  },
  {
    name: "forks are planned",
    file: "agent/review/open-pulls.ts",
    text: `.filter(({ isFork }) => forks || !isFork)`,
    replacement: `.filter(({ isFork }) => forks || isFork !== undefined)`,
    tests: PLANNER,
  },
  {
    name: "a preview leaves its read for the passes",
    file: "agent/reconcile/preview-room.ts",
    text: `put: () => undefined,`,
    replacement: `put: (roomId, state) => cache.put(roomId, state),`,
    tests: PREVIEW,
  },
  {
    name: "a preview counts what was confirmed for something else",
    file: "agent/reconcile/pass-confirmations.ts",
    text: `if (cause.unconfirmed === true) return [];`,
    replacement: `if (cause.unconfirmed === true && cause.retry) return [];`,
    tests: PREVIEW,
  },
  {
    name: "a preview believes a read that no pass would believe",
    file: "agent/reconcile/preview-room.ts",
    text: `if (isHolding(planned.trust.suspicion))`,
    replacement: `if (isHolding(planned.trust.suspicion) && signal.aborted)`,
    tests: PREVIEW,
  },
  {
    name: "a file with errors has its room count as gone",
    file: "agent/review/touched-rooms.ts",
    text: `for (const { path } of unclear) kept.add(path);`,
    replacement: `for (const { path } of unclear) kept.delete(path);`,
    tests: TOUCHED,
  },
  {
    name: "a proposed commit is read into the clone that rooms are made from",
    file: "agent/source/git/git-clone-folder.ts",
    text: "return new CloneFolder(`${this.path}.side`, this.#url);",
    replacement: "return new CloneFolder(this.path, this.#url);",
    tests: REVISION,
  },
];
