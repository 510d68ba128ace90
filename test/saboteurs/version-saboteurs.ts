import type { Saboteur } from "./saboteur.ts";

const TESTS = [
  "test/unit/intake/accepted-versions.test.ts",
  "test/integration/agent/accepted-versions.test.ts",
];

/** What ends the acceptance of a lower version before that is applied. */
export const VERSION_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a lower version stays accepted without its commit",
    file: "agent/intake/accepted-versions.ts",
    text: `if (kept?.includes(commit) === false) return COMMIT_GONE;`,
    replacement: `if (kept?.length === -1) return COMMIT_GONE;`,
    tests: TESTS,
  },
  {
    name: "a lower version stays accepted over another one of the same push",
    file: "agent/intake/accepted-versions.ts",
    text: `at > place && line.has(oid)`,
    replacement: `at > place + 99 && line.has(oid)`,
    tests: TESTS,
  },
  {
    name: "a merged branch ends the acceptance of a lower version",
    file: "agent/intake/accepted-versions.ts",
    text: `at > place && line.has(oid)`,
    replacement: `at > place && line.size > 0`,
    tests: ["test/integration/agent/accepted-versions.test.ts"],
  },
  {
    name: "a lower version stays accepted for a file that came back",
    file: "agent/intake/accepted-versions.ts",
    text: `if (news.kind === "gone") return news.isLeftBehind === true ? null : LOST_SPEC;`,
    replacement: `if (news.kind === "gone") return null;`,
    tests: TESTS,
  },
  {
    name: "a lower version stays accepted where a source begins again",
    file: "agent/intake/accepted-versions.ts",
    text: `if (given.history === "first") return NOT_SHOWN;`,
    replacement: `if (given.history === "first") return null;`,
    tests: TESTS,
  },
  {
    name: "a lower version whose commit was not noted outlives a force-push",
    file: "agent/intake/accepted-versions.ts",
    text: `return history === "rewritten" ? NOT_SHOWN :`,
    replacement: `return history === "first" ? NOT_SHOWN :`,
    tests: ["test/unit/intake/accepted-versions.test.ts"],
  },
  {
    name: "the end of an accepted lower version is not on record",
    file: "agent/intake/take-rooms-in.ts",
    text: `...versionWithdrawn(row, all, deps)]`,
    replacement: `...versionWithdrawn(row, all, deps).slice(9)]`,
    tests: ["test/integration/agent/accepted-versions.test.ts"],
  },
  {
    name: "it is not asked whether the branch has the commit of an accepted version",
    file: "agent/intake/known-past.ts",
    text: `observedHead === null ? [] : deps.owners.acceptedOf(row.name)`,
    replacement: `observedHead === null ? [] : deps.owners.acceptedOf("")`,
    tests: ["test/integration/agent/accepted-versions.test.ts"],
  },
  {
    name: "an accepted version ends only in rooms that the commits speak of",
    file: "agent/intake/rooms-without-news.ts",
    text: `[...spoken, ...back, ...unaccepted]`,
    replacement: `[...spoken, ...back, ...unaccepted.slice(9)]`,
    tests: ["test/integration/agent/accepted-versions.test.ts"],
  },
];
