/** One line of the agent made wrong on purpose, and the tests that are to notice it. */
export interface Saboteur {
  /** What it does to the agent's promises. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** Run in this order, until one of them fails. */
  readonly tests: readonly string[];
}

/** Every one must be caught; one that is not shows a promise that nothing tests. */
export const SABOTEURS: readonly Saboteur[] = [
  {
    name: "a failed fetch counts as a snapshot without files",
    file: "agent/reconcile/intake.ts",
    text: `if (result.kind === "failed") return result;`,
    replacement: `if (result.kind === "failed") Object.assign(result, { kind: "ready", head, paths: [] });`,
    tests: ["test/unit/reconcile/intake.test.ts"],
  },
  {
    name: "a broken file counts as a file that is gone",
    file: "agent/source/file-claims.ts",
    text: `for (const file of [...files].sort(`,
    replacement: `for (const file of files.filter(({ valid }) => valid).sort(`,
    tests: ["test/unit/source/assign-rooms.test.ts"],
  },
  {
    name: "rooms are let go of when a source runs empty",
    file: "agent/source/assign-rooms.ts",
    text: `if (files.length > 0 || owned.length === 0 || allowEmpty) return null;`,
    replacement: `if (files.length >= 0 || owned.length === 0 || allowEmpty) return null;`,
    tests: ["test/unit/source/assign-rooms.test.ts"],
  },
  {
    name: "a room that nobody owns is written to",
    file: "agent/reconcile/reconciler.ts",
    text: `if (row.owner === null && run.cause.posted === null) return [];`,
    replacement: ``,
    tests: ["test/unit/reconcile/reconciler.test.ts"],
  },
  {
    name: "an orphan keeps its owner",
    file: "agent/reconcile/room-intake.ts",
    text: `    owner: null,`,
    replacement: ``,
    tests: ["test/unit/reconcile/intake.test.ts"],
  },
  {
    name: "a confirmation is not used up",
    file: "agent/reconcile/end-intents.ts",
    text: `useItems(given.confirmations, [`,
    replacement: `useItems([], [`,
    tests: ["test/unit/reconcile/end-intents.test.ts"],
  },
  {
    name: "a commit that is seen again confirms anew",
    file: "agent/intent/confirmations.ts",
    text: "id: `${origin}/${originId}/${roomId}`,",
    replacement: "id: `${origin}/${originId}/${roomId}/${time.seenAtMs}`,",
    tests: ["test/unit/intent/confirmations.test.ts"],
  },
  {
    name: "a confirmation never expires",
    file: "agent/intent/confirmations.ts",
    text: `rows.filter((row) => nowMs < Date.parse(row.expiresAt))`,
    replacement: `rows.filter((row) => nowMs < Date.parse(row.expiresAt) || true)`,
    tests: ["test/unit/intent/confirmations.test.ts"],
  },
  {
    name: "X-Confirm covers the next drift as well",
    file: "agent/intent/confirmations.ts",
    text: `const used = new Set(row.used);`,
    replacement: `const used = new Set(row.origin === "request" ? [] : row.used);`,
    tests: ["test/unit/intent/confirmations.test.ts"],
  },
  {
    name: "a named confirmation covers the next drift as well",
    file: "agent/intent/confirmations.ts",
    text: `const used = new Set(row.used);`,
    replacement: `const used = new Set(row.named && row.origin === "commit" ? [] : row.used);`,
    tests: ["test/unit/intent/confirmations.test.ts"],
  },
  {
    name: "an old yes outlives the spec that names its items again",
    file: "agent/reconcile/withdrawn-confirmations.ts",
    text: `return withdrawReturned(rows, spec).map(`,
    replacement: `return withdrawReturned([], spec).map(`,
    tests: ["test/unit/reconcile/intake.test.ts"],
  },
  {
    name: "Confirm: true speaks for reverts too",
    file: "agent/intent/trailers.ts",
    text: `if (scope === "all" && REVERT_SUBJECT.test(subject)) {`,
    replacement: `if (scope === "all" && REVERT_SUBJECT.test(subject) && false) {`,
    tests: ["test/unit/intent/trailers.test.ts"],
  },
  {
    name: "a dry run is carried out",
    file: "agent/reconcile/choose-desired.ts",
    text: `mode: planOnly ? "plan" : "apply"`,
    replacement: `mode: planOnly ? "apply" : "apply"`,
    tests: ["test/unit/reconcile/choose-desired.test.ts"],
  },
  {
    name: "an intent is written after its effect",
    file: "agent/reconcile/phases/apply.ts",
    text: `await deps.rooms.writePass({ before: row, after }, intentChanges(judged, intents, deps));`,
    replacement: `setImmediate(() => void deps.rooms.writePass({ before: row, after }, intentChanges(judged, intents, deps)));`,
    tests: ["test/unit/reconcile/apply.test.ts"],
  },
  {
    name: "open intents are left open",
    file: "agent/reconcile/settle-open-intents.ts",
    text: `if (intents.length === 0) return`,
    replacement: `if (intents.length >= 0) return`,
    tests: ["test/unit/reconcile/settle-open-intents.test.ts"],
  },
  {
    name: "an upload is sent again without a look at the room",
    file: "agent/roomserver/rest-verdict.ts",
    text: `resend: !isUnreadable && (asked.isRepeatable || !answer.sent),`,
    replacement: `resend: !isUnreadable,`,
    tests: ["test/unit/roomserver/rest-verdict.test.ts"],
  },
  {
    name: "404 of a route that is not there counts as an empty room",
    file: "agent/roomserver/rest-verdict.ts",
    text: `if (absent !== undefined) return { kind: "ok", value: absent.value };`,
    replacement: `return { kind: "ok", value: (absent?.value ?? { entities: [] }) as T };`,
    tests: ["test/unit/roomserver/rest-verdict.test.ts"],
  },
  {
    name: "404 on a removal counts although the room still has the item",
    file: "agent/reconcile/verdict.ts",
    text: `if (lie !== undefined) return wrongRoute(lie);`,
    replacement: ``,
    tests: ["test/unit/reconcile/verdict.test.ts"],
  },
  {
    name: "limits are not kept in a batch",
    file: "agent/plan/removals.ts",
    text: `...ofKind(plan, "kick").slice(caps.maxKicks),`,
    replacement: ``,
    tests: ["test/unit/plan/removals.test.ts"],
  },
  {
    name: "guardrails judge a cached read",
    file: "agent/reconcile/phases/planning.ts",
    text: `const isEnough = track.mode === "plan" || !deps.options.readBeforeApply;`,
    replacement: `const isEnough = true;`,
    tests: ["test/unit/reconcile/planning.test.ts"],
  },
  {
    name: "a commit is planned against a cached read",
    file: "agent/reconcile/phases/planning.ts",
    text: `if (cause.trigger !== "interval" || `,
    replacement: `if (`,
    tests: ["test/unit/reconcile/planning.test.ts"],
  },
  {
    name: "half of a room is more than half of it, or less",
    file: "agent/guardrail/change-threshold.ts",
    text: `ratio <= threshold`,
    replacement: `ratio < threshold`,
    tests: ["test/unit/guardrail/change-threshold.test.ts"],
  },
  {
    name: "a room that was never verified is adopted without a question",
    file: "agent/guardrail/adoption.ts",
    text: `if (facts.verifiedBefore || lifted`,
    replacement: `if (!facts.verifiedBefore || lifted`,
    tests: ["test/unit/guardrail/rules.test.ts"],
  },
  {
    name: "a pass writes over what a commit said meanwhile",
    file: "agent/reconcile/room-writer.ts",
    text: `    head: now.head,`,
    replacement: ``,
    tests: ["test/unit/reconcile/room-writer.test.ts"],
  },
  {
    name: "a newer revision does not stop the pass under way",
    file: "agent/reconcile/phases/apply.ts",
    text: `if (this.stoppedBy === null && signals.superseded()) this.stoppedBy = "superseded";`,
    replacement: ``,
    tests: ["test/unit/reconcile/apply.test.ts"],
  },
  {
    name: "a room is called verified whatever VERIFY saw",
    file: "agent/reconcile/verdict.ts",
    text: `if (remaining.actions.length === 0) {`,
    replacement: `if (remaining.actions.length >= 0) {`,
    tests: ["test/unit/reconcile/verdict.test.ts"],
  },
  {
    name: "a rewritten history removes things without a question",
    file: "agent/guardrail/history-rewritten.ts",
    text: `if (rewritten === null) return undefined;`,
    replacement: `if (rewritten === null || true) return undefined;`,
    tests: ["test/unit/guardrail/rules.test.ts"],
  },
  {
    name: "a read that cannot be believed is believed",
    file: "agent/reconcile/judge-read.ts",
    text: `const kind = suspicionOf(observed, { roomId: row.roomId, inventory });`,
    replacement: `const kind = inventory.length < 0 ? suspicionOf(observed, { roomId: row.roomId, inventory }) : null;`,
    tests: ["test/unit/reconcile/judge-read.test.ts"],
  },
  {
    name: "a pass is undone before its quarantine is written",
    file: "agent/reconcile/phases/rollback.ts",
    text: `row: { ...now, ...members } };`,
    replacement: `row: { ...now, ...members, quarantine: now.quarantine } };`,
    tests: ["test/unit/reconcile/rollback.test.ts", "test/unit/reconcile/rollback-crash.test.ts"],
  },
  {
    name: "a room of which something is held counts as verified",
    file: "agent/reconcile/verdict.ts",
    text: `heldOutcome(verified.refusals) ??`,
    replacement: ``,
    tests: ["test/unit/reconcile/verdict.test.ts", "test/unit/reconcile/rewritten-pass.test.ts"],
  },
  {
    name: "one lost write counts as one that cannot be shown",
    file: "agent/plan/not-observable.ts",
    text: `const WRITES_UNTIL_HELD = 3;`,
    replacement: `const WRITES_UNTIL_HELD = 1;`,
    tests: ["test/unit/reconcile/unseen-writes.test.ts"],
  },
  {
    name: "a room whose policy reads otherwise counts as verified",
    file: "agent/reconcile/verdict.ts",
    text: `deniedOutcome(verified.notObservable) ?? { kind`,
    replacement: `{ kind`,
    tests: ["test/unit/reconcile/unseen-writes.test.ts"],
  },
  {
    name: "two agents share a data folder",
    file: "agent/store/sqlite-store.ts",
    text: `lock = acquireStoreLock(folder, options.nowMs);`,
    replacement: `lock = { release: () => undefined } as StoreLock;`,
    tests: ["test/integration/store/sqlite-lock.test.ts"],
  },
  {
    name: "two workers take one room",
    file: "agent/queue/work-queue.ts",
    text: `    if (flight !== undefined) {
      flight.forgotten = false;`,
    replacement: `    if (flight !== undefined && key === "") {
      flight.forgotten = false;`,
    tests: ["test/unit/queue/work-queue-properties.test.ts"],
  },
  {
    name: "an object of any size is taken in",
    file: "agent/source/git-pack-scan.ts",
    text: `    refuseSize(entry.size, this.#limits);`,
    replacement: ``,
    tests: ["test/unit/source/git-pack-scan.test.ts"],
  },
  {
    name: "a pack that nobody scanned is written",
    file: "agent/source/git-pack-fs.ts",
    text: `return scanned.has(sum) &&`,
    replacement: `return scanned.size > 0 || scanned.has(sum) &&`,
    tests: ["test/integration/source/git-pack-fs.test.ts"],
  },
];
