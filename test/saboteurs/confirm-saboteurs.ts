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
    text: `if (news.kind === "gone") return [orphanedBy(source)];`,
    replacement: `if (news.kind === "gone") return [];`,
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
    text: `isOther && !isRenamed(before, inputs) ?`,
    replacement: `isOther && (!isRenamed(before, inputs) || true) ?`,
    tests: ["test/integration/agent/withdrawn-confirms.test.ts"],
  },
  {
    name: "a confirmation outlives the commit that gave it",
    file: "agent/intake/ended-confirms.ts",
    text: `range.kept === undefined || range.kept.includes(commit)`,
    replacement: `range.kept === undefined || range.kept.length >= 0`,
    tests: [
      "test/unit/intake/ended-confirms.test.ts",
      "test/integration/agent/put-back-confirms.test.ts",
    ],
  },
  {
    name: "a rewritten history does not say which confirming commits it has",
    file: "agent/source/git/git-sync.ts",
    text: `history === "first" || (history === "descends" && !isHalf);`,
    replacement: `history !== "unrelated" && !isHalf;`,
    tests: ["test/integration/source/git-kept-commits.test.ts"],
  },
  {
    name: "a head that never counted keeps its confirmations",
    file: "agent/source/git/git-sync.ts",
    text: `(history === "descends" && !isHalf);`,
    replacement: `history === "descends";`,
    tests: ["test/integration/source/git-kept-commits.test.ts"],
  },
  {
    name: "what one push gives back and takes out again stays confirmed",
    file: "agent/intake/ended-confirms.ts",
    text: `id === row.id && (items === null || items.has(item));`,
    replacement: `id === "" && (items === null || items.has(item));`,
    tests: [
      "test/unit/intake/ended-confirms.test.ts",
      "test/integration/agent/put-back-confirms.test.ts",
    ],
  },
  {
    name: "a fetch that is read again ends the confirmations that it gave",
    file: "agent/intake/ended-confirms.ts",
    text: `.filter(({ place }) => place > from);`,
    replacement: `.filter(({ place }) => place > from || place >= 0);`,
    tests: ["test/unit/intake/ended-confirms.test.ts"],
  },
  {
    name: "the confirmed prune of a file that came back and went again in one push is carried out",
    file: "agent/intent/put-backs.ts",
    text: `const isBack = removed.has(roomId) && spec !== null;`,
    replacement: `const isBack = removed.has(roomId) && spec !== null && place < 0;`,
    tests: ["test/unit/intake/ended-confirms.test.ts"],
  },
  {
    name: "confirmations that wait end only in rooms whose inputs change",
    file: "agent/intake/withdrawn-confirmations.ts",
    text: `if (taken.has(roomId)) continue;`,
    replacement: `if (!taken.has(roomId)) continue;`,
    tests: ["test/integration/agent/put-back-confirms.test.ts"],
  },
  {
    name: "a request's confirmation counts for what a force-push brings",
    file: "agent/room/withdrawals.ts",
    text: `confirmingCommit(row) !== null : row.origin === "request",`,
    replacement: `confirmingCommit(row) !== null : row.origin === "return",`,
    tests: ["test/integration/agent/put-back-confirms.test.ts"],
  },
];
