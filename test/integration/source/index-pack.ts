import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PackScan } from "../../../agent/source/git/objects/git-pack-scan.ts";
import type { PackLimits } from "../../../agent/source/git/objects/git-pack-scan.ts";
import { PackWriter } from "../../../agent/source/git/objects/git-pack-writer.ts";

/** Scans and writes a pack as a fetch does, and gives back its index; throws what the fetch would fail with. */
export async function indexPack(pack: Buffer, limits: PackLimits): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "room-operator-index-"));
  const writer = new PackWriter({
    folder,
    objectBytes: limits.objectBytes,
    onProgress: () => undefined,
  });
  try {
    const scan = new PackScan(limits, (bytes, start) => writer.write(bytes, start));
    for (let at = 0; at < pack.length; at += 60_000) {
      const piece = pack.subarray(at, at + 60_000);
      scan.push(piece);
    }
    await writer.finish(scan.finish());
    const index = readdirSync(folder).find((name) => name.endsWith(".idx"));
    return readFileSync(join(folder, index ?? ""));
  } finally {
    writer.close();
    rmSync(folder, { recursive: true });
  }
}
