import type { Saboteur } from "./saboteur.ts";

const STORY = "test/integration/agent/prune.test.ts";
const MOVED = "test/integration/agent/moved-between-sources.test.ts";
const TABLE = "test/unit/intake/gone-rooms.test.ts";

/** What keeps a room whose file is gone from losing what it should keep, made wrong. */
export const PRUNE_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a prune needs no confirmation",
    file: "agent/guardrail/prune.ts",
    text: `if (items.length === 0) return undefined;`,
    replacement: `if (items.length >= 0) return undefined;`,
    tests: [STORY],
  },
  {
    name: "a prune goes on while a broken file may be the room's",
    file: "agent/guardrail/prune.ts",
    text: `if (heldBy !== null) {`,
    replacement: `if (heldBy === "") {`,
    tests: ["test/integration/agent/prune-troubles.test.ts"],
  },
  {
    name: "a room that is given back after half a prune is only drift",
    file: "agent/reconcile/row-after.ts",
    text: `    ...PRUNING,
    attemptedRevision`,
    replacement: `    attemptedRevision`,
    tests: ["test/unit/reconcile/prune-after.test.ts"],
  },
  {
    name: "a prune that is not done counts as done",
    file: "agent/reconcile/row-after.ts",
    text: `if (!isDone || left.length > 0) return after;`,
    replacement: `if (!isDone && left.length > 0) return after;`,
    tests: ["test/integration/agent/prune-troubles.test.ts"],
  },
  {
    name: "a prune takes what others put there, too",
    file: "agent/plan/only-items.ts",
    text: `isRemoval(action) && ours.has(action.item)`,
    replacement: `isRemoval(action) && ours.size > 0`,
    tests: [STORY],
  },
  {
    name: "a confirmation for something else counts for a prune",
    file: "agent/reconcile/pass-confirmations.ts",
    text: `(one.inputs === null && !isPrune(inputs))`,
    replacement: `one.inputs === null`,
    tests: [STORY],
  },
  {
    name: "a request confirms a prune that it could not see",
    file: "agent/room/request-confirm.ts",
    text: `const isOfItsOwn = inputs.path === null || isPrune(inputs);`,
    replacement: `const isOfItsOwn = inputs.path === null;`,
    tests: [STORY],
  },
  {
    name: "a request's confirmation of a prune outlives it",
    file: "agent/reconcile/pass-confirmations.ts",
    text: `confirm?.kind === "plan" || path === null || isPrune(planned.inputs);`,
    replacement: `confirm?.kind === "plan" || path === null;`,
    tests: ["test/unit/reconcile/prune-confirmed.test.ts"],
  },
  {
    name: "a file that is renamed to a name that is not read prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (facts.renamedTo !== null)`,
    replacement: `if (facts.renamedTo !== null && files === 0)`,
    tests: [TABLE, STORY],
  },
  {
    name: "a file that moves to the path of another source prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (facts.atHead !== null)`,
    replacement: `if (facts.atHead !== null && files === 0)`,
    tests: [TABLE, MOVED],
  },
  {
    name: "a prune goes on though the file came to the path of another source",
    file: "agent/intake/gone-news.ts",
    text: `const found = atHead?.(roomId) ?? null;
    if (found === null) return [];`,
    replacement: `const found = atHead?.(roomId) ?? null;
    if (found !== null || source.name !== "") return [];`,
    tests: [MOVED],
  },
  {
    name: "what cannot be read at the path of another source is nothing",
    file: "agent/intake/claims-at-head.ts",
    text: `return () => ({ kind: "maybe", why });`,
    replacement: `return why === "" ? () => ({ kind: "maybe", why }) : null;`,
    tests: ["test/unit/intake/claims-at-head.test.ts"],
  },
  {
    name: "a room that waits for another source ceases to say so before that source has read its file",
    file: "agent/intake/waits-for.ts",
    text: `return !hasRead(waits.head);`,
    replacement: `return hasRead(waits.head);`,
    tests: ["test/unit/intake/waits-for.test.ts"],
  },
  {
    name: "a prune goes on while another source's file names the room",
    file: "agent/guardrail/prune.ts",
    text: `if (claimedBy !== null) {`,
    replacement: `if (claimedBy === "") {`,
    tests: ["test/unit/guardrail/prune.test.ts"],
  },
  {
    name: "a file that is renamed to another room prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (facts.hasOtherRoom)`,
    replacement: `if (facts.hasOtherRoom && files === 0)`,
    tests: [TABLE],
  },
  {
    name: "an emptied source prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (files === 0)`,
    replacement: `if (files < 0)`,
    tests: [TABLE],
  },
  {
    name: "a rewritten history prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (range.history === "rewritten")`,
    replacement: `if (range.unread === "rewritten")`,
    tests: [TABLE],
  },
  {
    name: "another ref prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (!facts.isSameRef)`,
    replacement: `if (!facts.isSameRef && files === 0)`,
    tests: [TABLE],
  },
  {
    name: "a file that no commit removed prunes",
    file: "agent/intake/gone-rooms.ts",
    text: `if (last === undefined || touch?.after !== null)`,
    replacement: `if (last === undefined)`,
    tests: [TABLE],
  },
  {
    name: "a prune goes on though its source does not prune any more",
    file: "agent/intake/settle-owners.ts",
    text: `return mark === null || prunes(mark.source) ? row`,
    replacement: `return mark === null || prunes !== undefined ? row`,
    tests: ["test/integration/agent/source-settings.test.ts"],
  },
  {
    name: "a file that comes back leaves its prune behind",
    file: "agent/room/judge-owner.ts",
    text: `if (row.prune == null) return row;`,
    replacement: `if (row.prune != null) return row;`,
    tests: [STORY],
  },
  {
    name: "a room that waits for its prune does not say that Confirm: true does not count",
    file: "agent/intake/intent-in-room.ts",
    text: `if (commit === undefined) return [];`,
    replacement: `if (commit !== "") return [];`,
    tests: ["test/integration/agent/prune.test.ts"],
  },
];
