import type { Saboteur } from "./saboteur.ts";

const UNIT = "test/unit/source/git/signature";
const TOOLS = ["test/integration/source/git-signatures.test.ts"];
const STORY = ["test/integration/agent/signed-sources.test.ts"];

/** What lets a commit count that no configured key signed. */
export const SIGNATURE_SABOTEURS: readonly Saboteur[] = [
  {
    name: "signature: what is read of a commit need not be what was signed",
    file: "agent/source/git/signature/signed-commit.ts",
    text: `if (!isSame(commit, parseCommit(payload)))`,
    replacement: `if (!isSame(commit, commit))`,
    tests: [`${UNIT}/signed-commit.test.ts`],
  },
  {
    name: "signature: the last of several signatures counts",
    file: "agent/source/git/signature/signed-commit.ts",
    text: `if (isInside && found !== null) return "is there more than once";`,
    replacement: ``,
    tests: [`${UNIT}/signed-commit.test.ts`],
  },
  {
    name: "signature: one good signature of gpg among others is enough",
    file: "agent/source/git/signature/gpg-status.ts",
    text: `if (results.length > 1)`,
    replacement: `if (results.length > 100)`,
    tests: [`${UNIT}/gpg-status.test.ts`],
  },
  {
    name: "signature: an expired or revoked GPG key counts",
    file: "agent/source/git/signature/gpg-status.ts",
    text: `if (word !== "GOODSIG") return`,
    replacement: `if (!/GOODSIG|KEYSIG/.test(word)) return`,
    tests: [`${UNIT}/gpg-status.test.ts`, ...TOOLS],
  },
  {
    name: "signature: a weak hash counts",
    file: "agent/source/git/signature/gpg-status.ts",
    text: `if (!STRONG.has(hash))`,
    replacement: `if (hash === "")`,
    tests: [`${UNIT}/gpg-status.test.ts`, ...TOOLS],
  },
  {
    name: "signature: an exit code of gpg does not matter",
    file: "agent/source/git/signature/gpg-status.ts",
    text: ` || exitCode !== 0)`,
    replacement: `)`,
    tests: [`${UNIT}/gpg-status.test.ts`],
  },
  {
    name: "signature: an ssh signature is checked at the time of now",
    file: "agent/source/git/signature/ssh-verifier.ts",
    text: `const time = verifyTime(commit.committedAtMs);`,
    replacement: `const time = verifyTime(Date.now());`,
    tests: TOOLS,
  },
  {
    name: "signature: an ssh signature for any purpose counts",
    file: "agent/source/git/signature/ssh-verifier.ts",
    text: `if (namespace !== NAMESPACE) {`,
    replacement: `if (namespace === "") {`,
    tests: TOOLS,
  },
  {
    name: "signature: all asks for the newest commit alone",
    file: "agent/source/git/signature/verified-range.ts",
    text: `mode === "all" ? [...new Set([...fresh, head])] : [head]`,
    replacement: `[head]`,
    tests: [...TOOLS, ...STORY],
  },
  {
    name: "signature: any number of commits is checked at once",
    file: "agent/source/git/signature/verified-range.ts",
    text: `if (oids.length > most) throw`,
    replacement: `if (oids.length < 0) throw`,
    tests: TOOLS,
  },
  {
    name: "signature: the commit in force is not checked when keys change",
    file: "agent/trigger/source-look.ts",
    text: `if (unsigned !== null) return unsigned;`,
    replacement: `if (unsigned === null) await Promise.resolve();`,
    tests: STORY,
  },
  {
    name: "signature: a sync checks none",
    file: "agent/source/git/git-sync.ts",
    text: `request.check === null ? null :`,
    replacement: `request.check !== undefined ? null :`,
    tests: STORY,
  },
  {
    name: "signature: a Confirm counts whichever known key signed it",
    file: "agent/intent/signed-confirms.ts",
    text: `return keys.has(signature.key)`,
    replacement: `return keys.size > 0`,
    tests: [
      "test/unit/intent/signed-confirms.test.ts",
      "test/integration/agent/signed-confirms.test.ts",
    ],
  },
  {
    name: "signature: a Confirm counts that was not checked",
    file: "agent/intent/signed-confirms.ts",
    text: `if (signature === undefined) return "was not checked";`,
    replacement: `if (signature === undefined) return null;`,
    tests: ["test/unit/intent/signed-confirms.test.ts"],
  },
];
