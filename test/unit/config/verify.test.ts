import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkFiles } from "../../../agent/config/check-files.ts";
import { readVerifyFiles } from "../../../agent/config/verify-files.ts";
import { accepted, refused, withSource } from "../../support/load-settings.ts";
import { rejection } from "../../support/rejection.ts";

const SSH = `SHA256:${"a".repeat(43)}`;
const GPG = "0123456789abcdef0123456789abcdef01234567";
const ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
const SIGNERS = `ada@example.org namespaces="git" ssh-ed25519 ${"A".repeat(68)}\n`;

const verifyOf = async (settings: Readonly<Record<string, unknown>>) => {
  const { git } = await accepted(withSource(settings));
  const [source] = git.sources;
  return source?.kind === "git" ? source.verify : undefined;
};

describe("Git.Sources[].Verify", () => {
  it("is none unless a signature is asked for", async () => {
    expect(await verifyOf({})).to.equal(null);
    expect(await verifyOf({ Verify: { Mode: "none" } })).to.equal(null);
  });

  it("names files and keys", async () => {
    const Verify = { Mode: "all", KeyFiles: ["/k.asc"], AllowedSignersFile: "/s", MaxCommits: 7 };
    const Intent = { ConfirmRequiresSignature: true, ConfirmSigners: [SSH, GPG] };
    expect(await verifyOf({ Verify, Intent })).to.deep.equal({
      mode: "all",
      keyFiles: ["/k.asc"],
      allowedSignersFile: "/s",
      mostCommits: 7,
      confirmSigners: [SSH, GPG.toUpperCase()],
    });
  });

  const keys = { AllowedSignersFile: "/s" };
  for (const [name, settings, key, message] of [
    [
      "a mode without keys",
      { Verify: { Mode: "head" } },
      "Verify.Mode",
      /^is "head" and needs keys/,
    ],
    ["keys without a mode", { Verify: keys }, "Verify.Mode", /^must be "head" or "all"/],
    [
      "an empty list of keys",
      { Verify: { Mode: "all", KeyFiles: [] } },
      "Verify.Mode",
      /needs keys/,
    ],
    ["another mode", { Verify: { Mode: "tip", ...keys } }, "Verify.Mode", /^is "tip"/],
    [
      "the old name of a key",
      { Verify: { Mode: "none", KeysFile: "/k" } },
      "Verify.KeysFile",
      /KeyFiles/,
    ],
    [
      "a signed Confirm without keys",
      { Intent: { ConfirmRequiresSignature: true, ConfirmSigners: [SSH] } },
      "Intent.ConfirmRequiresSignature",
      /needs keys/,
    ],
    [
      "a signed Confirm without signers",
      { Verify: keys, Intent: { ConfirmRequiresSignature: true } },
      "Intent.ConfirmSigners",
      /^is required/,
    ],
    [
      "signers without effect",
      { Intent: { ConfirmSigners: [SSH] } },
      "Intent.ConfirmSigners",
      /no effect/,
    ],
    [
      "a signer that is no fingerprint",
      {
        Verify: keys,
        Intent: { ConfirmRequiresSignature: true, ConfirmSigners: ["ada@example.org"] },
      },
      "Intent.ConfirmSigners[0]",
      /SHA256:/,
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const problems = await refused(withSource(settings));
      expect(problems.map((problem) => problem.key)).to.deep.equal([`Git.Sources[0].${key}`]);
      expect(problems[0]?.message).to.match(message);
    });
  }
});

describe("files of keys", () => {
  const folder = mkdtempSync(join(tmpdir(), "room-operator-verify-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const read = (keyFiles: readonly string[], allowedSignersFile: string | null = null) =>
    readVerifyFiles({ keyFiles, allowedSignersFile });

  it("are read as they are now", async () => {
    const path = file("a.asc", ARMOR);
    const binary = file("b.gpg", Buffer.from([0x98, 0x33]));
    const found = await read([path, binary], file("signers", `# ours\n${SIGNERS}`));
    expect(found.gpg.map((each) => each.path)).to.deep.equal([path, binary]);
    expect(Buffer.from(found.ssh?.bytes ?? []).toString()).to.include("ada@example.org");
    expect(await read([])).to.deep.equal({ gpg: [], ssh: null });
  });

  const unusable: Readonly<Record<string, readonly [string | Buffer | null, RegExp]>> = {
    missing: [null, /cannot be read \(it does not exist\)/],
    empty: ["", /is empty/],
    huge: [Buffer.alloc(1024 * 1024 + 1, 0x98), /has more than 1048576 bytes/],
    garbage: ["garbage", /holds no public GPG key/],
    secret: ["-----BEGIN PGP PRIVATE KEY BLOCK-----", /holds a private key/],
  };
  for (const [what, [content, message]] of Object.entries(unusable)) {
    it(`are refused where one is ${what}`, async () => {
      const path = content === null ? join(folder, "none") : file(`${what}.asc`, content);
      const error = await rejection(read([file("good.asc", ARMOR), path]));
      expect(error.message).to.match(message).and.include(`Verify.KeyFiles[1]: the file ${path}`);
    });
  }

  it("are refused where one is a folder, or without end", async () => {
    expect((await rejection(read([folder]))).message).to.include("(it is a folder)");
    expect((await rejection(read(["/dev/zero"]))).message).to.include("has more than");
  });

  it("are refused where the allowed signers name none", async () => {
    for (const text of ["# nobody\n", "ada@example.org\n", `# ${SIGNERS}`, "garbage garbage\n"]) {
      const error = await rejection(read([], file("signers", text)));
      expect(error.message).to.include("names no signer");
    }
  });

  it("and the programs that they need are looked for at the start", async () => {
    const Verify = {
      Mode: "head",
      KeyFiles: [file("g.asc", ARMOR)],
      AllowedSignersFile: file("signers", SIGNERS),
    };
    const config = await accepted(withSource({ Verify }));
    const problems = await checkFiles(config, folder, new AbortController().signal);
    expect(problems).to.deep.equal([
      {
        key: "Git.Sources[0].Verify.KeyFiles",
        message: "needs the program gpg, which no folder in PATH has; install it (package gnupg)",
      },
      {
        key: "Git.Sources[0].Verify.AllowedSignersFile",
        message:
          "needs the program ssh-keygen, which no folder in PATH has; install it (package openssh-client)",
      },
    ]);
    rmSync(Verify.AllowedSignersFile);
    const [first] = await checkFiles(config, "", new AbortController().signal);
    expect(first).to.include({ key: "Git.Sources[0].Verify.AllowedSignersFile" });
    expect(first?.message).to.match(/^the file .* cannot be read/);
  });
});
