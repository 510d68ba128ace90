import { gitFailure, isTransferLimit } from "../git-failure.ts";
import type { BlobCall } from "./git-open-clone.ts";
import type { ReadableClone } from "./git-session.ts";
import { isRegularFile } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { CommitRecord, KnownFile } from "../spec-source.ts";

/** Of the files that paths name in a tree; a path that leads to no regular file has none. */
export function blobsAt(
  trees: GitTrees,
  rootTree: string,
  paths: Iterable<string>,
): readonly string[] {
  const entries = Array.from(new Set(paths), (path) => trees.lookup(rootTree, path));
  const files = entries.filter((entry) => entry !== null).filter(isRegularFile);
  return files.map(({ oid }) => oid);
}

/** The blobs that are going to be read, brought together before that: one by one each would be a request of its own. */
export class WantedBlobs {
  readonly #session: ReadableClone;
  readonly #head: string;
  readonly #call: BlobCall;

  /** `head`: the commit whose files they are, or whose ancestors'. */
  constructor(session: ReadableClone, head: string, call: BlobCall) {
    this.#session = session;
    this.#head = head;
    this.#call = call;
  }

  /** Of spec files; one with a `problem` is not read. With what has to be fetched comes what `also` names. */
  specs(
    files: readonly { readonly oid: string; readonly problem?: string | null }[],
    also: () => readonly string[] = () => [],
  ): Promise<void> {
    const read = files.filter(({ problem }) => problem === undefined || problem === null);
    return this.bring(
      read.map(({ oid }) => oid),
      also,
    );
  }

  /** Of the files that paths name in a tree. */
  seedsAt(rootTree: string, paths: Iterable<string>): Promise<void> {
    return this.bring(blobsAt(this.#session.trees, rootTree, paths));
  }

  /**
   * Of the spec files that commits change, before and after, where one of them may confirm something: what it takes out is read
   * while the sync waits, and a server that fails then would cost the confirmation.
   */
  confirmed(records: readonly CommitRecord[]): Promise<void> {
    if (!records.some(({ message }) => /confirm/i.test(message))) return Promise.resolve();
    const oids = records.flatMap(({ touches }) =>
      touches.flatMap(({ before, after }) => [before, after].filter((oid) => oid !== null)),
    );
    return this.bring(oids);
  }

  /** Of seeds that could not be used and whose file may be another one now. */
  unusedSeeds(known: Iterable<KnownFile>, rootTree: string): Promise<void> {
    const seeds = Array.from(known, (file) => file.seeds).flat();
    return this.seedsAt(
      rootTree,
      seeds.filter(({ oid }) => oid === null).map(({ path }) => path),
    );
  }

  /** What a commit names is on its server, unless the branch was rewritten meanwhile: then the next poll finds another head. */
  async bring(oids: readonly string[], also: () => readonly string[] = () => []): Promise<void> {
    const mine = new Set(oids);
    const all = this.areHere(oids) ? oids : [...oids, ...also()];
    const missing = await this.#need(all).catch((error: unknown) => {
      // This source does not fail over what others read.
      if (all.length === oids.length || !isTransferLimit(error)) throw error;
      return this.#need(oids);
    });
    const [first, ...others] = missing.filter((oid) => mine.has(oid));
    if (first === undefined) return;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    throw gitFailure(
      "ProtocolError",
      `The server does not send the file ${first}${more}, which the branch names. It is asked again at the next poll.`,
    );
  }

  /** Whether none of them has to be brought. */
  areHere(oids: readonly string[]): boolean {
    const { objects } = this.#session;
    return oids.every((oid) => objects.has(oid) || objects.skippedSize(oid) !== null);
  }

  #need(oids: readonly string[]): Promise<readonly string[]> {
    return this.#session.need(oids, this.#call, this.#head);
  }
}
