import type { Saboteur } from "./saboteur.ts";

const REFUSALS = "test/integration/source/git-partial-refusals.test.ts";

/** What clones, packs and the parser promise. */
export const GIT_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a spec waits until all others are parsed and their seeds are here",
    file: "agent/source/git/git-spec-files.ts",
    text: "if (at > 0 || !(await this.#hasSeeds(spec))) await bringing;",
    replacement: "await bringing;",
    tests: ["test/integration/source/git-parse-limits.test.ts"],
  },
  {
    name: "a spec does not wait for its seeds",
    file: "agent/source/git/git-spec-files.ts",
    text: "if (at > 0 || !(await this.#hasSeeds(spec))) await bringing;",
    replacement: "",
    tests: ["test/integration/source/git-partial-clone.test.ts"],
  },
  {
    name: "an object of any size is taken in",
    file: "agent/source/git/objects/git-pack-scan.ts",
    text: `if (!mayBeBlob(entry)) refuseSize(entry.size, this.#limits);`,
    replacement: ``,
    tests: ["test/unit/source/git/objects/git-pack-scan.test.ts"],
  },
  {
    name: "a blob that is not kept is listed in the index",
    file: "agent/source/git/objects/git-pack-scan.ts",
    text: `      oid: ended.oid,
      skipped: true,`,
    replacement: `      oid: ended.oid,
      skipped: false,`,
    tests: ["test/unit/source/git/objects/git-pack-skip.test.ts"],
  },
  {
    name: "what builds on a skipped blob is made from the hole in its place",
    file: "agent/source/git/objects/git-pack-resolve.ts",
    text: `        this.#entries.skip(each);`,
    replacement: ``,
    tests: ["test/integration/source/git-pack-index.test.ts"],
  },
  {
    name: "files that the server does not send count as brought",
    file: "agent/source/git/git-wanted-blobs.ts",
    text: `if (first === undefined) return;`,
    replacement: `if (first !== "") return;`,
    tests: ["test/integration/source/git-partial-clone.test.ts"],
  },
  {
    name: "filters: a server that refuses them in words of its own is not asked without",
    file: "agent/source/git/git-open-clone.ts",
    text: `if (!saysSo && (isAboutHead || !refusesRequest(refusal))) throw refusal;`,
    replacement: `if (!saysSo) throw refusal;`,
    tests: [REFUSALS],
  },
  {
    name: "filters: what failed without them hides what failed first",
    file: "agent/source/git/git-open-clone.ts",
    text: `throw saysSo || toSourceFailure(error) === null ? error : refusal;`,
    replacement: `throw error;`,
    tests: [REFUSALS],
  },
  {
    name: "files: a server that sends none by its id is not asked for the whole commit",
    file: "agent/source/git/git-needed-blobs.ts",
    text: `if (!refusesRequest(error)) throw error;`,
    replacement: `throw error;`,
    tests: [REFUSALS],
  },
  {
    name: "files: those of one commit may have any size together",
    file: "agent/source/git/git-blob-fetch.ts",
    text: `if (this.#bytes > this.#ways.mostBytes) throw this.#tooMuch();`,
    replacement: ``,
    tests: [REFUSALS],
  },
  {
    name: "files: a head that went over the limit of its files is fetched at each poll",
    file: "agent/source/git/git-sync.ts",
    text: `isParseLimit(error) || isTransferLimit(error) ||`,
    replacement: `isParseLimit(error) ||`,
    tests: [REFUSALS],
  },
  {
    name: "files: a source fails over what it brings along for another",
    file: "agent/source/git/git-wanted-blobs.ts",
    text: `if (all.length === oids.length || !isTransferLimit(error)) throw error;`,
    replacement: `if (error !== undefined) throw error;`,
    tests: ["test/integration/source/git-shared-members.test.ts"],
  },
  {
    name: "a spec is read without the library where a colon ends a name in the middle of a text",
    file: "agent/spec/read-plain.ts",
    text: `:(?=[^\\s])| +(?=[^\\s#]))*/y;`,
    replacement: `:| +(?=[^\\s#]))*/y;`,
    tests: ["test/unit/spec/read-plain.test.ts"],
  },
  {
    name: "a member that is given twice is read once",
    file: "agent/spec/read-plain.ts",
    text: `const key = this.#match(KEY)?.[1];
      if (key === undefined || WORDS.has(key.toLowerCase()) || Object.hasOwn(members, key))`,
    replacement: `const key = this.#match(KEY)?.[1];
      if (key === undefined || WORDS.has(key.toLowerCase()))`,
    tests: ["test/unit/spec/read-plain.test.ts"],
  },
  {
    name: "of files that a thread was given together the first is blamed for another",
    file: "agent/source/parse-thread.ts",
    text: `this.#jobs[Math.max(Atomics.load(this.#begun, 0) - this.#answered - 1, 0)];`,
    replacement: `this.#jobs[0];`,
    tests: ["test/integration/source/git-parse-pool.test.ts"],
  },
  {
    name: "files wait for the answer of a slow one behind them",
    file: "agent/source/parse-in-turn.ts",
    text: `if (held.length > 0 && beganAtMs - heldSinceMs > HOLD_MS) {`,
    replacement: `if (held.length > 1_000) {`,
    tests: ["test/integration/source/git-parse-pool.test.ts"],
  },
  {
    name: "a parser that has parsed much keeps all of its memory",
    file: "agent/source/parse-pool.ts",
    text: `kept.parsed >= WORN_FILES) kept.free();`,
    replacement: `kept.parsed < 0) kept.free();`,
    tests: ["test/integration/source/git-parse-pool.test.ts"],
  },
  {
    name: "a spec is blamed for the time that the machine gave to others",
    file: "agent/source/parse-thread.ts",
    text: `if (usedMs >= timeoutMs * (1 - 2 * LOOK)) return "tooSlow";`,
    replacement: `if (tookMs >= timeoutMs * (1 - 2 * LOOK)) return "tooSlow";`,
    tests: [
      "test/unit/source/parse-thread.test.ts",
      "test/integration/source/git-parse-pool.test.ts",
    ],
  },
  {
    name: "the heaviest delta is made first, and all bases are kept for the others",
    file: "agent/source/git/objects/git-pack-resolve.ts",
    text: `(this.#weight[each] ?? 0) > (this.#weight[heaviest] ?? 0)`,
    replacement: `(this.#weight[each] ?? 0) < (this.#weight[heaviest] ?? 0)`,
    tests: ["test/integration/source/git-pack-index.test.ts"],
  },
];
