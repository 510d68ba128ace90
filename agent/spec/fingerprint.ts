import { createHash } from "node:crypto";
import type { ArtifactSpec } from "./room-spec.ts";

/** Bytes per piece of Base64: a multiple of 3, so that only the last piece is padded. */
const PIECE_BYTES = 3 * 65_536;

/**
 * The artifact fingerprint of the RoomServer contract, lower-case hex: SHA-256 over
 * `name|type|workspace|tags joined by comma|Base64 of the bytes`, nothing trimmed, sorted, escaped or normalised.
 */
export function artifactFingerprint(
  artifact: Pick<ArtifactSpec, "name" | "type" | "workspace" | "tags">,
  bytes: Uint8Array,
): string {
  const { name, type, workspace, tags } = artifact;
  const hash = createHash("sha256").update(
    `${name}|${type}|${workspace}|${tags.join(",")}|`,
    "utf8",
  );
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < buffer.length; start += PIECE_BYTES) {
    hash.update(buffer.subarray(start, start + PIECE_BYTES).toString("base64"), "latin1");
  }
  return hash.digest("hex");
}
