import type { CloneFolder } from "./git-clone-folder.ts";
import { builtOn, walkCommits } from "./git-commit-walk.ts";
import type { CommitWalk } from "./git-commit-walk.ts";
import { toSourceFailure } from "./git-failure.ts";
import { fetchVerified } from "./git-fetch.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { GitObjectStore } from "./git-object-store.ts";
import type { GitTransport } from "./git-transport.ts";
import { GitTrees } from "./git-trees.ts";
import { trailOf } from "./git-trail.ts";
import type { GitWorkerSettings } from "./git-worker-messages.ts";

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

export interface OpenCloneTools {
  readonly settings: GitWorkerSettings;
  readonly transport: GitTransport;
}

/** One clone with everything that is open on it: what is read, and how more is fetched into it. */
export class OpenClone {
  readonly folder: CloneFolder;
  readonly objects: GitObjectStore;
  readonly trees: GitTrees;
  readonly #tools: OpenCloneTools;
  #shallow: ReadonlySet<string> = new Set();

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
  async fetch(request: BringRequest, depth?: number): Promise<void> {
    const { settings, transport } = this.#tools;
    try {
      await fetchVerified(
        { clone: this.folder, objects: this.objects, transport },
        {
          head: request.head,
          ...(depth === undefined ? {} : { depth }),
          asked: {
            credentials: request.credentials,
            nowMs: () => Date.now(),
            signal: request.signal,
            deadlines: settings.deadlines,
            limits: settings.limits,
            onProgress: request.onReceived,
          },
          verify: async () => {
            this.#shallow = await this.folder.shallow();
            this.prove(request);
          },
        },
      );
    } catch (error) {
      this.#shallow = await this.folder.shallow();
      throw error;
    }
  }

  /** Reads the head, its root tree, and every commit back to the previous head or to where the clone begins. */
  prove(range: Pick<BringRequest, "head" | "previous" | "trail">): CommitWalk {
    const { head, previous, trail = [] } = range;
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
