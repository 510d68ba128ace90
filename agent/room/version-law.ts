import type { Refusal } from "../guardrail/guardrail.ts";
import { isLocal } from "./revision.ts";
import type { RoomInputs, Room } from "./room.ts";

export type VersionPolicy = "monotonic" | "off";

export type VersionVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "warning"; readonly warning: Room["warnings"][number] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What the version rule needs in addition to the room's row. */
export interface VersionFacts {
  readonly policy: VersionPolicy;
  /** Whether the room's history holds this very spec, by its digest, as verified. Asked of a lower version alone. */
  readonly wasVerified: boolean;
}

/**
 * Judges a specVersion against the one applied last; it reads the spec file without its seeds and only at versions
 * that were applied. A lower version that was verified before and whose commit was built on the applied one is a revert;
 * any other is refused until a person names the room. A posted spec is not judged (its policy is `off`).
 */
export function judgeVersion(
  inputs: RoomInputs,
  row: Room,
  { policy, wasVerified }: VersionFacts,
): VersionVerdict {
  const applied = row.appliedVersion;
  if (isUnjudged(inputs, policy) || applied === null) return { kind: "ok" };
  if (inputs.specVersion > applied.specVersion || inputs.specDigest === applied.specDigest) {
    return { kind: "ok" };
  }
  if (inputs.specVersion === applied.specVersion) {
    const message = `metadata.version ${inputs.specVersion} was applied before with other content; raise it with each change`;
    return { kind: "warning", warning: { reason: "SpecVersionReused", message } };
  }
  const descends = applied.lineage !== null && row.lineage === applied.lineage;
  if (wasVerified && descends) {
    const message = `metadata.version went back from ${applied.specVersion} to ${inputs.specVersion}, to a spec that was verified before: it is taken as a revert`;
    return { kind: "warning", warning: { reason: "SpecVersionReverted", message } };
  }
  if (row.versionConfirmed === inputs.digest) return { kind: "ok" };
  return { kind: "refused", refusal: regressed(inputs, row, { wasVerified, descends }) };
}

/** Whether a version went down, so that the answer depends on the room's history. */
export function isLowered(inputs: RoomInputs, row: Room, policy: VersionPolicy): boolean {
  const applied = row.appliedVersion;
  return (
    !isUnjudged(inputs, policy) && applied !== null && inputs.specVersion < applied.specVersion
  );
}

function isUnjudged({ path }: RoomInputs, policy: VersionPolicy): boolean {
  return policy === "off" || path === null;
}

function regressed(
  { specVersion, revision }: RoomInputs,
  { appliedVersion, rewritten }: Room,
  known: { readonly wasVerified: boolean; readonly descends: boolean },
): Refusal {
  const applied = appliedVersion?.specVersion;
  const isFolder = isLocal(revision);
  const why = [
    ...(known.wasVerified ? [] : ["the room's history does not hold this spec as verified"]),
    ...(known.descends ? [] : [isFolder ? notAfter(applied) : notBuiltOn(rewritten, applied)]),
  ];
  const unlikeRevert = `${isFolder ? "" : "the commit is not a git revert: "}${why.join(", and ")}`;
  return {
    guardrail: "version",
    reason: "SpecVersionRegressed",
    effect: "refusal",
    message:
      `metadata.version decreased from ${applied} to ${specVersion}, and ${unlikeRevert}. ` +
      `Raise it above ${applied}, or confirm the lower version`,
    items: [],
    confirmable: true,
  };
}

/** Why the commit of a lower version counts as none on the line of the version that was applied. */
function notBuiltOn(rewritten: Room["rewritten"], applied: number | undefined): string {
  const unknown = `it cannot be shown that its commit was built on the one that ${applied} came from`;
  if (rewritten === null) return unknown;
  return `${unknown}: a force-push rewrote the history from ${rewritten.from} to ${rewritten.to}`;
}

/** The same of a state of a folder. */
function notAfter(applied: number | undefined): string {
  return `it cannot be shown that this came after ${applied} in the same folder`;
}
