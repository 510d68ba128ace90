import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommitSignature } from "../../commit-signature.ts";
import { unchecked } from "../../git-failure.ts";
import type { KeyFile } from "../../../config/verify-files.ts";
import { importedKeys, readGpgStatus } from "./gpg-status.ts";
import type { SignedCommit } from "./signed-commit.ts";
import { runTool } from "./signature-tool.ts";

type Signed = Extract<SignedCommit, { kind: "signed" }>;

/** The system's gpg over a keyring of its own, which holds the configured keys alone. It asks no agent and no network. */
export class GpgVerifier {
  readonly #folder: string;
  readonly #home: string;
  readonly #signal: AbortSignal;

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#home = join(folder, "gnupg");
    this.#signal = signal;
  }

  /** Makes the keyring under `folder`, which whoever calls removes. Throws `SignatureUnchecked` for a file without a key. */
  static async open(
    keyFiles: readonly KeyFile[],
    { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
  ): Promise<GpgVerifier> {
    const verifier = new GpgVerifier(folder, signal);
    await mkdir(verifier.#home, { mode: 0o700 });
    for (const file of keyFiles) await verifier.#import(file);
    return verifier;
  }

  async verify({ payload, signature }: Signed, name: string): Promise<CommitSignature> {
    const file = join(this.#folder, `${name}.asc`);
    await writeFile(file, signature, { mode: 0o600 });
    const { output, code } = await this.#run(["--verify", "--", file, "-"], payload);
    return readGpgStatus(output, code);
  }

  async #import({ path, bytes }: KeyFile): Promise<void> {
    const { output, words } = await this.#run(["--import"], Buffer.from(bytes));
    if (importedKeys(output).length > 0) return;
    throw unchecked(`the file ${path} of Verify.KeyFiles holds no public GPG key (gpg: ${words})`);
  }

  #run(args: readonly string[], input: Buffer) {
    const options = [
      "--no-options",
      "--homedir",
      this.#home,
      "--batch",
      "--no-tty",
      "--no-autostart",
      "--disable-dirmngr",
      "--no-auto-key-locate",
      "--no-auto-check-trustdb",
      "--trust-model",
      "always",
      "--status-fd",
      "1",
    ];
    return runTool({ program: "gpg", args: [...options, ...args], input }, this.#signal);
  }
}
