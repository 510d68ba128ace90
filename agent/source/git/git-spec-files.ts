import { packSpec } from "../../spec/pack-spec.ts";
import type { ParsedSpec } from "../../spec/room-spec.ts";
import { FileBatches } from "../file-batches.ts";
import { readSeed, seedPaths } from "./git-seeds.ts";
import type { SeedQuota } from "../seed-quota.ts";
import type { ReadableClone } from "./git-session.ts";
import type { ListedSpec } from "./git-spec-listing.ts";
import type { SpecParsing } from "./git-spec-parsing.ts";
import { blobsAt } from "./git-wanted-blobs.ts";
import type { WantedBlobs } from "./git-wanted-blobs.ts";
import { inLanes } from "../in-lanes.ts";
import type { SpecFile } from "../spec-source.ts";

/** Specs that are parsed before the seeds they name are brought, in one request. */
const SPECS_AT_A_TIME = 200;

export interface SpecFilesOf {
  readonly rootTree: string;
  /** That `rootTree` belongs to. */
  readonly commit: string;
  readonly quota: SeedQuota;
  readonly parsing: SpecParsing;
  readonly wanted: WantedBlobs;
}

export interface FileTelling {
  /** Takes a batch; the texts of its files are given away. */
  readonly tell: (files: readonly SpecFile[]) => Promise<void>;
  /** Called with each file once it is made. */
  readonly made: (file: SpecFile) => void;
}

/** What a batch sends once however many files share it: seeds by path, texts by blob id. */
interface Shared {
  readonly seeds: Map<string, SpecFile["seeds"][number]>;
  readonly texts: Map<string, SpecText>;
}

/** This thread packs the text too: the main thread, where all rooms are, would be held up by it. */
type SpecText = Pick<SpecFile, "text" | "packed">;

/** The changed spec files of one commit, with what their seeds are. */
export class SpecFiles {
  readonly #session: ReadableClone;
  readonly #of: SpecFilesOf;

  constructor(session: ReadableClone, of: SpecFilesOf) {
    this.#session = session;
    this.#of = of;
  }

  /**
   * Makes and delivers all of them, in batches; the specs behind are parsed meanwhile. Of the first portion each is delivered as it is parsed,
   * if its seeds are here.
   */
  async tell(changed: readonly ListedSpec[], { tell, made }: FileTelling): Promise<void> {
    let shared: Shared = { seeds: new Map(), texts: new Map() };
    const batches = new FileBatches(async (files) => {
      shared = { seeds: new Map(), texts: new Map() };
      await tell(files);
    });
    const specsAt = (at: number) => changed.slice(at, at + SPECS_AT_A_TIME);
    try {
      let bringing = this.#bringSeedsOf(specsAt(0));
      for (let at = 0; at < changed.length; at += SPECS_AT_A_TIME) {
        const next = bringing.then(() => this.#bringSeedsOf(specsAt(at + SPECS_AT_A_TIME)));
        // Its failure is met in the next turn.
        next.catch(() => undefined);
        // In their order, which decides whose seeds are over a limit. Later portions wait: one by one, 5,000 take longer.
        for (const spec of specsAt(at)) {
          if (at > 0 || !(await this.#hasSeeds(spec))) await bringing;
          const file = this.#toFile(spec, await this.#of.parsing.take(spec), shared);
          made(file);
          await batches.add(file);
        }
        await bringing;
        bringing = next;
      }
      await batches.end();
    } finally {
      batches.stop();
    }
  }

  async #bringSeedsOf(specs: readonly ListedSpec[]): Promise<void> {
    const { parsing, wanted, rootTree } = this.#of;
    const paths = new Set<string>();
    await inLanes(specs, async (spec) => {
      for (const path of seedPaths(await parsing.peek(spec))) paths.add(path);
    });
    await wanted.seedsAt(rootTree, paths);
  }

  /** Whether the seeds of a spec are here already, as all are but those of a first sync: it need not wait for those of others. */
  async #hasSeeds(spec: ListedSpec): Promise<boolean> {
    const { parsing, wanted, rootTree } = this.#of;
    return wanted.areHere(
      blobsAt(this.#session.trees, rootTree, seedPaths(await parsing.peek(spec))),
    );
  }

  #toFile(spec: ListedSpec, parsed: ParsedSpec, shared: Shared): SpecFile {
    const { trees, objects, settings } = this.#session;
    const { rootTree, commit, quota } = this.#of;
    const place = { trees, objects, rootTree, commit, quota, limits: settings.limits };
    const seeds = seedPaths(parsed).map((path) => {
      const seed = shared.seeds.get(path) ?? readSeed(path, place);
      shared.seeds.set(path, seed);
      return seed;
    });
    const text = shared.texts.get(spec.oid) ?? withPacked(this.#text(spec), parsed);
    shared.texts.set(spec.oid, text);
    return { path: spec.path, oid: spec.oid, parsed, seeds, ...text };
  }

  #text({ oid, problem }: ListedSpec): Uint8Array {
    const { objects, settings } = this.#session;
    if (problem !== null || objects.skippedSize(oid) !== null) return new Uint8Array();
    const bytes = objects.read(oid, "blob");
    return new Uint8Array(bytes.length > settings.limits.specBytes ? [] : bytes);
  }
}

function withPacked(text: Uint8Array, parsed: ParsedSpec): SpecText {
  return parsed.kind === "valid" ? { text, packed: packSpec(parsed.spec, text) } : { text };
}
