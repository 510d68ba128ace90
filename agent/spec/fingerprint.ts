import { createHash } from "node:crypto";
import type { ArtifactSpec } from "./room-spec.ts";

/** Bytes per piece of Base64: a multiple of 3, so that only the last piece is padded. */
const PIECE_BYTES = 3 * 65_536;

type Fingerprinted = Pick<ArtifactSpec, "name" | "type" | "workspace" | "tags">;

/**
 * The artifact fingerprint of the RoomServer contract, lower-case hex: SHA-256 over
 * `name|type|workspace|tags joined by comma|Base64 of the bytes`, nothing trimmed, sorted, escaped or normalised.
 */
export function artifactFingerprint(artifact: Fingerprinted, bytes: Uint8Array): string {
  const steps = fingerprintInSteps(artifact, bytes);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The same in steps of a millisecond or so, between which the caller may let others do something else. */
export function* fingerprintInSteps(
  artifact: Fingerprinted,
  bytes: Uint8Array,
): Generator<void, string> {
  const { name, type, workspace, tags } = artifact;
  const hash = createHash("sha256").update(
    `${name}|${type}|${workspace}|${tags.join(",")}|`,
    "utf8",
  );
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < buffer.length; start += PIECE_BYTES) {
    hash.update(buffer.subarray(start, start + PIECE_BYTES).toString("base64"), "latin1");
    if (start > 0) yield;
  }
  return hash.digest("hex");
}
