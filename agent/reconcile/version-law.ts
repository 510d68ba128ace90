import type { Refusal } from "../guardrail/guardrail.ts";
import type { RoomInputs, RoomRow } from "../store/rows.ts";

export type VersionPolicy = "monotonic" | "off";

export type VersionVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "warning"; readonly warning: RoomRow["warnings"][number] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Judges a specVersion against the one applied last; it looks at the spec file without its seeds and only at versions
 * that were applied. A posted spec is not judged (its policy is `off`).
 */
export function judgeVersion(
  inputs: RoomInputs,
  row: RoomRow,
  policy: VersionPolicy,
): VersionVerdict {
  const applied = row.appliedVersion;
  if (policy === "off" || inputs.path === null || applied === null) return { kind: "ok" };
  if (inputs.specVersion > applied.specVersion || inputs.specDigest === applied.specDigest) {
    return { kind: "ok" };
  }
  if (inputs.specVersion === applied.specVersion) {
    const message = `metadata.version ${inputs.specVersion} was applied before with other content; raise it with each change`;
    return { kind: "warning", warning: { reason: "SpecVersionReused", message } };
  }
  if (row.versionConfirmed === inputs.digest) return { kind: "ok" };
  return { kind: "refused", refusal: regressed(inputs, row.roomId, applied.specVersion) };
}

function regressed(inputs: RoomInputs, roomId: string, appliedVersion: number): Refusal {
  return {
    guardrail: "version",
    reason: "SpecVersionRegressed",
    effect: "refusal",
    message:
      `metadata.version went down from ${appliedVersion} to ${inputs.specVersion}; raise it above ${appliedVersion}, ` +
      `or accept it with a commit that says \`Confirm: ${roomId}\`, or with POST /apply and \`X-Confirm: true\``,
    items: [],
    confirmable: true,
  };
}
