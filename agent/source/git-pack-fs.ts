import { promises as fs } from "node:fs";
import type { PromiseFsClient } from "isomorphic-git";
import { scanPack } from "./git-pack-scan.ts";
import type { PackLimits } from "./git-pack-scan.ts";

/**
 * The file system given to isomorphic-git. It differs in writing: a pack is scanned before it reaches the disk, hence before
 * anything inflates it unbounded, and packs and indexes appear whole or not at all.
 */
export function guardedFs(limits: PackLimits): PromiseFsClient {
  const writeFile = async (path: string, data: string | Buffer, options?: object | string) => {
    if (path.endsWith(".pack"))
      scanPack(typeof data === "string" ? Buffer.from(data) : data, limits);
    if (!/\.(?:pack|idx)$/.test(path)) {
      await fs.writeFile(path, data, options as Parameters<typeof fs.writeFile>[2]);
      return;
    }
    await fs.writeFile(`${path}.tmp`, data);
    await fs.rename(`${path}.tmp`, path);
  };
  return { promises: { ...fs, writeFile } };
}
