import type { Saboteur } from "./saboteur.ts";

const KEY = "test/unit/source/git/git-share-key.test.ts";
const POLLS = "test/unit/source/git/wire/shared-polls.test.ts";
const MEMBERS = "test/integration/source/git-shared-members.test.ts";

/** What sources that share a clone promise each other. */
export const SHARED_CLONE_SABOTEURS: readonly Saboteur[] = [
  {
    name: "shared clone: the key leaves out the credential",
    file: "agent/source/git/git-share-key.ts",
    text: `    accessKey,
    limits`,
    replacement: `    limits`,
    tests: [KEY],
  },
  {
    name: "shared clone: two secrets count as one",
    file: "agent/source/source-credentials.ts",
    text: `held instanceof Secret ? { value: held.reveal() } : value`,
    replacement: `held instanceof Secret ? {} : value`,
    tests: [KEY],
  },
  {
    name: "shared clone: a forced look takes an answer that was there",
    file: "agent/source/git/wire/shared-polls.ts",
    text: `if (ask.maxAgeMs === null) return null;`,
    replacement: `if (ask.maxAgeMs === null) return last;`,
    tests: [POLLS],
  },
  {
    name: "shared clone: a person's poll counts as scheduled",
    file: "agent/trigger/poller.ts",
    text: `const asks = waiters.length > 0 ||`,
    replacement: `const asks = waiters.length > 1e9 ||`,
    tests: ["test/unit/trigger/poller.test.ts"],
  },
  {
    name: "shared clone: the answer to another credential counts",
    file: "agent/source/git/wire/shared-polls.ts",
    text: `last.credentials !== credentials || ask.fresh`,
    replacement: `ask.fresh`,
    tests: [POLLS],
  },
  {
    name: "shared clone: the close of one source closes the clone of the others",
    file: "agent/source/git/git-shared-clone.ts",
    text: `return this.#members.size === 0;`,
    replacement: `return this.#members.size >= 0;`,
    tests: [MEMBERS],
  },
  {
    name: "shared clone: one that is given up ends the worker of the others",
    file: "agent/source/git/git-worker-client.ts",
    text: `!other.isGivenUp && other.reader !== call.reader`,
    replacement: `other.reader !== call.reader && other === call`,
    tests: [MEMBERS],
  },
  {
    name: "shared clone: a rotation does not wait for a source that is behind",
    file: "agent/source/git/git-rotation.ts",
    text: `if (readers.length < 2) return true;`,
    replacement: `if (readers.length > 0) return true;`,
    tests: [MEMBERS],
  },
  {
    name: "shared clone: each source repeats a fetch that failed for all",
    file: "agent/source/git/git-shared-failure.ts",
    text: `if (isSame && known.number > by.seenFailure)`,
    replacement: `if (isSame && known.number > Infinity)`,
    tests: ["test/integration/source/git-shared-clone.test.ts"],
  },
];
