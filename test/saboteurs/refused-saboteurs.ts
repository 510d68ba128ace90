import type { Saboteur } from "./saboteur.ts";

/** What keeps a refused update from disturbing its room, made wrong. */
export const REFUSED_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a refused update is sent again by each pass",
    file: "agent/reconcile/phases/apply.ts",
    text: `.filter((action) => !known.has(action))`,
    replacement: ``,
    tests: [
      "test/model/refused-stories.test.ts",
      "test/unit/reconcile/refused-updates.test.ts",
      "test/integration/agent/refused-replace.test.ts",
    ],
  },
  {
    name: "a refused update is not sent for other inputs either",
    file: "agent/reconcile/sending/refused-updates.ts",
    text: `one.inputs === inputs && isWaiting(one, nowMs)`,
    replacement: `isWaiting(one, nowMs)`,
    tests: ["test/model/refused-stories.test.ts", "test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a refused update waits for ever",
    file: "agent/room/refused-update.ts",
    text: `Math.abs(nowMs - Date.parse(triedAt)) < WAIT_MS`,
    replacement: `triedAt !== "" && nowMs > 0`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a refused update is held although somebody changed the entity",
    file: "agent/reconcile/sending/refused-updates.ts",
    text: `before?.digest === digestOf(action) ?`,
    replacement: `before !== undefined ?`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a refused update comes back to life with the state that it was refused in",
    file: "agent/reconcile/sending/refused-updates.ts",
    text: `else if (old?.digest === digest) after.push(old);
  }
  return after;`,
    replacement: `else if (old?.digest === digest) after.push(old);
  }
  const items = new Set(after.map(({ item }) => item));
  return [...after, ...given.known.filter(({ item }) => !items.has(item))];`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "refused updates are remembered without a limit",
    file: "agent/reconcile/phases/apply.ts",
    text: `this.#joinedBack >= MOST_REFUSED_UPDATES`,
    replacement: `this.#joinedBack > 10 * MOST_REFUSED_UPDATES`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "updates over the limit of refused ones are sent in later passes",
    file: "agent/reconcile/sending/refused-updates.ts",
    text: `isFull ? TOO_MANY : null`,
    replacement: `null`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a person's request does not lift refused updates",
    file: "agent/reconcile/accept-request.ts",
    text: `(isQuarantined(row) || refusedCount(row) > 0)`,
    replacement: `isQuarantined(row)`,
    tests: ["test/model/refused-stories.test.ts", "test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a request that is refused itself lifts refused updates",
    file: "agent/room/after-pass.ts",
    text: `const { refusedUpdates } = isSame ? now : after;`,
    replacement: `const { refusedUpdates } = after;`,
    tests: ["test/unit/room/after-pass.test.ts"],
  },
  {
    name: "a room counts as applied although an update was not sent again",
    file: "agent/reconcile/row-after.ts",
    text: `reports.length + (ending.verified?.notRepeated.length ?? 0)`,
    replacement: `reports.length`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "what was not sent again is not reported",
    file: "agent/reconcile/verdict.ts",
    text: `if (notRepeated.length === 0) return reports;`,
    replacement: `if (plan !== null) return reports;`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "what holds removals for a refused addition forgets updates that are not sent again",
    file: "agent/reconcile/phases/apply.ts",
    text: `if (result !== undefined) rules.learn(action, result);`,
    replacement: `if (intent !== undefined && result !== undefined) rules.learn(action, result);`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a rollback's refused update is tried again by the pass that follows",
    file: "agent/reconcile/refused-updates-after.ts",
    text: `reports: asUndone(rollback)`,
    replacement: `reports: []`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "a refused entity is left out of its room although older attributes would do",
    file: "agent/reconcile/sending/perform-action.ts",
    text: `return (await joinOlder(given, { refusal, refused: [entity] }, server)) ?? joined;`,
    replacement: `return joined;`,
    tests: [
      "test/model/refused-stories.test.ts",
      "test/unit/reconcile/older-attributes.test.ts",
      "test/integration/agent/refused-replace.test.ts",
    ],
  },
  {
    name: "an update whose old attributes are refused too leaves its entity out",
    file: "agent/reconcile/sending/perform-action.ts",
    text: `if (restored.kind === "failed" && refusal !== null && toRefusal(restored) !== null) {`,
    replacement: `if (restored.kind === "done" && refusal !== null && toRefusal(restored) !== null) {`,
    tests: ["test/model/refused-stories.test.ts", "test/unit/reconcile/older-attributes.test.ts"],
  },
  {
    name: "an entity that the newest spec does not name is joined with older attributes",
    file: "agent/reconcile/sending/older-entity.ts",
    text: `entity === undefined || (await find(head.specOid)) === undefined`,
    replacement: `entity === undefined`,
    tests: ["test/unit/reconcile/older-attributes.test.ts"],
  },
  {
    name: "the same attributes are joined twice in one action",
    file: "agent/reconcile/sending/perform-action.ts",
    text: `found === null || refused.some((entity) => isSame(entity, found.entity))`,
    replacement: `found === null`,
    tests: ["test/unit/reconcile/older-attributes.test.ts"],
  },
  {
    name: "what was joined with older attributes is in no inventory",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `if (state !== "done" && !joinedBack) continue;`,
    replacement: `if (state !== "done") continue;`,
    tests: ["test/unit/reconcile/older-attributes.test.ts"],
  },
  {
    name: "an entity whose new attributes meet 409 is left out",
    file: "agent/reconcile/sending/perform-action.ts",
    text: `if (joined.kind !== "failed" && joined.kind !== "already") return joined;`,
    replacement: `if (joined.kind !== "failed") return joined;`,
    tests: ["test/unit/reconcile/older-attributes.test.ts"],
  },
  {
    name: "a refused update is sent again where no read followed it",
    file: "agent/reconcile/sending/refused-updates.ts",
    text: `const sent = reports.map(({ action }) => action);`,
    replacement: `const sent: Action[] = [];`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "drift counts as corrected although an update was not sent again",
    file: "agent/reconcile/drift.ts",
    text: `!isLeft &&`,
    replacement: ``,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "what stands before the RoomServer refuses an update for good",
    file: "agent/reconcile/sending/perform-action.ts",
    text: `joined.kind === "failed" && joined.reason === "Refused" ? joined : null`,
    replacement: `joined.kind === "failed" ? joined : null`,
    tests: ["test/unit/reconcile/refused-updates.test.ts"],
  },
  {
    name: "explain says that each pass tries what is not tried again",
    file: "agent/api/explain/unblock.ts",
    text: `if ((room.refusedUpdates ?? []).length > 0)`,
    replacement: `if ((room.refusedUpdates ?? []).length < 0)`,
    tests: ["test/unit/api/explain.test.ts"],
  },
];
