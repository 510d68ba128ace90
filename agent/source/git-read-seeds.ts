import { isOid } from "./git-object-id.ts";
import type { BlobCall } from "./git-open-clone.ts";
import { SeedQuota } from "./git-seed-quota.ts";
import { readSeedFile } from "./git-seeds.ts";
import type { SeedPlace } from "./git-seeds.ts";
import type { GitSession } from "./git-session.ts";
import { WantedBlobs } from "./git-wanted-blobs.ts";
import type { SeedFile } from "./spec-source.ts";

export interface ReadSeedsRequest {
  readonly head: string;
  readonly paths: readonly string[];
  /** For blobs that have to be brought first. */
  readonly call: BlobCall;
}

/** Files of a commit's tree; null when the clone does not have the commit, or not whole. */
export async function readSeeds(
  session: GitSession,
  { head, paths, call }: ReadSeedsRequest,
): Promise<readonly SeedFile[] | null> {
  await session.open();
  const { objects, trees, settings } = session;
  if (!isOid(head) || !objects.has(head)) return null;
  const rootTree = session.unlessDamaged(() => trees.commit(head).tree);
  if (rootTree === null) return null;
  await new WantedBlobs(session, call).seedsAt(rootTree, paths);
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
