import { legible } from "../../kernel/shortened.ts";
import { folderChanging } from "./folder-failure.ts";
import { readFolderSeed } from "./folder-seeds.ts";
import { readFolderSpec, unreadable, type SpecReading } from "./folder-specs.ts";
import type { FolderFile, FolderSnapshot } from "./folder-snapshot.ts";
import { FileBatches } from "../file-batches.ts";
import { ParseBudget } from "../parse-budget.ts";
import { SeedQuota } from "../seed-quota.ts";
import { ignoredWarnings } from "../spec-filter.ts";
import { misnamedWarnings, unreadWarnings } from "../unread-specs.ts";
import { inLanes } from "../in-lanes.ts";
import { toKnownSeed } from "../spec-source.ts";
import type {
  KnownFile,
  SourceWarning,
  SpecFile,
  SyncRequest,
  SyncResult,
} from "../spec-source.ts";

export interface FolderSync {
  readonly snapshot: FolderSnapshot;
  /** The snapshot of `request.previous`, where this process read it. */
  readonly before: FolderSnapshot | null;
  readonly reading: SpecReading;
}

/** Delivers what differs from the snapshot before. A folder has no commits, so there is nothing to be said of them. */
export async function syncFolder(
  { snapshot, before, reading }: FolderSync,
  request: SyncRequest,
): Promise<SyncResult> {
  const { head, listing, files, filtered, unread } = snapshot;
  const known = new Map(request.known.map((file) => [file.path, file]));
  const history = request.previous === null ? "first" : "descends";
  await request.onCommits({ history, commits: [] });
  const changed = [...files.values()].filter((file) =>
    isChanged(file, known.get(file.path), before?.files.get(file.path)),
  );
  const hidden = hiddenFiles(snapshot, request.known);
  await deliver({ snapshot, reading, changed, hidden }, request);
  const paths = [...files.values(), ...hidden].map(({ path, oid }) => ({ path, oid }));
  const warnings = [
    ...problemWarnings(listing.problem),
    ...misnamedWarnings(listing.ignored),
    ...unreadWarnings(unread),
    ...ignoredWarnings(filtered),
  ];
  return { kind: "ready", head, paths, ignored: filtered, trail: [head], warnings };
}

function isChanged(
  file: FolderFile,
  known: KnownFile | undefined,
  before: FolderFile | undefined,
): boolean {
  if (known === undefined || known.oid !== file.oid) return true;
  if (JSON.stringify(known.seeds) !== JSON.stringify(file.seeds.map(toKnownSeed))) return true;
  // A seed may be unusable for another reason than before.
  return before !== undefined && JSON.stringify(before.seeds) !== JSON.stringify(file.seeds);
}

/** Known specs below a link: they cannot be read, so they are not gone. One whose content is at a new path has moved there. */
function hiddenFiles(
  { files, listing }: FolderSnapshot,
  known: readonly KnownFile[],
): readonly SpecFile[] {
  const links = new Set(listing.links);
  if (links.size === 0) return [];
  const knownPaths = new Set(known.map(({ path }) => path));
  const moved = new Set(
    [...files.values()].flatMap(({ path, oid }) => (knownPaths.has(path) ? [] : [oid])),
  );
  return known.flatMap(({ path, oid }): readonly SpecFile[] => {
    if (files.has(path) || moved.has(oid)) return [];
    const segments = path.split("/");
    const link = segments
      .map((_, position) => segments.slice(0, position).join("/"))
      .find((at) => links.has(at));
    if (link === undefined) return [];
    const problem =
      `This file cannot be read: ${legible(link)} is a symbolic link now, which is not followed. ` +
      "Put the folder back with the file in it; to stop managing the room, delete the link.";
    return [{ ...unreadable(path, problem), seeds: [] }];
  });
}

interface Delivery {
  readonly snapshot: FolderSnapshot;
  readonly reading: SpecReading;
  readonly changed: readonly FolderFile[];
  readonly hidden: readonly SpecFile[];
}

async function deliver(
  { snapshot, reading, changed, hidden }: Delivery,
  request: SyncRequest,
): Promise<void> {
  const { base } = snapshot.listing;
  const budget = new ParseBudget(reading.limits.parseSeconds, changed.length);
  const sent = new Set<string>();
  const quota = new SeedQuota(Number.MAX_SAFE_INTEGER);
  const place = { base, quota, reader: reading.reader, limits: reading.limits };
  const batches = new FileBatches(async (batch) => {
    for (const { seeds } of batch) {
      for (const seed of seeds) {
        if (seed.kind !== "present" || sent.has(seed.oid)) continue;
        const now = await readFolderSeed(seed.path, place);
        if (now.kind !== "present" || now.oid !== seed.oid) throw folderChanging(seed.path);
        await request.onSeed({ oid: now.oid, bytes: now.bytes });
        sent.add(seed.oid);
      }
    }
    await request.onFiles(batch);
  });
  try {
    await inLanes(changed, async (file) => {
      const read = await readFolderSpec({ ...file, base }, reading, budget);
      if (read.oid !== file.oid) throw folderChanging(file.path);
      await batches.add({ ...read, seeds: file.seeds });
    });
    for (const file of hidden) {
      const known = request.known.find(({ path }) => path === file.path);
      if (known?.oid !== file.oid) await batches.add(file);
    }
    await batches.end();
  } finally {
    batches.stop();
  }
}

function problemWarnings(problem: string | null): readonly SourceWarning[] {
  return problem === null ? [] : [{ reason: "NoSpecsFound", message: problem }];
}
