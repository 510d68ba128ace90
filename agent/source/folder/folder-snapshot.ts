import type { SpecPatterns } from "../../config/config.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toItem } from "../../plan/item.ts";
import type { ParsedSpec } from "../../spec/room-spec.ts";
import { folderDigest } from "./folder-digest.ts";
import { folderChanging, isChanging } from "./folder-failure.ts";
import { filterFolder } from "./folder-filter.ts";
import { lookAtFolderSeed, type SeedContent } from "./folder-seeds.ts";
import { readFolderSpec, refuseBytes, type SpecReading } from "./folder-specs.ts";
import {
  listFolder,
  type FolderListing,
  type FolderScope,
  type FolderSpec,
} from "./folder-walk.ts";
import { FolderUnreadSpecs } from "./folder-unread-specs.ts";
import { PrintMemory } from "./print-memory.ts";
import { ParseBudget } from "../parse-budget.ts";
import { SeedQuota } from "../seed-quota.ts";
import { seedPaths } from "../git/git-seeds.ts";
import { inLanes } from "../in-lanes.ts";
import type { IgnoredSpec, SpecSeed } from "../spec-source.ts";

/** One state of a folder. Bytes are not kept. */
export interface FolderSnapshot {
  readonly head: string;
  readonly listing: FolderListing;
  /** By path, in the order of `listing.specs`. */
  readonly files: ReadonlyMap<string, FolderFile>;
  /** Specs of the folder that must not be read. */
  readonly filtered: readonly IgnoredSpec[];
  /** Files with `kind: RoomSpec` that are not read because of their name. */
  readonly unread: readonly string[];
}

export interface FolderFile extends FolderSpec {
  readonly oid: string;
  readonly seeds: readonly SpecSeed[];
  /** What it wants in its room; empty where it is not valid. */
  readonly items: readonly string[];
}

export interface SnapshotReading extends SpecReading, FolderScope {
  readonly patterns: SpecPatterns;
  readonly limits: SpecReading["limits"];
  readonly clock: Clock;
}

/** How often a folder is read before it counts as one that keeps changing, and the pause between. */
const ROUNDS = 3;
const PAUSE_MS = 100;
interface ReadContent {
  readonly oid: string;
  /** Paths of the seeds that it names. */
  readonly seeds: readonly string[];
  readonly items: readonly string[];
}

const NOTHING: ReadContent = { oid: "", seeds: [], items: [] };

/** Reads a folder whole. What did not change since the last time is not read again. */
export class FolderSnapshots {
  readonly #reading: SnapshotReading;
  readonly #specs: PrintMemory<ReadContent>;
  readonly #seeds: PrintMemory<SeedContent>;
  readonly #unread: FolderUnreadSpecs;

  constructor(reading: SnapshotReading) {
    this.#reading = reading;
    this.#specs = new PrintMemory(reading.clock);
    this.#seeds = new PrintMemory(reading.clock);
    this.#unread = new FolderUnreadSpecs(reading.clock);
  }

  /** Rejects with the failure of a source, `FolderChanging` where no two looks give the same. */
  async read(signal: AbortSignal): Promise<FolderSnapshot> {
    for (let round = 1; ; round += 1) {
      try {
        return await this.#readOnce(signal);
      } catch (error) {
        if (!isChanging(error) || round === ROUNDS) throw error;
        await this.#reading.clock.sleep(PAUSE_MS, signal);
      }
    }
  }

  /** A file that moves while the folder is listed may be met twice or never, so a second listing must be the same. */
  async #readOnce(signal: AbortSignal): Promise<FolderSnapshot> {
    const all = await listFolder(this.#reading, signal);
    const { kept, ignored: filtered, others } = await filterFolder(all, this.#reading);
    const listing = { ...all, specs: kept };
    refuseBytes(listing, this.#reading.limits.packBytes);
    this.#specs.begin();
    this.#seeds.begin();
    const specs = await this.#readSpecs(listing, signal);
    const seeds = await this.#readSeeds(listing, specs, signal);
    const place = { base: all.base, reader: this.#reading.reader };
    const unread = await this.#unread.among(others, place, signal);
    const again = await listFolder(this.#reading, signal);
    if (contentOf(all) !== contentOf(again)) throw folderChanging(this.#reading.folder);
    this.#specs.keep();
    this.#seeds.keep();
    const files = new Map<string, FolderFile>();
    for (const spec of listing.specs) {
      const { oid, seeds: named, items } = specs.get(spec.path) ?? NOTHING;
      const found = named.flatMap((path) => seeds.get(path) ?? []);
      files.set(spec.path, { ...spec, oid, seeds: found, items });
    }
    const states = [...seeds].map(([path, seed]) => ({
      path,
      state: seed.kind === "present" ? seed.oid : `${seed.reason} ${seed.message}`,
    }));
    const read = { ...listing, specs: [...files.values()], seeds: states, filtered, unread };
    return { head: folderDigest(read), listing, files, filtered, unread };
  }

  async #readSpecs(
    { base, specs }: FolderListing,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadContent>> {
    const { limits } = this.#reading;
    const read = new Map<string, ReadContent>();
    const budget = new ParseBudget(limits.parseSeconds, specs.length);
    await inLanes(specs, async (spec) => {
      signal.throwIfAborted();
      const readNow = async () => {
        const { oid, parsed } = await readFolderSpec({ ...spec, base }, this.#reading, budget);
        return { oid, seeds: seedPaths(parsed), items: itemsOf(parsed) };
      };
      const isFile = spec.problem === null;
      read.set(spec.path, await (isFile ? this.#specs.valueOf(spec, readNow) : readNow()));
    });
    return read;
  }

  /** One after the other, by path: the same seeds are within `SeedTotalBytes` each time. */
  async #readSeeds(
    { base, specs }: FolderListing,
    read: ReadonlyMap<string, ReadContent>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, SpecSeed>> {
    const { limits, reader } = this.#reading;
    const place = { base, limits, reader, quota: new SeedQuota(limits.seedTotalBytes) };
    const seeds = new Map<string, SpecSeed>();
    for (const path of specs.flatMap((spec) => read.get(spec.path)?.seeds ?? [])) {
      signal.throwIfAborted();
      if (seeds.has(path)) continue;
      seeds.set(path, await lookAtFolderSeed(path, { ...place, memory: this.#seeds }));
    }
    return seeds;
  }
}

function itemsOf(parsed: ParsedSpec): readonly string[] {
  if (parsed.kind === "invalid") return [];
  const { entities, artifacts, policies, resources } = parsed.spec.spec;
  return [
    ...entities.map(({ id }) => toItem("entity", id)),
    ...artifacts.map(({ name }) => toItem("artifact", name)),
    ...Object.keys(policies).map((name) => toItem("policy", name)),
    ...resources.map(({ name }) => toItem("resource", name)),
  ];
}

function contentOf({ base, specs, ignoreFiles, links, ignored, problem }: FolderListing): string {
  return JSON.stringify([base, specs, ignoreFiles, links, ignored, problem]);
}
