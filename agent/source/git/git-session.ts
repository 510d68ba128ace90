import type { ParsedSpec } from "../../spec/room-spec.ts";
import type { DiscardReason, OnDiscard } from "./git-clone-events.ts";
import { CloneFolder } from "./git-clone-folder.ts";
import type { CommitWalk } from "./git-commit-walk.ts";
import { gitFailure, isTransferLimit, toSourceFailure } from "../git-failure.ts";
import type { GitObjectStore } from "./objects/git-object-store.ts";
import { OpenClone } from "./git-open-clone.ts";
import type { BlobCall, BringRequest } from "./git-open-clone.ts";
import { ParsePool, parseTask } from "../parse-pool.ts";
import type { ParseWatch } from "../parse-thread.ts";
import { ListingMemory } from "./git-spec-listing.ts";
import { CommitSignatures } from "./signature/commit-signatures.ts";
import type { GitTransport } from "./wire/git-transport.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { GitWorkerSettings } from "./git-worker-messages.ts";
import { isOid } from "./objects/git-object-id.ts";
import { openTransport } from "./wire/open-transport.ts";
import type { SourceFailure } from "../spec-source.ts";

/** How far a new clone is deepened at first. */
const FEW_COMMITS = 50;
/** Failed deepenings in a row after which the server is taken to refuse them. */
const DEEPENINGS = 3;

/** The clone of one source and what is read out of it. Lives in the worker. */
export class GitSession {
  readonly settings: GitWorkerSettings;
  readonly parsers: ParsePool;
  /** Speaks of trees by their id, so it outlives the clone. */
  readonly listings = new ListingMemory();
  readonly signatures = new CommitSignatures();
  readonly #transport: GitTransport;
  readonly #onDiscard: OnDiscard;
  #at: OpenClone;
  /** The head of the newest sync that was delivered completely; whether it counts is not known before `settle`. */
  delivered: string | null = null;
  #opening: Promise<void> | null = null;
  /** A damaged object was met outside of a sync. */
  #suspect = false;
  #fetchFailed = false;
  /** Fetches in a row whose pack was no good. */
  #badFetches = 0;
  /** Deepenings in a row that failed. */
  #badDeepenings = 0;
  /** A head that went over a limit: it does so again until it changes, so it is not fetched again. */
  #refused: { readonly head: string; readonly failure: SourceFailure } | null = null;

  constructor(settings: GitWorkerSettings, onDiscard: OnDiscard, parsers?: ParsePool) {
    this.settings = settings;
    this.#onDiscard = onDiscard;
    this.parsers = parsers ?? new ParsePool(settings.parse);
    this.#transport = openTransport(settings.url, settings.fetcher);
    this.#at = this.#openOn(new CloneFolder(settings.folder, settings.url));
  }

  get clone(): CloneFolder {
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
  async bring(request: BringRequest): Promise<CommitWalk> {
    await this.open();
    this.#fetchFailed = false;
    if (this.#suspect) await this.discard("damaged");
    else if (!(await this.clone.isThere())) await this.discard("gone");
    if (this.#refused?.head === request.head) {
      throw gitFailure(this.#refused.failure.reason, this.#refused.failure.message);
    }
    // The store says that this head is durable; a crash may have come between that and `settle`.
    if (request.previous !== null && this.objects.has(request.previous)) {
      await this.clone.writeSynced(request.previous);
    }
    const within = this.objects.has(request.head) || (await this.#fetchOrStartAnew(request));
    if (within) await this.#deepen(request);
    const walk = this.#at.prove(request);
    return walk.history === "unrelated" ? this.#at.lookFurther(request, walk) : walk;
  }

  /** Those of `marks` that `head` is or is built on, as far as the clone shows. */
  builtOn(head: string, marks: readonly string[]): readonly string[] {
    return this.#at.builtOn(head, marks);
  }

  /** The newest commits behind a head that is here, itself first. */
  trail(head: string): readonly string[] {
    return this.#at.trail(head);
  }

  /** Makes a head that counts readable again in a clone that does not have it, or has it damaged. */
  async restore(request: Omit<BringRequest, "previous">): Promise<void> {
    if (!isOid(request.head)) return;
    await this.bring({ ...request, previous: request.head });
    await this.clone.writeSynced(request.head);
  }

  /** Brings those of the blobs that the clone does not have, and gives back those that the server does not have either. */
  async need(oids: Iterable<string>, call: BlobCall): Promise<readonly string[]> {
    try {
      return await this.#at.need(Array.from(oids).filter(isOid), call);
    } catch (error) {
      this.#fetchFailed = true;
      throw error;
    }
  }

  /** An empty clone of the same repository, next to the one in use. */
  async openSpare(): Promise<OpenClone> {
    const folder = this.clone.spare();
    await folder.remove();
    await this.clone.removeAside();
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
    this.#at.close();
    await this.clone.discard();
    this.#at = this.#openOn(this.clone);
    this.#badFetches = 0;
    this.#suspect = false;
    this.#onDiscard(why);
  }

  /** Rejects with the reason of `watch` when that gives the file up before it is begun. */
  parse(path: string, bytes: Buffer, watch?: ParseWatch): Promise<ParsedSpec> {
    return this.parsers.parse(parseTask(path, bytes, this.settings), watch);
  }

  /** A head that is not asked for again as long as this process runs. */
  refuse(head: string, failure: SourceFailure): void {
    this.#refused = { head, failure };
  }

  /** True when the last fetch failed with what it brought, not with what the clone held before. */
  get fetchFailed(): boolean {
    return this.#fetchFailed;
  }

  isShallow(oid: string): boolean {
    return this.#at.isShallow(oid);
  }

  async close(): Promise<void> {
    this.#transport.close();
    this.#at.close();
    await this.parsers.close();
  }

  async #open(): Promise<void> {
    this.parsers.warm();
    await this.clone.recover();
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

  /** Null for a blob that is absent, damaged or too large; the next sync replaces a damaged clone. */
  specBytes(oid: string): Buffer | null {
    if (!isOid(oid)) return null;
    return this.unlessDamaged(() => {
      const found = this.objects.find(oid);
      const fits = found?.type === "blob" && found.bytes.length <= this.settings.limits.specBytes;
      return fits ? found.bytes : null;
    });
  }

  /** What `read` gives; null when it meets a damaged object. */
  unlessDamaged<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (toSourceFailure(error) === null) throw error;
      this.#suspect = true;
      return null;
    }
  }

  /**
   * A rotated clone begins with its head, and a store that was restored may speak of a head before that. This brings
   * the commits back to the previous head, a few at first; where that does not meet it within the limits, the history counts
   * as rewritten. A server that fails may do better next time, so the sync fails with it; one that does so again and again
   * is taken to refuse.
   */
  async #deepen(request: BringRequest): Promise<void> {
    const { previous } = request;
    if (request.trail?.includes(request.head) === true) return;
    for (const depth of [FEW_COMMITS, this.settings.limits.commits + 1]) {
      if (previous === null || this.objects.has(previous) || !this.#at.isPartial) return;
      try {
        await this.#fetch(request, depth);
        this.#badDeepenings = 0;
      } catch (error) {
        request.signal.throwIfAborted();
        const reason = toSourceFailure(error)?.reason;
        this.#badDeepenings += 1;
        const isFinal = reason === "LimitExceeded" || this.#badDeepenings >= DEEPENINGS;
        if (reason === undefined || !isFinal) throw error;
        this.#badDeepenings = 0;
        this.#fetchFailed = false;
        return;
      }
    }
  }

  /** False when the commits between were left out, because they went over a limit. */
  async #fetchOrStartAnew(request: BringRequest): Promise<boolean> {
    if (this.#badFetches >= 2) await this.discard("badPacks");
    try {
      await this.#fetchHead(request);
      this.#badFetches = 0;
      return true;
    } catch (error) {
      const failure = toSourceFailure(error);
      if (failure?.reason === "CorruptPack") this.#badFetches += 1;
      if (failure?.reason !== "LimitExceeded") throw error;
      if (!isTransferLimit(error) || (await this.clone.synced()) === null) {
        this.#refused = { head: request.head, failure };
        throw error;
      }
    }
    // What passed the limit may lie in the commits between: the head alone may still be within it.
    await this.discard("limit");
    await this.#fetchOrStartAnew(request);
    return false;
  }

  /** A new clone brings a few commits at once: fetched later they would bring the files of the head once more. */
  async #fetchHead(request: BringRequest): Promise<void> {
    const { head, previous, trail = [] } = request;
    const isNew = (await this.clone.packs()).length === 0;
    if (isNew && previous !== null && previous !== head && !trail.includes(head)) {
      try {
        await this.#fetch(request, FEW_COMMITS);
        return;
      } catch (error) {
        if (toSourceFailure(error)?.reason !== "LimitExceeded") throw error;
        this.#fetchFailed = false;
      }
    }
    await this.#fetch(request);
  }

  async #fetch(request: BringRequest, depth?: number): Promise<void> {
    try {
      await this.#at.fetch(request, depth);
    } catch (error) {
      this.#fetchFailed = true;
      throw error;
    }
  }
}
