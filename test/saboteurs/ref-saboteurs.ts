import { FILTER_SABOTEURS } from "./filter-saboteurs.ts";
import { FOLDER_SABOTEURS } from "./folder-saboteurs.ts";

/** What makes the agent follow another commit than the tag, the range or the configured commit says. */
export const REF_SABOTEURS = [
  {
    name: "an annotated tag is not followed to its commit",
    file: "agent/source/git/wire/wanted-ref.ts",
    text: `{ head: found.peeled ?? found.oid, tag };`,
    replacement: `{ head: found.oid, tag };`,
    tests: ["test/integration/source/git-tags.test.ts"],
  },
  {
    name: "an annotated tag of a version is not followed to its commit",
    file: "agent/source/git/wire/version-tags.ts",
    text: `tags.push({ tag, version, head: peeled ?? oid });`,
    replacement: `tags.push({ tag, version, head: peeled === "" ? "" : oid });`,
    tests: ["test/unit/source/git/wire/version-tags.test.ts"],
  },
  {
    name: "the server is not asked what annotated tags lead to",
    file: "agent/source/git/wire/git-ls-refs.ts",
    text: `encodeLine("peel"),`,
    replacement: ``,
    tests: [
      "test/unit/source/git/wire/git-ls-refs.test.ts",
      "test/integration/source/git-tags.test.ts",
    ],
  },
  {
    name: "a pre-release is taken that the range does not name",
    file: "agent/source/git/wire/version-tags.ts",
    text: `const wanted = new Range(range);`,
    replacement: `const wanted = new Range(range, { includePrerelease: true });`,
    tests: ["test/unit/source/git/wire/version-tags.test.ts"],
  },
  {
    name: "one of two tags of a version is taken although they lead to different commits",
    file: "agent/source/git/wire/version-tags.ts",
    text: `if (same.some(({ head }) => head !== newest.head)) throw`,
    replacement: `if (same.some(({ head }) => head === "")) throw`,
    tests: ["test/unit/source/git/wire/version-tags.test.ts"],
  },
  {
    name: "a tag that was moved back is news at once",
    file: "agent/source/git/git-sync.ts",
    text: `if (walk.history === "ancestor" || this.#isOlder(walk, request))`,
    replacement: `if (walk.history === "ancestor" && this.#isOlder(walk, request))`,
    tests: ["test/integration/source/git-tags.test.ts"],
  },
  {
    name: "a source whose ref changed forgets the head that it is compared with",
    file: "agent/intake/inherit-confirms.ts",
    text: `return { ...stored, ref: place.ref,`,
    replacement: `return { ...stored, observedHead: null, ref: place.ref,`,
    tests: ["test/unit/intake/inherit-confirms.test.ts"],
  },
  {
    name: "the branch of a tag's name is followed where the tag is missing",
    file: "agent/source/git/wire/wanted-ref.ts",
    text: "const [ref, twin] = [`refs/tags/${tag}`, `refs/heads/${tag}`];",
    replacement: "const [twin, ref] = [`refs/tags/${tag}`, `refs/heads/${tag}`];",
    tests: ["test/integration/source/git-tags.test.ts"],
  },
  ...FILTER_SABOTEURS,
  ...FOLDER_SABOTEURS,
] as const;
