import type { ParsedSpec } from "../../spec/room-spec.ts";
import type { CloneFolder } from "./git-clone-folder.ts";
import type { DiscardReason } from "./git-clone-events.ts";
import type { CommitWalk } from "./git-commit-walk.ts";
import { gitFailure, toSourceFailure } from "../git-failure.ts";
import type { CloneReader, KeptClone } from "./git-kept-clone.ts";
import type { GitObjectStore } from "./objects/git-object-store.ts";
import type { BlobCall, BringRequest } from "./git-open-clone.ts";
import { parseTask } from "../parse-pool.ts";
import type { ParseWatch } from "../parse-thread.ts";
import { ListingMemory } from "./git-spec-listing.ts";
import { UnreadSpecs } from "./git-unread-specs.ts";
import { CommitSignatures } from "./signature/commit-signatures.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { GitWorkerSettings, ReaderSettings } from "./git-worker-messages.ts";
import { isOid } from "./objects/git-object-id.ts";
import type { SourceFailure } from "../spec-source.ts";

/** Next to the seeds, what the specs of one commit may have together, in answers of the largest size. */
export const PACKS_OF_SPECS = 16;

/** What reads specs out of a clone. */
export type ReadableClone = Pick<
  GitSession,
  "settings" | "objects" | "trees" | "need" | "parse" | "specBytes"
>;

/** What one source reads out of a clone, under its own path and limits. Lives in the worker. */
export class GitSession implements CloneReader {
  readonly settings: GitWorkerSettings;
  /** Speaks of trees by their id, so it outlives the clone. */
  readonly listings = new ListingMemory();
  readonly unread = new UnreadSpecs();
  readonly signatures = new CommitSignatures();
  delivered: string | null = null;
  settled: string | null = null;
  fetchFailed = false;
  seenFailure = 0;
  readonly #kept: KeptClone;
  /** A head that went over a limit of this source: it does so again until it changes. */
  #refused: { readonly head: string; readonly failure: SourceFailure } | null = null;

  constructor(kept: KeptClone, { id, ...reading }: ReaderSettings) {
    this.#kept = kept;
    this.settings = { ...kept.settings, ...reading };
    kept.readers.set(id, this);
  }

  get clone(): CloneFolder {
    return this.#kept.folder;
  }

  get objects(): GitObjectStore {
    return this.#kept.objects;
  }

  get trees(): GitTrees {
    return this.#kept.trees;
  }

  open(): Promise<void> {
    return this.#kept.open();
  }

  /** Brings `head` into the clone, if it is not there, and proves that it is whole. Returns the commits between. */
  async bring(request: BringRequest): Promise<CommitWalk> {
    this.fetchFailed = false;
    if (this.#refused?.head === request.head) {
      throw gitFailure(this.#refused.failure.reason, this.#refused.failure.message);
    }
    return this.#kept.bring(request, this);
  }

  /** Those of `marks` that `head` is or is built on, as far as the clone shows. */
  builtOn(head: string, marks: readonly string[]): readonly string[] {
    return this.#kept.at.builtOn(head, marks);
  }

  /** The commits between two that are here. Throws `LimitExceeded` where they are too many. */
  between(previous: string, head: string): CommitWalk {
    return this.#kept.at.prove({ head, previous });
  }

  /** The newest commits behind a head that is here, itself first. */
  trail(head: string): readonly string[] {
    return this.#kept.at.trail(head);
  }

  /** Makes a head that counts readable again in a clone that does not have it, or has it damaged. */
  async restore(request: Omit<BringRequest, "previous">): Promise<void> {
    if (!isOid(request.head)) return;
    this.ignoreFailures();
    await this.bring({ ...request, previous: request.head });
    await this.#kept.keep(request.head, this);
  }

  /** The next `bring` asks the server, whatever failed before. */
  ignoreFailures(): void {
    this.#kept.ignoreFailures(this);
  }

  /** The head counts from now on. */
  async settle(head: string): Promise<void> {
    await this.open();
    if (this.objects.has(head)) await this.#kept.keep(head, this);
  }

  /**
   * Brings those of the blobs that the clone does not have, and gives back those that the server does not have either. `head`: a
   * commit that is known to lead to them; null: none is.
   */
  async need(
    oids: Iterable<string>,
    call: BlobCall,
    head: string | null = null,
  ): Promise<readonly string[]> {
    const { seedTotalBytes, packBytes } = this.settings.limits;
    const mostBytes = seedTotalBytes + PACKS_OF_SPECS * packBytes;
    const wanted = { oids: Array.from(oids).filter(isOid), head };
    return this.#kept.need(wanted, { ...call, mostBytes }, this);
  }

  /** Throws the clone away, which all its sources read; the next sync makes a new one. */
  discard(why: DiscardReason): Promise<void> {
    return this.#kept.discard(why);
  }

  /** Rejects with the reason of `watch` when that gives the file up before it is begun. */
  parse(path: string, bytes: Buffer, watch?: ParseWatch): Promise<ParsedSpec> {
    return this.#kept.parsers.parse(parseTask(path, bytes, this.settings), watch);
  }

  /** A head that is not asked for again as long as this process runs. */
  refuse(head: string, failure: SourceFailure): void {
    this.#refused = { head, failure };
  }

  isShallow(oid: string): boolean {
    return this.#kept.at.isShallow(oid);
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

  /** What `read` gives; null when it fails with what the clone holds, or over a limit. */
  unlessRefused<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (toSourceFailure(error) === null) throw error;
      return null;
    }
  }

  /** What `read` gives; null when it meets a damaged object. */
  unlessDamaged<T>(read: () => T): T | null {
    return this.#kept.unlessDamaged(read);
  }
}
