import { BlobFetch } from "./git-blob-fetch.ts";
import type { CloneFolder } from "./git-clone-folder.ts";
import { builtOn, walkCommits } from "./git-commit-walk.ts";
import type { CommitWalk } from "./git-commit-walk.ts";
import {
  gitFailure,
  isTransferLimit,
  refusedObject,
  refusesFilter,
  refusesRequest,
  toSourceFailure,
} from "../git-failure.ts";
import { fetchBlobs, fetchVerified } from "./git-fetch.ts";
import type { FetchTools } from "./git-fetch.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import { GitObjectStore } from "./objects/git-object-store.ts";
import type { GitTransport, PackRequest } from "./wire/git-transport.ts";
import { GitTrees } from "./objects/git-trees.ts";
import { trailOf } from "./git-trail.ts";
import type { CloneSettings } from "./git-worker-messages.ts";

export interface BringRequest {
  readonly head: string;
  readonly previous: string | null;
  /** Commits known to lie behind `previous`. Absent: none. */
  readonly trail?: readonly string[];
  readonly credentials: GitCredentials;
  readonly signal: AbortSignal;
  /** Called when a pack has arrived and its indexing begins. */
  readonly onReceived: () => void;
}

/** What a request for blobs goes with. */
export type BlobCall = Pick<BringRequest, "credentials" | "signal" | "onReceived">;

/** `mostBytes`: what one call may bring together. */
export type ManyBlobs = BlobCall & { readonly mostBytes: number };

interface FetchWay {
  readonly filter: string | null;
  readonly depth: number | undefined;
  /** As of `FetchRequest`. */
  readonly isWhole?: boolean;
}

export interface OpenCloneTools {
  readonly settings: CloneSettings;
  readonly transport: GitTransport;
}

/** One clone with everything that is open on it: what is read, and how more is fetched into it. */
export class OpenClone {
  readonly folder: CloneFolder;
  readonly objects: GitObjectStore;
  readonly trees: GitTrees;
  readonly #tools: OpenCloneTools;
  #shallow: ReadonlySet<string> = new Set();
  #filters = false;
  /** One fetch at a time: each takes away what another one's failure left. */
  #fetching: Promise<unknown> = Promise.resolve();

  constructor(
    folder: CloneFolder,
    tools: OpenCloneTools,
    objects = new GitObjectStore(folder.path),
  ) {
    this.folder = folder;
    this.objects = objects;
    this.trees = new GitTrees(this.objects);
    this.#tools = tools;
  }

  /** Makes the clone if there is none. Throws `CorruptPack` when an index is damaged. */
  async open(): Promise<void> {
    await this.folder.open();
    this.#shallow = await this.folder.shallow();
    this.objects.refresh();
    const { objectBytes } = this.#tools.settings.limits;
    const skipped = await this.folder.skipped();
    // What a raised limit allows is asked for again.
    this.objects.noteSkipped(new Map([...skipped].filter(([, size]) => size > objectBytes)));
  }

  /** The same clone after its folder was moved: what is open stays open. This one is not used any more. */
  movedTo(folder: CloneFolder): OpenClone {
    this.objects.movedTo(folder.path);
    const moved = new OpenClone(folder, this.#tools, this.objects);
    moved.#shallow = this.#shallow;
    return moved;
  }

  /** Whether the clone was never given the commit's parents. */
  isShallow(oid: string): boolean {
    return this.#shallow.has(oid);
  }

  /** Whether it begins somewhere in the middle of the history. */
  get isPartial(): boolean {
    return this.#shallow.size > 0;
  }

  /** Fetches the head and proves it. On any failure the clone is as it was before. */
  fetch(request: BringRequest, depth?: number): Promise<void> {
    return this.#inTurn(async () => {
      const isNew = (await this.folder.packs()).length === 0;
      // Commits from before would bring every file once more; what changed since is mostly small, and one request less.
      const isSince = !isNew && depth === undefined;
      const filter = isSince ? `blob:limit=${this.#tools.settings.limits.specBytes}` : "blob:none";
      this.#filters = false;
      try {
        await this.#fetchOnce(request, { filter, depth });
      } catch (error) {
        if (!this.#filters) throw error;
        if (isSince && isTransferLimit(error))
          await this.#fetchOnce(request, { filter: "blob:none", depth });
        else await this.#fetchUnfiltered(request, depth, error);
      }
    });
  }

  /** Those of the blobs that are neither here nor skipped. */
  missing(oids: readonly string[]): readonly string[] {
    return oids.filter((oid) => !this.objects.has(oid) && this.objects.skippedSize(oid) === null);
  }

  /**
   * Fetches those of the blobs that are not here, in one request; one that is over `ObjectBytes` or `PackBytes` is skipped. Gives
   * back those that the server does not have.
   */
  need(oids: Iterable<string>, call: ManyBlobs): Promise<readonly string[]> {
    const wanted = [...new Set(oids)];
    if (this.missing(wanted).length === 0) return Promise.resolve([]);
    return this.#inTurn(async () => {
      const { packBytes } = this.#tools.settings.limits;
      const fetch = new BlobFetch({
        fetch: (some) => fetchBlobs(this.#fetchTools, some, this.#asked(call)),
        skip: (oid) => this.#skip(oid, packBytes + 1),
        sizeOf: (oid) => this.objects.sizeOf(oid),
        packBytes,
        mostBytes: call.mostBytes,
      });
      await fetch.bring(this.missing(wanted));
      return this.missing(wanted);
    });
  }

  /**
   * Brings a head with all its files, whatever is here: so they come from a server that gives none by its id. `depth`: of how
   * many commits.
   */
  fetchWhole(head: string, call: BlobCall, depth: number): Promise<void> {
    const request = { ...call, head, previous: null };
    return this.#inTurn(() => this.#fetchOnce(request, { filter: null, depth, isWhole: true }));
  }

  /**
   * Some servers offer filters and refuse this one, not all of them in git's words. `refusal`: what the request with the filter
   * failed with, which counts where it may have had another cause.
   */
  async #fetchUnfiltered(
    request: BringRequest,
    depth: number | undefined,
    refusal: unknown,
  ): Promise<void> {
    const saysSo = refusesFilter(refusal);
    const isAboutHead = refusedObject(refusal) !== null;
    if (!saysSo && (isAboutHead || !refusesRequest(refusal))) throw refusal;
    try {
      await this.#fetchOnce(request, { filter: null, depth });
    } catch (error) {
      request.signal.throwIfAborted();
      throw saysSo || toSourceFailure(error) === null ? error : refusal;
    }
  }

  async #skip(oid: string, size: number): Promise<void> {
    const skipped = new Map([[oid, size]]);
    await this.folder.noteSkipped(skipped);
    this.objects.noteSkipped(skipped);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#fetching.then(work);
    this.#fetching = mine.catch(() => undefined);
    return mine;
  }

  get #fetchTools(): FetchTools {
    return { clone: this.folder, objects: this.objects, transport: this.#tools.transport };
  }

  #asked({ credentials, signal, onReceived }: BlobCall): Omit<PackRequest, "packFolder"> {
    const { deadlines, limits } = this.#tools.settings;
    return {
      credentials,
      nowMs: () => Date.now(),
      signal,
      deadlines,
      limits,
      onProgress: onReceived,
      onFilters: (known) => (this.#filters = known),
    };
  }

  async #fetchOnce(
    request: BringRequest,
    { filter, depth, isWhole = false }: FetchWay,
  ): Promise<void> {
    try {
      await fetchVerified(this.#fetchTools, {
        head: request.head,
        filter,
        isWhole,
        ...(depth === undefined ? {} : { depth }),
        asked: this.#asked(request),
        verify: async () => {
          this.#shallow = await this.folder.shallow();
          this.prove(request);
        },
      });
    } catch (error) {
      this.#shallow = await this.folder.shallow();
      throw error;
    }
  }

  /** Reads the head, its root tree, and every commit back to the previous head or to where the clone begins. */
  prove(range: Pick<BringRequest, "head" | "previous" | "trail">): CommitWalk {
    const { head, previous, trail = [] } = range;
    refuseOther(head, this.objects);
    this.trees.entries(this.trees.commit(head).tree);
    return walkCommits({ head, previous, trail, ...this.#graph });
  }

  /**
   * No commit was found that both heads share; the server is asked for more of the way to the previous one. Where not all of
   * head's history could be read, it is enough that this server has the previous head. Else the clone may begin a little before
   * the previous head, and many servers still give its ancestors, although no branch leads there any more. Where this
   * one does not, what was found stands.
   */
  async lookFurther(request: BringRequest, walk: CommitWalk): Promise<CommitWalk> {
    const { previous } = request;
    const isWhole = walk.seen?.whole === true;
    if (previous === null || (isWhole && !(this.objects.has(previous) && this.isPartial)))
      return walk;
    try {
      const depth = isWhole ? this.#tools.settings.limits.commits + 1 : 1;
      await this.fetch({ ...request, head: previous, previous: null }, depth);
    } catch (error) {
      request.signal.throwIfAborted();
      if (toSourceFailure(error) === null) throw error;
      return walk;
    }
    return isWhole ? this.prove(request) : { history: "rewritten", oids: [] };
  }

  /** Those of `marks` that `head` is or is built on. */
  builtOn(head: string, marks: readonly string[]): readonly string[] {
    return builtOn(marks, { head, ...this.#graph });
  }

  /** The newest commits behind `head` that the clone has, itself first. */
  trail(head: string): readonly string[] {
    return trailOf(head, this.#graph);
  }

  get #graph() {
    return {
      limit: this.#tools.settings.limits.commits,
      has: (oid: string) => this.objects.has(oid),
      parentsOf: (oid: string) => this.trees.commit(oid).parents,
      isShallow: (oid: string) => this.isShallow(oid),
    };
  }

  /** Idempotent. */
  close(): void {
    this.objects.close();
  }
}

/** A tag may lead to anything, and so may a branch on a server that is not git's own. */
function refuseOther(head: string, objects: GitObjectStore): void {
  const type = objects.find(head)?.type ?? "commit";
  if (type === "commit") return;
  const what = type === "blob" ? "a file" : `a ${type}`;
  const more = type === "tag" ? ", and the server does not say what that leads to" : "";
  throw gitFailure(
    "NotACommit",
    `What is followed leads to ${head}, which is ${what}${more}. It must be a commit. Rooms are kept as they are. ` +
      "Move the branch or tag to a commit, or correct Ref.",
  );
}
