const AGENT = ["test/integration/agent/ignored-specs.test.ts"];
const FILTER = ["test/unit/source/spec-filter.test.ts"];

/** What makes the agent take a spec that it must not read for one that is gone, or read it. */
export const FILTER_SABOTEURS = [
  {
    name: "a file that is kept out counts as gone",
    file: "agent/intake/snapshot-intake.ts",
    text: `const present = new Set([...paths, ...ignored].map(({ path }) => path));`,
    replacement: `const present = new Set(paths.map(({ path }) => path));`,
    tests: AGENT,
  },
  {
    name: "the room of a file that is kept out is orphaned",
    file: "agent/intake/assign-rooms.ts",
    text: `  if (by === undefined) return null;`,
    replacement: `  if (by !== "") return null;`,
    tests: AGENT,
  },
  {
    name: "a file that was kept out and is deleted keeps its room",
    file: "agent/intake/ignored-files.ts",
    text: `if (by === ignoredBy || !present.has(path)) continue;`,
    replacement: `if (by === ignoredBy) continue;`,
    tests: AGENT,
  },
  {
    name: "a restart forgets that a file is kept out",
    file: "agent/intake/ignored-files.ts",
    text: `if (ignoredBy !== null) ignored.set(path, ignoredBy);`,
    replacement: `if (ignoredBy === "") ignored.set(path, ignoredBy);`,
    tests: AGENT,
  },
  {
    name: "other patterns at the same head are not noticed",
    file: "agent/intake/intake.ts",
    text: `return takingIn === null && patterns === (this.#source.patternsText ?? "");`,
    replacement: `return takingIn === null && patterns !== "-";`,
    tests: AGENT,
  },
  {
    name: "a link called .roomignore ignores nothing",
    file: "agent/source/git/git-spec-filter.ts",
    text: `if (problem !== null) throw ignoreFileInvalid(path, "is not a regular file");`,
    replacement: `if (problem !== null) return { kept: found, ignored: [] };`,
    tests: AGENT,
  },
  {
    name: "a .roomignore that is no text ignores nothing",
    file: "agent/source/room-ignore.ts",
    text: `    throw ignoreFileInvalid(path, \`is not a text file: see line \${decoded.mark.line}\`);`,
    replacement: `    return [];`,
    tests: FILTER,
  },
  {
    name: "Include wins over Exclude",
    file: "agent/source/spec-filter.ts",
    text: `      excluding !== undefined`,
    replacement: `      excluding !== undefined && !isIncluded`,
    tests: FILTER,
  },
  {
    name: "a .roomignore in a folder counts for its whole source",
    file: "agent/source/room-ignore.ts",
    text: `  if (prefix === "") return pattern;`,
    replacement: `  if (prefix !== "-") return pattern;`,
    tests: FILTER,
  },
  {
    name: "any number of patterns is held against any number of specs",
    file: "agent/source/room-ignore.ts",
    text: `if (patterns * specs <= comparisons) return;`,
    replacement: `if (patterns <= comparisons) return;`,
    tests: FILTER,
  },
];
