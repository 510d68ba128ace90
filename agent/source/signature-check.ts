import { createHash } from "node:crypto";
import { OperatorError } from "../kernel/errors.ts";
import { unchecked } from "./git-failure.ts";
import type { VerifyConfig } from "../config/config.ts";
import { readVerifyFiles } from "../config/verify-files.ts";
import type { SignatureKeys } from "../config/verify-files.ts";

/** Which signatures are checked, and how. Plain data. */
export interface SignatureCheckRequest {
  /** Of which commits a bad signature fails the source. */
  readonly mode: "none" | "head" | "all";
  /** Whether the signatures of commits that may confirm something are reported. */
  readonly ofConfirms: boolean;
  readonly keys: SignatureKeys;
  /** Commits whose signatures one sync checks. */
  readonly most: number;
}

/** What a configuration asks for, with the keys as they are in their files now. Rejects with `SignatureUnchecked`. */
export async function signatureCheck(verify: VerifyConfig): Promise<SignatureCheckRequest> {
  const { mode, mostCommits, confirmSigners } = verify;
  try {
    const keys = await readVerifyFiles(verify);
    return { mode, ofConfirms: confirmSigners !== null, keys, most: mostCommits };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw unchecked(error.message);
  }
}

/** Differs where another mode or other keys count. */
export function printOfKeys({ mode, keys }: Pick<SignatureCheckRequest, "mode" | "keys">): string {
  const hash = createHash("sha256").update(`${mode}\n`);
  for (const { bytes } of keys.gpg) hash.update(`gpg ${bytes.length}\n`).update(bytes);
  if (keys.ssh !== null) hash.update(`ssh ${keys.ssh.bytes.length}\n`).update(keys.ssh.bytes);
  return `sha256:${hash.digest("hex")}`;
}
