import { gitFailure, toSourceFailure } from "../git-failure.ts";
import type { KeptClone } from "./git-kept-clone.ts";
import { isOid } from "./objects/git-object-id.ts";
import type { BlobCall, OpenClone } from "./git-open-clone.ts";

/** A commit has a pack of its own and mostly one for its files. Over so many all are fetched again as they are asked for. */
const MOST_PACKS = 60;

/**
 * The clone for commits that are not followed: heads of pull requests, with their trees and the few files that are read. It has a
 * folder of its own, so that nothing anybody proposes is ever in the clone that rooms are made from. It may be deleted at any time.
 */
export class SideClone {
  readonly #kept: KeptClone;
  #at: OpenClone | null = null;

  constructor(kept: KeptClone) {
    this.#kept = kept;
  }

  get parsers(): KeptClone["parsers"] {
    return this.#kept.parsers;
  }

  /**
   * Brings a commit with its trees, and proves that it is whole. A damaged clone is made again, once. On a failure the clone is as
   * it was before.
   */
  async bring(head: string, call: BlobCall): Promise<OpenClone> {
    if (!isOid(head)) throw gitFailure("NotACommit", `"${head}" is not the id of a commit.`);
    try {
      return await this.#bring(head, call);
    } catch (error) {
      call.signal.throwIfAborted();
      if (toSourceFailure(error)?.reason !== "CorruptPack") throw error;
      await this.drop();
      return this.#bring(head, call);
    }
  }

  /** Throws the clone away. */
  async drop(): Promise<void> {
    this.close();
    await this.#kept.side().folder.remove();
  }

  /** Idempotent. */
  close(): void {
    this.#at?.close();
    this.#at = null;
  }

  async #bring(head: string, call: BlobCall): Promise<OpenClone> {
    const at = await this.#open();
    if (!at.objects.has(head)) await at.fetch({ ...call, head, previous: null }, 1);
    at.prove({ head, previous: null });
    return at;
  }

  async #open(): Promise<OpenClone> {
    if (this.#at !== null && (await this.#isTooLarge(this.#at))) await this.drop();
    if (this.#at !== null && !(await this.#at.folder.isThere())) this.close();
    if (this.#at !== null) return this.#at;
    const at = this.#kept.side();
    await at.open();
    if (await this.#isTooLarge(at)) {
      at.close();
      await at.folder.remove();
      await at.open();
    }
    this.#at = at;
    return at;
  }

  async #isTooLarge({ folder }: OpenClone): Promise<boolean> {
    if (!(await folder.isThere())) return false;
    const { packs, bytes } = await folder.size();
    return packs > MOST_PACKS || bytes > this.#kept.settings.limits.packBytes;
  }
}
