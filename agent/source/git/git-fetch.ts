import type { CloneFolder } from "./git-clone-folder.ts";
import { parseCommit } from "./objects/git-commit-parse.ts";
import type { GitObjectStore } from "./objects/git-object-store.ts";
import type { FetchedPack, GitTransport, PackRequest } from "./wire/git-transport.ts";

export interface FetchTools {
  readonly clone: CloneFolder;
  readonly objects: GitObjectStore;
  readonly transport: GitTransport;
}

export interface FetchRequest {
  /** The commit to bring. It is asked for by id, so a branch that moves on meanwhile does no harm. */
  readonly head: string;
  /** As of `FetchWish`. */
  readonly filter: string | null;
  readonly asked: Omit<PackRequest, "packFolder">;
  /** Commits to bring, counted from the head. Default: 1 for a new clone, and everything since the synced ref later. */
  readonly depth?: number;
  /** True: all that these commits hold is sent, also what is here. */
  readonly isWhole: boolean;
  /** Throws when what was fetched is not whole. */
  readonly verify: () => Promise<void>;
}

/**
 * Fetches a commit into the clone: from nothing with depth 1, later everything since the synced ref. Nothing counts before
 * it is verified; on any failure the clone is as it was before, and the failure is typed.
 */
export async function fetchVerified(tools: FetchTools, request: FetchRequest): Promise<void> {
  const { clone, objects } = tools;
  const packs = await clone.packs();
  const shallow = await clone.shallow();
  try {
    const brought = await fetchPack(tools, request, shallow);
    objects.refresh();
    await clone.noteSkipped(brought.skipped);
    objects.noteSkipped(brought.skipped);
    await clone.writeShallow(bordersAfter(shallow, brought, objects));
    await request.verify();
  } catch (error) {
    await clone.keepPacks(packs);
    await clone.writeShallow(shallow);
    await clone.sweep();
    objects.refresh();
    request.asked.signal.throwIfAborted();
    throw error;
  }
}

async function fetchPack(
  { clone, objects, transport }: FetchTools,
  request: FetchRequest,
  shallow: ReadonlySet<string>,
): Promise<FetchedPack> {
  const synced = await clone.synced();
  return transport.fetch(
    {
      want: [request.head],
      have: synced !== null && objects.has(synced) && !request.isWhole ? synced : null,
      shallow,
      depth: request.depth ?? (synced === null ? 1 : null),
      filter: request.filter,
    },
    { ...request.asked, packFolder: clone.packFolder },
  );
}

/** Fetches blobs by their ids, whatever else is here. On any failure the clone is as it was before, and the failure is typed. */
export async function fetchBlobs(
  { clone, objects, transport }: FetchTools,
  oids: readonly string[],
  asked: Omit<PackRequest, "packFolder">,
): Promise<void> {
  const packs = await clone.packs();
  try {
    const { skipped } = await transport.fetch(
      { want: oids, have: null, shallow: new Set(), depth: null, filter: null },
      { ...asked, packFolder: clone.packFolder },
    );
    await clone.noteSkipped(skipped);
    objects.noteSkipped(skipped);
    objects.refresh();
  } catch (error) {
    await clone.keepPacks(packs);
    await clone.sweep();
    objects.refresh();
    asked.signal.throwIfAborted();
    throw error;
  }
}

/** The commits whose parents are not here, after a fetch. */
function bordersAfter(
  before: ReadonlySet<string>,
  { shallow, unshallow }: FetchedPack,
  objects: GitObjectStore,
): ReadonlySet<string> {
  const borders = new Set([...before].filter((oid) => !unshallow.has(oid)));
  for (const oid of shallow) {
    if (!objects.has(oid) || !parentsAreHere(oid, objects)) borders.add(oid);
  }
  return borders;
}

/** The server counts from the head alone, and commits behind its border may have come earlier. */
function parentsAreHere(oid: string, objects: GitObjectStore): boolean {
  return parseCommit(objects.read(oid, "commit")).parents.every((parent) => objects.has(parent));
}
