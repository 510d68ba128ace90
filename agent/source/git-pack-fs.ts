import { createHash } from "node:crypto";
import { promises as fs } from "node:fs";
import type { PromiseFsClient } from "isomorphic-git";

/**
 * The file system given to isomorphic-git. It differs in writing: a pack reaches the disk, and hence whatever inflates it
 * unbounded, only if it was scanned, and packs and indexes appear whole or not at all.
 *
 * @param scanned checksums of the packs that were scanned
 */
export function guardedFs(scanned: ReadonlySet<string>): PromiseFsClient {
  const writeFile = async (path: string, data: string | Buffer, options?: object | string) => {
    if (path.endsWith(".pack") && !wasScanned(data, scanned)) {
      throw new Error(`${path} was to be written, and nobody scanned it.`);
    }
    if (!/\.(?:pack|idx)$/.test(path)) {
      await fs.writeFile(path, data, options as Parameters<typeof fs.writeFile>[2]);
      return;
    }
    await fs.writeFile(`${path}.tmp`, data);
    await fs.rename(`${path}.tmp`, path);
  };
  return { promises: { ...fs, writeFile } };
}

/** These are the very bytes that were scanned: they make, and end with, a checksum that is known. */
function wasScanned(data: string | Buffer, scanned: ReadonlySet<string>): boolean {
  const pack = typeof data === "string" ? Buffer.from(data) : data;
  const sum = createHash("sha1").update(pack.subarray(0, -20)).digest("hex");
  return scanned.has(sum) && pack.toString("hex", pack.length - 20) === sum;
}
