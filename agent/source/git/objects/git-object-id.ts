import { createHash } from "node:crypto";
import type { ObjectType } from "./git-pack-entry.ts";

/** The id that git gives an object. */
export function objectId(type: ObjectType, bytes: Buffer): Buffer {
  return createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest();
}

/** Whether it can be the id of an object. */
export function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
