import type { Saboteur } from "./saboteur.ts";

/** What ends a confirmation before it is used up. */
export const CONFIRM_SABOTEURS: readonly Saboteur[] = [
  {
    name: "an old yes outlives the spec that names its items again",
    file: "agent/intake/withdrawn-confirmations.ts",
    text: `spec === null ? [] : [returnedTo(spec)]`,
    replacement: `spec === null || true ? [] : [returnedTo(spec)]`,
    tests: ["test/unit/intake/intake.test.ts"],
  },
  {
    name: "a confirmation outlives the spec of its room",
    file: "agent/intake/withdrawn-confirmations.ts",
    text: `if (news.kind === "gone") return withdrawn(by, () => [orphanedBy(source)], deps);`,
    replacement: `if (news.kind === "gone") return withdrawn(by, () => [], deps);`,
    tests: ["test/integration/agent/withdrawn-confirms.test.ts"],
  },
  {
    name: "a confirmation for the file of another source ends when the old source loses the room",
    file: "agent/room/withdrawals.ts",
    text: `covers: (row) => !isOfOther(row, source),`,
    replacement: `covers: () => source !== "",`,
    tests: [
      "test/unit/room/withdrawals.test.ts",
      "test/integration/agent/moved-between-sources.test.ts",
    ],
  },
  {
    name: "a confirmation of git counts for a posted spec",
    file: "agent/intake/withdrawn-confirmations.ts",
    text: `...(wasPosted ? [] : [takenOverBy(null, inputs.digest)]),`,
    replacement: `...(wasPosted ? [takenOverBy(null, inputs.digest)] : []),`,
    tests: ["test/integration/agent/withdrawn-confirms.test.ts"],
  },
  {
    name: "a confirmation of a posted spec outlives the room's deletion",
    file: "agent/request/delete-room.ts",
    text: `const withdrawn = await withdrawnByDelete(request, deps);`,
    replacement: `const withdrawn = (await withdrawnByDelete(request, deps)).slice(9);`,
    tests: ["test/integration/agent/withdrawn-confirms.test.ts"],
  },
  {
    name: "a renamed source loses what was confirmed",
    file: "agent/intake/withdrawn-confirmations.ts",
    text: `isNewOwner(before, source) && !isRenamed(before, inputs);`,
    replacement: `isNewOwner(before, source) && (!isRenamed(before, inputs) || true);`,
    tests: ["test/integration/agent/withdrawn-confirms.test.ts"],
  },
];
