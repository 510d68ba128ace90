import type { Saboteur } from "./saboteur.ts";

/** What clones, packs and the parser promise. */
export const GIT_SABOTEURS: readonly Saboteur[] = [
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
