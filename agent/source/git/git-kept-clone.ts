import type { DiscardReason, OnDiscard } from "./git-clone-events.ts";
import { CloneFolder } from "./git-clone-folder.ts";
import type { CommitWalk } from "./git-commit-walk.ts";
import { gitFailure, isTransferLimit, toSourceFailure } from "../git-failure.ts";
import type { GitObjectStore } from "./objects/git-object-store.ts";
import { OpenClone } from "./git-open-clone.ts";
import type { BringRequest, ManyBlobs } from "./git-open-clone.ts";
import { needBlobs } from "./git-needed-blobs.ts";
import type { NeededBlobs } from "./git-needed-blobs.ts";
import { ParsePool } from "../parse-pool.ts";
import type { GitTransport } from "./wire/git-transport.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { CloneSettings } from "./git-worker-messages.ts";
import { SharedFailure } from "./git-shared-failure.ts";
import type { SeenFailure } from "./git-shared-failure.ts";
import { openTransport } from "./wire/open-transport.ts";
import type { SourceFailure } from "../spec-source.ts";

/** How far a new clone is deepened at first. */
const FEW_COMMITS = 50;
/** Failed deepenings in a row after which the server is taken to refuse them. */
const DEEPENINGS = 3;

/** One of the sources that read a clone, as far as the clone has to know it. */
export interface CloneReader extends SeenFailure {
  /** True when its last fetch failed with what it brought, not with what the clone held before. */
  fetchFailed: boolean;
  /** The head that counts for it; null where that is not known. */
  settled: string | null;
  /** The head of its newest sync that was delivered completely; whether it counts is not known before `settle`. */
  readonly delivered: string | null;
}

/** The clone of one repository, whoever reads it. Lives in the worker. */
export class KeptClone {
  readonly settings: CloneSettings;
  readonly parsers: ParsePool;
  /** By their ids. */
  readonly readers = new Map<number, CloneReader>();
  readonly #transport: GitTransport;
  readonly #onDiscard: OnDiscard;
  readonly #failure = new SharedFailure();
  #at: OpenClone;
  #opening: Promise<void> | null = null;
  /** A damaged object was met outside of a sync. */
  #suspect = false;
  /** The head that was fetched last. */
  #fetched: string | null = null;
  /** Fetches in a row whose pack was no good. */
  #badFetches = 0;
  /** Deepenings in a row that failed. */
  #badDeepenings = 0;
  /** A head that went over a limit: it does so again until it changes, so it is not fetched again. */
  #refused: { readonly head: string; readonly failure: SourceFailure } | null = null;

  constructor(settings: CloneSettings, onDiscard: OnDiscard, parsers?: ParsePool) {
    this.settings = settings;
    this.#onDiscard = onDiscard;
    this.parsers = parsers ?? new ParsePool(settings.parse);
    this.#transport = openTransport(settings.url, settings.fetcher);
    this.parsers.warm();
    this.#at = this.#openOn(new CloneFolder(settings.folder, settings.url));
  }

  /** What is open now; another one after a rotation or a discard. */
  get at(): OpenClone {
    return this.#at;
  }

  get folder(): CloneFolder {
    return this.#at.folder;
  }

  get objects(): GitObjectStore {
    return this.#at.objects;
  }

  get trees(): GitTrees {
    return this.#at.trees;
  }

  /** Opens the clone, once; one whose indexes are damaged is thrown away. */
  async open(): Promise<void> {
    this.#opening ??= this.#open();
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  /** Brings `head` into the clone, if it is not there, and proves that it is whole. Returns the commits between. */
  async bring(request: BringRequest, by: CloneReader): Promise<CommitWalk> {
    await this.open();
    by.fetchFailed = false;
    if (this.#suspect) await this.discard("damaged");
    else if (!(await this.folder.isThere())) await this.discard("gone");
    if (this.#refused?.head === request.head) {
      throw gitFailure(this.#refused.failure.reason, this.#refused.failure.message);
    }
    by.settled = request.previous;
    // The store says that this head is durable; a crash may have come between that and `settle`.
    if (request.previous !== null && this.objects.has(request.previous)) {
      await this.keep(request.previous, by);
    }
    const within = this.objects.has(request.head) || (await this.#fetchForAll(request, by));
    if (within) await this.#deepen(request, by);
    const walk = this.#at.prove(request);
    return walk.history === "unrelated" ? this.#at.lookFurther(request, walk) : walk;
  }

  /**
   * `head`, which is here, counts for a reader: later fetches build on it. One that is behind does not take the clone back
   * from the head that was fetched last and counts for another.
   */
  async keep(head: string, by: CloneReader): Promise<void> {
    by.settled = head;
    const synced = await this.folder.synced();
    const isAhead = synced !== null && synced === this.#fetched && this.objects.has(synced);
    const others = [...this.readers.values()].filter((reader) => reader !== by);
    if (isAhead && others.some(({ settled }) => settled === synced)) return;
    await this.folder.writeSynced(head);
  }

  /** As of `needBlobs`. */
  async need(
    { oids, head }: Pick<NeededBlobs, "oids" | "head">,
    call: ManyBlobs,
    by: CloneReader,
  ): Promise<readonly string[]> {
    const { commits } = this.settings.limits;
    try {
      return await needBlobs(this.#at, { oids, head, counting: by.settled, commits }, call);
    } catch (error) {
      by.fetchFailed = true;
      throw error;
    }
  }

  /** Failed fetches of the past say nothing to this reader's next `bring`. */
  ignoreFailures(by: CloneReader): void {
    this.#failure.ignore(by);
  }

  /** The clone of the same repository for commits that are not followed; nothing is read or made yet. */
  side(): OpenClone {
    return this.#openOn(this.folder.side());
  }

  /** An empty clone of the same repository, next to the one in use. */
  async openSpare(): Promise<OpenClone> {
    const folder = this.folder.spare();
    await folder.remove();
    await this.folder.removeAside();
    const spare = this.#openOn(folder);
    try {
      await spare.open();
    } catch (error) {
      await folder.remove();
      throw error;
    }
    return spare;
  }

  /** Replaces the clone in use at once; later reads use the new one. */
  replaceBy(spare: OpenClone): void {
    const old = this.#at;
    old.folder.giveWayTo(spare.folder);
    this.#at = spare.movedTo(old.folder);
    old.close();
    this.#badFetches = 0;
    this.#suspect = false;
  }

  /** Throws the clone away; the next sync makes a new one. */
  async discard(why: DiscardReason): Promise<void> {
    const { folder } = this.#at;
    this.#at.close();
    await folder.discard();
    this.#at = this.#openOn(folder);
    this.#badFetches = 0;
    this.#suspect = false;
    this.#onDiscard(why);
  }

  /** What `read` gives; null when it meets a damaged object: the next sync replaces the clone. */
  unlessDamaged<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (toSourceFailure(error) === null) throw error;
      this.#suspect = true;
      return null;
    }
  }

  async close(): Promise<void> {
    this.#transport.close();
    this.#at.close();
    await this.parsers.close();
  }

  async #open(): Promise<void> {
    await this.folder.recover();
    try {
      await this.#at.open();
    } catch (error) {
      if (toSourceFailure(error) === null) throw error;
      await this.discard("damaged");
    }
  }

  #openOn(folder: CloneFolder): OpenClone {
    return new OpenClone(folder, { settings: this.settings, transport: this.#transport });
  }

  /**
   * A rotated clone begins with its head, and a store that was restored may speak of a head before that. This brings
   * the commits back to the previous head, a few at first; where that does not meet it within the limits, the history counts
   * as rewritten. A server that fails may do better next time, so the sync fails with it; one that does so again and again
   * is taken to refuse.
   */
  async #deepen(request: BringRequest, by: CloneReader): Promise<void> {
    const { previous } = request;
    if (request.trail?.includes(request.head) === true) return;
    for (const depth of [FEW_COMMITS, this.settings.limits.commits + 1]) {
      if (previous === null || this.objects.has(previous) || !this.#at.isPartial) return;
      try {
        await this.#fetch(request, by, depth);
        this.#badDeepenings = 0;
      } catch (error) {
        request.signal.throwIfAborted();
        const reason = toSourceFailure(error)?.reason;
        this.#badDeepenings += 1;
        const isFinal = reason === "LimitExceeded" || this.#badDeepenings >= DEEPENINGS;
        if (reason === undefined || !isFinal) throw error;
        this.#badDeepenings = 0;
        by.fetchFailed = false;
        return;
      }
    }
  }

  /** Those who waited for a fetch that failed do not repeat it. */
  #fetchForAll(request: BringRequest, by: CloneReader): Promise<boolean> {
    return this.#failure.share({ request, by }, async () => {
      const within = await this.#fetchOrStartAnew(request, by);
      this.#fetched = request.head;
      return within;
    });
  }

  /** False when the commits between were left out, because they went over a limit. */
  async #fetchOrStartAnew(request: BringRequest, by: CloneReader): Promise<boolean> {
    if (this.#badFetches >= 2) await this.discard("badPacks");
    try {
      await this.#fetchHead(request, by);
      this.#badFetches = 0;
      return true;
    } catch (error) {
      const failure = toSourceFailure(error);
      if (failure?.reason === "CorruptPack") this.#badFetches += 1;
      if (failure?.reason !== "LimitExceeded") throw error;
      if (!isTransferLimit(error) || (await this.folder.synced()) === null) {
        this.#refused = { head: request.head, failure };
        throw error;
      }
    }
    // What passed the limit may lie in the commits between: the head alone may still be within it.
    await this.discard("limit");
    await this.#fetchOrStartAnew(request, by);
    return false;
  }

  /** A new clone brings a few commits at once: fetched later they would bring the files of the head once more. */
  async #fetchHead(request: BringRequest, by: CloneReader): Promise<void> {
    const { head, previous, trail = [] } = request;
    const isNew = (await this.folder.packs()).length === 0;
    if (isNew && previous !== null && previous !== head && !trail.includes(head)) {
      try {
        await this.#fetch(request, by, FEW_COMMITS);
        return;
      } catch (error) {
        if (toSourceFailure(error)?.reason !== "LimitExceeded") throw error;
        by.fetchFailed = false;
      }
    }
    await this.#fetch(request, by);
  }

  async #fetch(request: BringRequest, by: CloneReader, depth?: number): Promise<void> {
    try {
      await this.#at.fetch(request, depth);
    } catch (error) {
      by.fetchFailed = true;
      throw error;
    }
  }
}
