import { resolve } from "node:path";
import type { VerifyConfig } from "./config.ts";
import type { SourceSettings } from "./schema.ts";

/** Null where nothing asks for a signature. */
export function toVerify(
  { Verify, Intent }: Pick<SourceSettings, "Verify" | "Intent">,
  cwd: string,
): VerifyConfig | null {
  const { Mode, KeyFiles, AllowedSignersFile, MaxCommits } = Verify;
  const { ConfirmRequiresSignature, ConfirmSigners } = Intent;
  if (Mode === "none" && !ConfirmRequiresSignature) return null;
  return {
    mode: Mode,
    keyFiles: KeyFiles.map((file) => resolve(cwd, file)),
    allowedSignersFile: AllowedSignersFile === undefined ? null : resolve(cwd, AllowedSignersFile),
    mostCommits: MaxCommits,
    confirmSigners: ConfirmRequiresSignature ? ConfirmSigners.map(asShown) : null,
  };
}

/** GPG shows its fingerprints in capitals; ssh's are not hex. */
function asShown(fingerprint: string): string {
  return fingerprint.startsWith("SHA256:") ? fingerprint : fingerprint.toUpperCase();
}
