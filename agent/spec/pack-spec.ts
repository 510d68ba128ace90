import { pack } from "../kernel/pack.ts";
import type { RoomSpec } from "./room-spec.ts";

/**
 * A spec and its text, packed as the store keeps them. The parsed form and the text say the same, so they are packed together: the form
 * as one line of JSON, then the text. In a buffer of its own, so that it can cross threads. Null: they are to be kept as they are.
 */
export function packSpec(spec: RoomSpec, text: Uint8Array): Uint8Array | null {
  const packed = pack(Buffer.concat([Buffer.from(`${JSON.stringify(spec)}\n`), text]));
  return packed === null ? null : new Uint8Array(packed);
}
