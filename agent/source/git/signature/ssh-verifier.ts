import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { legible } from "../../../kernel/shortened.ts";
import type { CommitSignature } from "../../commit-signature.ts";
import type { KeyFile } from "../../../config/verify-files.ts";
import { bad } from "./bad-signature.ts";
import { runTool } from "./signature-tool.ts";
import type { SignedCommit } from "./signed-commit.ts";
import { parseSshSignature } from "./ssh-signature.ts";
import type { SshSignature } from "./ssh-signature.ts";

type Signed = Extract<SignedCommit, { kind: "signed" }>;

/** What a signature of git is made for; keys may sign other things. */
const NAMESPACE = "git";

/** Principals of one key that are tried. */
const MOST_PRINCIPALS = 8;

const GOOD = /^Good "git" signature for (.+) with \S+ key (SHA256:\S+)$/m;

/** The system's `ssh-keygen -Y verify` over the configured file of allowed signers. */
export class SshVerifier {
  readonly #folder: string;
  readonly #signers: string;
  readonly #text: string;
  readonly #signal: AbortSignal;

  private constructor(folder: string, text: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signers = join(folder, "allowed_signers");
    this.#text = text;
    this.#signal = signal;
  }

  static async open(
    { bytes }: KeyFile,
    { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
  ): Promise<SshVerifier> {
    const text = Buffer.from(bytes).toString("utf8");
    const verifier = new SshVerifier(folder, text, signal);
    await writeFile(verifier.#signers, text, { mode: 0o600 });
    return verifier;
  }

  async verify(commit: Signed, name: string): Promise<CommitSignature> {
    const said = parseSshSignature(commit.signature);
    if (said === null) return bad("SignatureInvalid", "has an ssh signature that cannot be read");
    const { fingerprint, namespace } = said;
    if (namespace !== NAMESPACE) {
      const made = `the ssh key ${fingerprint} for the namespace ${legible(namespace, 60)}`;
      return bad("SignatureInvalid", `has a signature that was made by ${made}, not "git"`);
    }
    const time = verifyTime(commit.committedAtMs);
    if (time === null)
      return bad("SignatureInvalid", "has a committer time that no key can be valid at");
    const file = join(this.#folder, `${name}.sig`);
    await writeFile(file, commit.signature, { mode: 0o600 });
    const asked = ["-f", this.#signers, "-s", file, `-Overify-time=${time}`];
    const found = await this.#keygen(["-Y", "find-principals", ...asked]);
    const principals = found.output.split("\n").filter((line) => line !== "");
    if (found.code !== 0 || principals.length === 0) return this.#unknown(said, found.words);
    let words = "";
    for (const principal of principals.slice(0, MOST_PRINCIPALS)) {
      const args = ["-Y", "verify", "-n", NAMESPACE, "-I", principal, ...asked];
      const answer = await this.#keygen(args, commit.payload);
      ({ words } = answer);
      const [, who, key] = GOOD.exec(answer.output) ?? [];
      if (answer.code === 0 && who === principal && key === fingerprint)
        return { kind: "good", tool: "ssh", key: fingerprint, name: legible(principal) };
    }
    if (/namespace/.test(words)) return this.#unknown(said, words);
    const why = `has a signature of the ssh key ${fingerprint} that is not of this commit (ssh-keygen: ${words})`;
    return bad("SignatureInvalid", why);
  }

  /** The key is not in the file, or not for this: which of them is in the tool's own words. */
  #unknown({ key, fingerprint }: SshSignature, words: string): CommitSignature {
    const by = `is signed by the ssh key ${fingerprint}`;
    if (!this.#text.includes(key))
      return bad("SignerUnknown", `${by}, which Verify.AllowedSignersFile does not hold`);
    return /expired|not yet valid/.test(words)
      ? bad("KeyExpired", `${by}, which was not valid at the commit's time (ssh-keygen: ${words})`)
      : bad("SignerUnknown", `${by}, which Verify.AllowedSignersFile does not allow (${words})`);
  }

  #keygen(args: readonly string[], input: Buffer = Buffer.alloc(0)) {
    return runTool({ program: "ssh-keygen", args, input }, this.#signal);
  }
}

/**
 * As `ssh-keygen -Overify-time` reads it, in UTC; null beyond its years. It is the committer's time, as git itself does it: a key
 * that has ended since was good for what it signed before.
 */
export function verifyTime(committedAtMs: number): string | null {
  const year = new Date(committedAtMs).getUTCFullYear();
  if (!(year >= 1970 && year <= 9999)) return null;
  return new Date(committedAtMs)
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[^0-9]/g, "");
}
