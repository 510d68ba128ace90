import { OperatorError } from "../../kernel/errors.ts";
import { legible } from "../../kernel/shortened.ts";
import type { RoomSpec } from "../../spec/room-spec.ts";
import { folderChanging, folderUnsettled, isChanging } from "./folder-failure.ts";
import { lossesOf, unsettledOf } from "./folder-losses.ts";
import { FOLDER_READER, type FolderReader } from "./folder-reader.ts";
import { readFolderSeed } from "./folder-seeds.ts";
import { FolderSnapshots, type FolderSnapshot, type SnapshotReading } from "./folder-snapshot.ts";
import { readFolderSpec } from "./folder-specs.ts";
import { syncFolder } from "./folder-sync.ts";
import { gitFailure, toSourceFailure } from "../git-failure.ts";
import { ALL_FILES } from "../spec-filter.ts";
import { ParseBudget } from "../parse-budget.ts";
import { ParsePool } from "../parse-pool.ts";
import { SeedQuota } from "../seed-quota.ts";
import type { FolderSourceOptions } from "../open-source.ts";
import type {
  PollOptions,
  PollResult,
  ReadSpecs,
  SeedFile,
  SourceFailure,
  SpecSource,
  SyncRequest,
  SyncResult,
} from "../spec-source.ts";

export const PARSERS = { threads: 2, timeoutMs: 5_000, heapMb: 256 };

/** A folder that keeps changing is read again so soon, ms. */
const AGAIN_MS = 1_000;

/** A file that lost something counts once it stayed so for this long, ms, and how often that is waited for. */
const SETTLED_MS = 1_000;
const SETTLING_ROUNDS = 5;

/** What a source makes for itself unless it is given. It closes the parsers. */
export interface FolderSourceParts {
  readonly reader?: FolderReader;
  readonly parsers?: ParsePool;
}

/** A SpecSource over a folder of this machine. It has no commits: a head is a digest of all that was read. */
export function createFolderSource(options: FolderSourceOptions & FolderSourceParts): SpecSource {
  return new FolderSource(options);
}

class FolderSource implements SpecSource {
  readonly name: string;
  readonly withoutCommits = true;
  readonly #options: FolderSourceOptions;
  readonly #reading: SnapshotReading;
  readonly #snapshots: FolderSnapshots;
  readonly #parsers: ParsePool;
  #now: FolderSnapshot | null = null;
  #settled: FolderSnapshot | null = null;
  /** A reading that ran out of its time and still hangs in the file system. */
  #hanging: Promise<unknown> | null = null;
  #closed = false;

  constructor(options: FolderSourceOptions & FolderSourceParts) {
    this.name = options.name;
    this.#options = options;
    const { folder, path, limits, roomIdPattern, clock, reader = FOLDER_READER } = options;
    const { patterns = ALL_FILES, parsers = new ParsePool(PARSERS) } = options;
    this.#parsers = parsers;
    this.#reading = { folder, path, patterns, limits, roomIdPattern, clock, reader, parsers };
    this.#snapshots = new FolderSnapshots(this.#reading);
  }

  async poll(signal: AbortSignal, { previous = null }: PollOptions = {}): Promise<PollResult> {
    try {
      this.#now = await this.#settledSince(previous, signal);
      return { kind: "head", head: this.#now.head };
    } catch (error) {
      return asFailure(error, signal);
    }
  }

  async sync(request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
    try {
      const snapshot = await this.#at(request.head, signal);
      const before = this.#settled?.head === request.previous ? this.#settled : null;
      return await syncFolder({ snapshot, before, reading: this.#reading }, request);
    } catch (error) {
      return asFailure(error, signal);
    }
  }

  async readSpecs(oids: readonly string[], signal: AbortSignal): Promise<ReadSpecs> {
    signal.throwIfAborted();
    const specs = new Map<string, RoomSpec | null>(oids.map((oid) => [oid, null]));
    const budget = new ParseBudget(this.#options.limits.parseSeconds, oids.length);
    const { files, listing } = this.#now ?? { files: new Map(), listing: { base: "" } };
    try {
      for (const file of files.values()) {
        if (!specs.has(file.oid)) continue;
        const spec = { ...file, base: listing.base };
        const { oid, parsed } = await readFolderSpec(spec, this.#reading, budget);
        if (oid === file.oid && parsed.kind === "valid") specs.set(oid, parsed.spec);
      }
      return { specs, unread: null };
    } catch (error) {
      return { specs, unread: asFailure(error, signal).message };
    }
  }

  async readSeeds(
    head: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SeedFile[]> {
    let why = "The folder has changed since.";
    try {
      const { listing } = await this.#at(head, signal);
      const { limits } = this.#options;
      const quota = new SeedQuota(limits.seedTotalBytes);
      const place = { base: listing.base, limits, quota, reader: this.#reading.reader };
      const seeds: SeedFile[] = [];
      for (const path of paths) seeds.push(await readFolderSeed(path, place));
      return seeds;
    } catch (error) {
      why = asFailure(error, signal).message;
    }
    throw new OperatorError(
      "SourceUnavailable",
      `Files of source ${this.name} at ${head} cannot be read now. ${why} Try again later.`,
    );
  }

  async settle(head: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#now?.head === head) this.#settled = this.#now;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#parsers.close();
  }

  /** The snapshot of a head: the last one, or what the folder holds now. */
  async #at(head: string, signal: AbortSignal): Promise<FolderSnapshot> {
    let now = this.#now;
    if (now?.head !== head || this.#closed) now = await this.#read(signal);
    signal.throwIfAborted();
    // What was read just now may be half-written: the next poll judges it by the last one.
    if (now.head !== head) throw folderChanging(this.#options.folder);
    this.#now = now;
    return now;
  }

  #read(signal: AbortSignal): Promise<FolderSnapshot> {
    return this.#within(signal, (inTime) => this.#snapshots.read(inTime));
  }

  /**
   * What the folder holds. Files that lost something are read until they are the same twice: they may be half-written. So are all
   * where the folder is not at its head that another process or source read, because what they lost since is not known.
   */
  async #settledSince(previous: string | null, signal: AbortSignal): Promise<FolderSnapshot> {
    const before = this.#now;
    const first = await this.#read(signal);
    const isOther = previous !== null && previous !== first.head;
    if (before === null ? !isOther : lossesOf(first, before).length === 0) return first;
    let last = first;
    for (let round = 1; ; round += 1) {
      await this.#options.clock.sleep(SETTLED_MS, signal);
      const now = await this.#read(signal);
      const isLast = round === SETTLING_ROUNDS;
      // Then a file that is written all the time counts, unless it lost something since it was first read.
      const unsettled = unsettledOf({ now, last, before: before ?? (isLast ? first : null) });
      if (unsettled.length === 0) return now;
      if (isLast) throw folderUnsettled(unsettled);
      last = now;
    }
  }

  /** A file system that hangs cannot be interrupted: its call is left behind, and no second one is begun meanwhile. */
  async #within<T>(signal: AbortSignal, read: (inTime: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#closed) throw gitFailure("WorkerFailed", `Source ${this.name} is closed.`);
    if (this.#hanging !== null) throw this.#tooLate();
    const { timeoutMs, clock } = this.#options;
    const ended = new AbortController();
    const inTime = AbortSignal.any([signal, ended.signal]);
    const reading = read(inTime).finally(() => (this.#hanging = null));
    const late = clock.sleep(timeoutMs, inTime).then(() => {
      this.#hanging = reading.catch(() => undefined);
      throw this.#tooLate();
    });
    try {
      return await Promise.race([reading, late]);
    } finally {
      ended.abort(this.#tooLate());
      late.catch(() => undefined);
      reading.catch(() => undefined);
    }
  }

  #tooLate(): Error {
    const { folder, timeoutMs } = this.#options;
    const what = `Folder ${legible(folder)} could not be read within ${timeoutMs / 1000} s`;
    const advice = "Look at its file system, or raise TimeoutSeconds for this source.";
    return gitFailure("Timeout", `${what}. ${advice}`);
  }
}

function asFailure(error: unknown, signal: AbortSignal): SourceFailure {
  signal.throwIfAborted();
  const failure = toSourceFailure(error);
  if (failure === null) throw error;
  return isChanging(error) ? { ...failure, againMs: AGAIN_MS } : failure;
}
