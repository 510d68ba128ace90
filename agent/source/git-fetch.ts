import { fetch as fetchInto } from "isomorphic-git";
import { messageOf } from "../kernel/errors.ts";
import type { CloneFolder } from "./git-clone-folder.ts";
import { SYNCED_REF } from "./git-clone-folder.ts";
import { gitFailure, toSourceFailure } from "./git-failure.ts";
import type { GitHttp } from "./git-http.ts";
import type { GitObjectStore } from "./git-object-store.ts";
import { guardedFs } from "./git-pack-fs.ts";
import { uploadPackHttp } from "./git-upload-pack.ts";
import type { UploadPackOptions } from "./git-upload-pack.ts";

export interface FetchTools {
  readonly clone: CloneFolder;
  readonly objects: GitObjectStore;
  readonly http: GitHttp;
}

export interface FetchRequest {
  readonly url: string;
  /** The commit to bring. It is asked for by id, so a branch that moves on meanwhile does no harm. */
  readonly head: string;
  readonly transfer: Omit<UploadPackOptions, "onScanned">;
  /** Commits to bring, counted from the head. Default: 1 for a new clone, and everything since the synced ref later. */
  readonly depth?: number;
  /** isomorphic-git's memory of the clone's indexes; a failed fetch spoils it. */
  readonly cache: object;
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
    await fetchPack(tools, request);
    objects.refresh();
    await request.verify();
  } catch (error) {
    await clone.keepPacks(packs);
    await clone.writeShallow(shallow);
    await clone.sweep();
    objects.refresh();
    request.transfer.signal.throwIfAborted();
    throw toSourceFailure(error) === null ? unknownFailure(error) : error;
  }
}

async function fetchPack(tools: FetchTools, request: FetchRequest): Promise<void> {
  const { clone, http } = tools;
  const synced = await clone.synced();
  const depth = request.depth ?? (synced === null ? 1 : undefined);
  const scanned = new Set<string>();
  await fetchInto({
    fs: guardedFs(scanned),
    http: uploadPackHttp(http, {
      ...request.transfer,
      onScanned: ({ checksum }) => scanned.add(checksum),
    }),
    gitdir: clone.path,
    cache: request.cache,
    remote: "origin",
    url: request.url,
    // Only the `have` comes from this ref.
    ref: SYNCED_REF,
    remoteRef: request.head,
    singleBranch: true,
    tags: false,
    ...(depth === undefined ? {} : { depth }),
  });
  // isomorphic-git moves its own copies of the server's refs before it has the objects: nobody reads them.
  await clone.sweep();
}

/** isomorphic-git's own errors, in its own words: a missing branch, or an answer it cannot follow. */
function unknownFailure(error: unknown): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "NotFoundError") {
    return gitFailure("BranchMissing", `The branch is gone: ${messageOf(error)}`, { cause: error });
  }
  if (/^E[A-Z]+$/.test(code)) {
    return gitFailure("WorkerFailed", `The clone cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (code === "RemoteCapabilityError") {
    return gitFailure("ProtocolError", `The server cannot be fetched from: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return gitFailure("CorruptPack", `The fetched pack cannot be used: ${messageOf(error)}`, {
    cause: error,
  });
}
