import type { Saboteur } from "./saboteur.ts";

const ACCESS = "test/integration/http/http-access.test.ts";
const SSH = "test/integration/source/ssh-failures.test.ts";
const ADDRESS = "test/unit/config/git-address.test.ts";

/** What the ways to a repository promise. */
export const TRANSPORT_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a branch that is listed twice with two ids is at the second",
    file: "agent/source/git/wire/git-ref-list.ts",
    text: `if (before === undefined || before === oid) return;`,
    replacement: `if (before === undefined || before !== "") return;`,
    tests: ["test/unit/source/git/wire/git-ls-refs.test.ts"],
  },
  {
    name: "ssh: a host key that is not known is accepted",
    file: "agent/source/git/wire/ssh-wire.ts",
    text: `"StrictHostKeyChecking=yes",`,
    replacement: `"StrictHostKeyChecking=no",`,
    tests: [SSH],
  },
  {
    name: "ssh: a host that begins with a hyphen is accepted",
    file: "agent/config/git-address.ts",
    text: `if (!HOST.test(host))`,
    replacement: `if (host === "")`,
    tests: [ADDRESS],
  },
  {
    name: "ssh: a path that begins with a hyphen is accepted",
    file: "agent/config/git-address.ts",
    text: `if (path.startsWith("-")) return "has a path that begins with -";`,
    replacement: ``,
    tests: [ADDRESS],
  },
  {
    name: "ssh: a key file that others may read is accepted",
    file: "agent/config/ssh-files.ts",
    text: `if ((mode & 0o077) === 0) return;`,
    replacement: `if (mode !== 0) return;`,
    tests: [SSH],
  },
  {
    name: "ssh: a passphrase file that others may read is accepted",
    file: "agent/config/ssh-files.ts",
    text: `    await refuseOpen("PassphraseFile", passphraseFile, "");\n`,
    replacement: "",
    tests: [SSH],
  },
  {
    name: "ssh: the quotes of a path are left out",
    file: "agent/source/git/wire/ssh-wire.ts",
    text: "`git-upload-pack ${shellQuoted(path)}`,",
    replacement: "`git-upload-pack ${path}`,",
    tests: ["test/contract/git-transport.test.ts"],
  },
  {
    name: "ssh: a line that a server chose keeps a pattern busy",
    file: "agent/source/git/wire/ssh-failure.ts",
    text: `[[/Load key /i, /: invalid format|: error in libcrypto|not supported/i]]`,
    replacement: `[[/Load key .*: (?:invalid format|.*not supported)/i]]`,
    tests: ["test/unit/source/git/wire/said-words.test.ts"],
  },
  {
    name: "http: a new connection has no client certificate and no proxy",
    file: "agent/http/http-agents.ts",
    text: `return createAgent(this.#settings.secure, access, { keepAlive: false });`,
    replacement: `return createAgent(this.#settings.secure, access && {}, { keepAlive: false });`,
    tests: [ACCESS],
  },
  {
    name: "http: a tunnel outlives the request that it was opened for",
    file: "agent/http/http-client.ts",
    text: `      tunnel?.abort();
`,
    replacement: ``,
    tests: [ACCESS],
  },
];
