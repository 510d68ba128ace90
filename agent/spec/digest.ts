import { hash } from "node:crypto";
import { canonicalJson } from "../kernel/json.ts";
import type { RoomSpec } from "./room-spec.ts";

/** Lower-case hex SHA-256 of the spec's canonical JSON: the same for any order of members and any way to write defaults. */
export function specDigest(spec: RoomSpec): string {
  return sha256(canonicalJson(spec));
}

/** A seed a spec names: the blob it was found as, or why it cannot be used. */
export type SeedInput =
  | { readonly path: string; readonly kind: "present"; readonly oid: string }
  | { readonly path: string; readonly kind: "unusable"; readonly reason: string };

/**
 * Lower-case hex SHA-256 over what determines a room: the spec's digest and each seed's path with its blob id, or with the
 * reason it is unusable. The order of the seeds does not matter, nor whether one is listed twice.
 */
export function inputsDigest(digest: string, seeds: readonly SeedInput[]): string {
  const lines = seeds.map((seed) =>
    seed.kind === "present"
      ? canonicalJson([seed.path, "oid", seed.oid])
      : canonicalJson([seed.path, "unusable", seed.reason]),
  );
  return sha256([digest, ...[...new Set(lines)].sort()].join("\n"));
}

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
