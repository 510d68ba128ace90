import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitRepository } from "./git-repository.ts";
import { SshKeys } from "./ssh-keys.ts";

/** Something that signs, with what a configuration names it by. */
export interface Signer {
  /** As `ConfirmSigners` takes it. */
  readonly fingerprint: string;
  /** What a file of keys holds of it. */
  readonly publicText: string;
  /** The armoured signature. */
  sign(payload: Buffer): Buffer;
}

/** Why suites that sign are skipped here; null: they are not. */
export function whyNoSigning(): string | null {
  try {
    execFileSync("gpg", ["--version"], { stdio: "ignore" });
    execFileSync("gpgconf", ["--version"], { stdio: "ignore" });
  } catch {
    return "gpg is not installed (package gnupg): signatures are not tested";
  }
  try {
    execFileSync("ssh-keygen", ["-?"], { stdio: "ignore" });
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing
      ? "ssh-keygen is not installed (package openssh-client): signatures are not tested"
      : null;
  }
  return null;
}

/** Keys that live as long as a test: ssh keys, and a GPG home of their own whose agent ends with them. */
export class SigningKeys {
  readonly ssh = new SshKeys();
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator-gpg-"));
  readonly gpgHome = join(this.folder, "home");

  constructor() {
    mkdirSync(this.gpgHome, { mode: 0o700 });
  }

  /** A file with these lines or keys; returns its path. */
  write(name: string, text: string | Buffer): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** `options`: of its line among the allowed signers, such as `valid-before="20200101"`. */
  sshSigner(name: string, { options = "", namespace = "git" } = {}): Signer {
    const file = this.ssh.make(name);
    const [type, key] = this.ssh.publicLine(name).split(" ");
    const shown = execFileSync("ssh-keygen", ["-lf", `${file}.pub`], { encoding: "utf8" });
    return {
      fingerprint: shown.split(" ")[1] ?? "",
      publicText: `${name}@example.org ${options === "" ? "" : `${options} `}${type} ${key}\n`,
      sign: (payload) =>
        execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", file], {
          input: payload,
          stdio: ["pipe", "pipe", "ignore"],
        }),
    };
  }

  /** `expires`: as gpg takes it (`never`, `seconds=1`). `digest`: of its signatures. */
  gpgSigner(name: string, { expires = "never", digest = "SHA256", kind = "ed25519" } = {}): Signer {
    const address = `${name}@example.org`;
    const make = ["--quick-generate-key", `${name} <${address}>`, kind, "sign", expires];
    this.gpg(["--passphrase", "", "--pinentry-mode", "loopback", ...make]);
    const listed = this.gpg(["--with-colons", "--list-keys", `<${address}>`]).toString();
    const fingerprint = /^fpr:{9}([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
    const read = () => this.gpg(["--armor", "--export", fingerprint]).toString();
    return {
      fingerprint,
      get publicText() {
        return read();
      },
      sign: (payload) =>
        this.gpg(
          ["--digest-algo", digest, "--local-user", fingerprint, "--armor", "--detach-sign"],
          payload,
        ),
    };
  }

  /** Revokes a key by the certificate that gpg made with it. */
  revoke({ fingerprint }: Signer): void {
    const file = join(this.gpgHome, "openpgp-revocs.d", `${fingerprint}.rev`);
    this.gpg(["--import"], Buffer.from(readFileSync(file, "utf8").replace(/^:/m, "")));
  }

  gpg(args: readonly string[], input: Buffer = Buffer.alloc(0)): Buffer {
    const all = ["--homedir", this.gpgHome, "--batch", "--yes", "--no-tty", ...args];
    return execFileSync("gpg", all, { input, stdio: ["pipe", "pipe", "ignore"] });
  }

  remove(): void {
    execFileSync("gpgconf", ["--homedir", this.gpgHome, "--kill", "all"]);
    rmSync(this.folder, { recursive: true, force: true });
    this.ssh.remove();
  }
}

export function commitBytes(repository: GitRepository, oid: string): Buffer {
  return execFileSync("git", ["--git-dir", repository.folder, "cat-file", "commit", oid]);
}

/** The commit's bytes with a signature in them, where git puts it. */
export function withSignature(commit: Buffer, signature: Buffer): Buffer {
  const folded = signature.toString("latin1").trimEnd().replaceAll("\n", "\n ");
  const blank = commit.indexOf("\n\n");
  const header = Buffer.from(`gpgsig ${folded}\n`, "latin1");
  return Buffer.concat([commit.subarray(0, blank + 1), header, commit.subarray(blank + 1)]);
}

/** Replaces the head of a branch by the same commit, signed. Returns its id. */
export function signHead(repository: GitRepository, signer: Signer, branch = "main"): string {
  const commit = commitBytes(repository, repository.head(branch) ?? "");
  return putHead(repository, withSignature(commit, signer.sign(commit)), branch);
}

/** Makes these bytes the head of a branch. */
export function putHead(repository: GitRepository, commit: Buffer, branch = "main"): string {
  const oid = repository.gitWithInput(commit, "hash-object", "-t", "commit", "-w", "--stdin");
  repository.forceBranch(oid, branch);
  return oid;
}
