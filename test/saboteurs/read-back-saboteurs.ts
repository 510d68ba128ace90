import type { Saboteur } from "./saboteur.ts";

/** Those of answers of the RoomServer that its state denies, and of rooms that it does not show. */
export const READ_BACK_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a state that lags behind a join needs a person at once",
    file: "agent/reconcile/denied-answers.ts",
    text: `return report.action.kind !== "join" || !row.inventory.includes(report.action.item);`,
    replacement: `return row.inventory.length >= 0;`,
    tests: ["test/unit/reconcile/lagging-reads.test.ts"],
  },
  {
    name: "a correction that the read-back denies counts as one",
    file: "agent/reconcile/drift.ts",
    text: `return actions.every((action) => settle(action) !== "notDone");`,
    replacement: `return actions.length > 0 && settle !== null;`,
    tests: ["test/unit/reconcile/unseen-corrections.test.ts"],
  },
  {
    name: "drift that cannot be corrected is recorded in each pass",
    file: "agent/reconcile/drift.ts",
    text: `if (!corrected && actions.every(`,
    replacement: `if (!corrected && actions.length === 0 && actions.every(`,
    tests: ["test/unit/reconcile/unseen-corrections.test.ts"],
  },
  {
    name: "the audit does not say of a change that the read-back denies it",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `settle?.(action) === "notDone" ? { seen: false }`,
    replacement: `settle?.(action) === "notDone" ? {}`,
    tests: ["test/unit/reconcile/unseen-corrections.test.ts"],
  },
  {
    name: "what the RoomServer says of a removal that it denies is lost",
    file: "agent/roomserver/rest-verdict.ts",
    text: `const said = text === "" ? {} : { said: text };`,
    replacement: `const said = text === "" ? {} : {};`,
    tests: ["test/unit/roomserver/rest-verdict.test.ts"],
  },
  {
    name: "a pass is undone by a state that lags",
    file: "agent/reconcile/undo/rollback-law.ts",
    text: `|| mayLag(verified) || !`,
    replacement: `|| !`,
    tests: ["test/unit/reconcile/lagging-reads.test.ts"],
  },
  {
    name: "each pass records a change that the RoomServer denies",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `(result.kind === "already" && (isRemoval(action) || action.kind === "join")) ||`,
    replacement: ``,
    tests: ["test/unit/reconcile/lagging-reads.test.ts"],
  },
  {
    name: "a room that is not there while others are is called a wrong address",
    file: "agent/roomserver/rest-room-server.ts",
    text: `showsOthers: answered.hasOther(roomId)`,
    replacement: `showsOthers: answered.hasOther(roomId) && roomId === ""`,
    tests: ["test/integration/agent/unreadable-rooms.test.ts"],
  },
  {
    name: "a RoomServer that is no more is thought to show other rooms",
    file: "agent/roomserver/answered-rooms.ts",
    text: `this.#rooms = isShown ? [...others, roomId].slice(-KEPT) : others;`,
    replacement: `if (isShown) this.#rooms = [...others, roomId].slice(-KEPT);`,
    tests: ["test/unit/roomserver/answered-rooms.test.ts"],
  },
  {
    name: "a name of the RoomServer disguises the words of a request",
    file: "agent/roomserver/rest-requests.ts",
    text: `return quoted(shortened(name, NAME_CHARACTERS));`,
    replacement: `return '"' + shortened(name, NAME_CHARACTERS) + '"';`,
    tests: ["test/unit/reconcile/legible-names.test.ts"],
  },
  {
    name: "a policy of the RoomServer disguises a warning",
    file: "agent/reconcile/row-after.ts",
    text: `left alone: \${listed(unknownPolicies)}`,
    replacement: `left alone: \${unknownPolicies.join(", ")}`,
    tests: ["test/unit/reconcile/legible-names.test.ts"],
  },
  {
    name: "a name of the RoomServer disguises what was not rolled back",
    file: "agent/room/quarantine-text.ts",
    text: `legible(first.item)`,
    replacement: `first.item`,
    tests: ["test/unit/reconcile/legible-names.test.ts"],
  },
];
