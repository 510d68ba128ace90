import type { Saboteur } from "./saboteur.ts";

const SETUP = "test/integration/forge/gitea-bootstrap.test.ts";
const REFUSALS = "test/integration/forge/gitea-bootstrap-refusals.test.ts";

/** What `room-operator gitea-bootstrap` promises. */
export const SETUP_SABOTEURS: readonly Saboteur[] = [
  {
    name: "setup: the bot may merge its own confirmation",
    file: "agent/forge/gitea-bootstrap/guard-steps.ts",
    text: `.filter((name) => name !== wish.bot)`,
    replacement: ``,
    tests: [SETUP],
  },
  {
    name: "setup: a webhook with another secret counts as found",
    file: "agent/forge/gitea-bootstrap/guard-steps.ts",
    text: `webhook?.id === only?.id && webhook?.secretDigest === secretDigest`,
    replacement: `webhook === webhook`,
    tests: [SETUP],
  },
  {
    name: "setup: another label of the pinned one's name is taken for it",
    file: "agent/forge/gitea-bootstrap/guard-steps.ts",
    text: `if (pinned !== undefined && pinned !== one.id) throw`,
    replacement: `if (pinned === -1) throw`,
    tests: [SETUP],
  },
  {
    name: "setup: a repository with other content is taken over unasked",
    file: "agent/forge/gitea-bootstrap/repository-steps.ts",
    text: `if (isOurs) return`,
    replacement: `if (isOurs || !wish.keepContent) return`,
    tests: [SETUP],
  },
  {
    name: "setup: secrets are handed over for everybody to read",
    file: "agent/forge/gitea-bootstrap/handover.ts",
    text: `const PRIVATE = 0o600;`,
    replacement: `const PRIVATE = 0o644;`,
    tests: [SETUP],
  },
  {
    name: "setup: a wrong password counts as one that was changed since",
    file: "agent/forge/gitea-bootstrap/bootstrap.ts",
    text: `if (token === null || handover.made.isComplete !== true) return false;`,
    replacement: `if (token === null) return true;`,
    tests: [REFUSALS],
  },
];
