import type { ArtifactSpec } from "../spec/room-spec.ts";
import type { ObservedArtifact } from "./room-state.ts";

/**
 * In what a room's artifact differs from its spec and seed: `content` (by fingerprint), `type`, `workspace`, `tags`. Only
 * what the observed artifact carries is compared. Tags count in order and as they travel and are hashed, joined by `,`.
 */
export function artifactDifferences(
  artifact: ArtifactSpec,
  fingerprint: string,
  observed: ObservedArtifact,
): readonly string[] {
  const pairs: readonly [string, string, string | undefined][] = [
    ["content", fingerprint, observed.fingerprint],
    ["type", artifact.type, observed.type],
    ["workspace", artifact.workspace, observed.workspace],
    ["tags", artifact.tags.join(","), observed.tags?.join(",")],
  ];
  return pairs
    .filter(([, wanted, seen]) => seen !== undefined && seen !== wanted)
    .map(([name]) => name);
}
