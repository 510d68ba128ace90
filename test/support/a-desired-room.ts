import { createHash } from "node:crypto";
import type { DesiredRoom, SeedState } from "../../agent/plan/plan.ts";
import { artifactFingerprint } from "../../agent/spec/fingerprint.ts";
import type { ArtifactSpec } from "../../agent/spec/room-spec.ts";
import { aRoomSpec, type RoomSpecGiven } from "./a-room-spec.ts";

/**
 * A desired room whose seeds are all present with the content of `aSeed`. `seeds` replaces single ones: a text is the
 * seed's content, a SeedState is taken as it is.
 */
export function aDesiredRoom(
  given: RoomSpecGiven = {},
  seeds: Readonly<Record<string, string | SeedState>> = {},
): DesiredRoom {
  const spec = aRoomSpec(given);
  const states = spec.spec.artifacts
    .filter((artifact) => artifact.seedFrom !== null)
    .map((artifact): [string, SeedState] => {
      const seed = seeds[artifact.name];
      return [artifact.name, typeof seed === "object" ? seed : aSeed(artifact, seed)];
    });
  return { spec, seeds: new Map(states) };
}

/** A seed that is there, with the blob id and the fingerprint that such a file really has. */
export function aSeed(artifact: ArtifactSpec, content = "hello"): SeedState & { kind: "present" } {
  const bytes = Buffer.from(content);
  return {
    kind: "present",
    oid: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex"),
    size: bytes.length,
    fingerprint: artifactFingerprint(artifact, bytes),
  };
}
