import { isOid } from "./objects/git-object-id.ts";
import type { BlobCall } from "./git-open-clone.ts";
import { SeedQuota } from "../seed-quota.ts";
import { readSeedFile } from "./git-seeds.ts";
import type { SeedPlace } from "./git-seeds.ts";
import type { GitSession } from "./git-session.ts";
import { blobsAt, WantedBlobs } from "./git-wanted-blobs.ts";
import type { SeedFile } from "../spec-source.ts";

export interface ReadSeedsRequest {
  readonly head: string;
  readonly paths: readonly string[];
  /** For blobs that have to be brought first; null: none are, because a sync may be changing the clone. */
  readonly call: BlobCall | null;
}

/** Files of a commit's tree; null when the clone does not have the commit, or not whole, or not these files. */
export async function readSeeds(
  session: GitSession,
  { head, paths, call }: ReadSeedsRequest,
): Promise<readonly SeedFile[] | null> {
  await session.open();
  const { objects, trees, settings } = session;
  if (!isOid(head) || !objects.has(head)) return null;
  const rootTree = session.unlessDamaged(() => trees.commit(head).tree);
  if (rootTree === null) return null;
  const blobs = session.unlessDamaged(() => blobsAt(trees, rootTree, paths));
  if (blobs === null) return null;
  if (call !== null) await new WantedBlobs(session, head, call).bring(blobs);
  else if (!blobs.every((oid) => objects.has(oid) || objects.skippedSize(oid) !== null))
    return null;
  const place: SeedPlace = {
    objects: session.objects,
    trees: session.trees,
    rootTree,
    commit: head,
    limits: settings.limits,
    quota: new SeedQuota(settings.limits.seedTotalBytes),
  };
  return session.unlessDamaged(() => paths.map((path) => readSeedFile(path, place)));
}
