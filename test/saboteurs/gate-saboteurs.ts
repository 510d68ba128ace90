import type { Saboteur } from "./saboteur.ts";

/** What keeps a suspended room from being written to, made wrong. */
export const GATE_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a suspended room is written to",
    file: "agent/run/work.ts",
    text: `gates: [suspensions, observeOnly],`,
    replacement: `gates: [observeOnly],`,
    tests: ["test/model/suspended-stories.test.ts"],
  },
  {
    name: "a pass goes on though a gate closed under way",
    file: "agent/reconcile/sending/sender.ts",
    text: `if (this.closed !== null) this.#stoppedBy = "closed";`,
    replacement: ``,
    tests: ["test/unit/reconcile/write-gate.test.ts"],
  },
  {
    name: "an open undo goes on while a gate is closed",
    file: "agent/reconcile/reconciler.ts",
    text: `closedGate(deps.gates, row) === null && isRoomAllowed(row, deps)`,
    replacement: `isRoomAllowed(row, deps)`,
    tests: ["test/unit/reconcile/write-gate.test.ts"],
  },
  {
    name: "a suspended room names one of its suspensions alone",
    file: "agent/room/suspension.ts",
    text: `const texts = joined(suspensions.map(suspensionText));`,
    replacement: `const texts = joined(suspensions.slice(0, 1).map(suspensionText));`,
    tests: ["test/integration/agent/suspend.test.ts"],
  },
  {
    name: "a suspension is lost at a restart",
    file: "agent/request/suspensions.ts",
    text: `new Map(found.map(({ key, document }) => [key, document]))`,
    replacement: `new Map(found.slice(found.length).map(({ key, document }) => [key, document]))`,
    tests: ["test/unit/request/suspensions.test.ts"],
  },
  {
    name: "a renamed source is not suspended any more",
    file: "agent/run/work.ts",
    text: `await rename();`,
    replacement: ``,
    tests: ["test/integration/agent/suspend.test.ts"],
  },
  {
    name: "a suspension does not end at its time",
    file: "agent/room/suspension.ts",
    text: `(endMs(suspension) ?? Number.POSITIVE_INFINITY) <= nowMs`,
    replacement: `(endMs(suspension) ?? Number.POSITIVE_INFINITY) <= nowMs - 1`,
    tests: ["test/unit/request/suspensions.test.ts"],
  },
  {
    name: "a person's request writes to a suspended room",
    file: "agent/request/request-answers.ts",
    text: `if (dryRun) return null;`,
    replacement: `if (!dryRun) return null;`,
    tests: ["test/unit/request/suspensions.test.ts"],
  },
];
