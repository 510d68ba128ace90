import { PackScan } from "../../agent/source/git/objects/git-pack-scan.ts";
import type { PackLimits, ScannedPack } from "../../agent/source/git/objects/git-pack-scan.ts";

/** Scans a pack that is all there. */
export function scanPack(pack: Buffer, limits: PackLimits): ScannedPack {
  const scan = new PackScan(limits);
  scan.push(pack);
  return scan.finish();
}
