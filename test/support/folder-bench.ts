import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "../../agent/kernel/clock.ts";
import type { SourceLimits } from "../../agent/config/config.ts";
import { createFolderSource, PARSERS } from "../../agent/source/folder/folder-source.ts";
import type { FolderSourceParts } from "../../agent/source/folder/folder-source.ts";
import type { FolderSourceOptions } from "../../agent/source/open-source.ts";
import { toKnownSeed } from "../../agent/source/spec-source.ts";
import type {
  CommitRange,
  KnownFile,
  PollResult,
  SeedBytes,
  SpecFile,
  SpecSource,
} from "../../agent/source/spec-source.ts";
import type { SpecSourceRig } from "../contract/spec-source.contract.ts";
import type { FileContent } from "./file-content.ts";
import { DEFAULT_LIMITS, type Told } from "./git-source-bench.ts";
import { keptParsers } from "./kept-parsers.ts";

export type FolderBenchOptions = Partial<Omit<FolderSourceOptions, "limits">> &
  FolderSourceParts & { readonly limits?: Partial<SourceLimits> };

interface Remembered {
  readonly head: string | null;
  readonly known: readonly KnownFile[];
}

/** A folder and a source that reads it; remembers what a store would. */
export class FolderBench implements SpecSourceRig {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "room-operator-folder-")));
  readonly folder = join(this.root, "rooms");
  readonly signal = new AbortController().signal;
  source: SpecSource;
  readonly #options: FolderBenchOptions;
  #now: Remembered = { head: null, known: [] };
  #before: Remembered = { head: null, known: [] };

  constructor(options: FolderBenchOptions = {}) {
    mkdirSync(this.folder);
    this.#options = options;
    this.source = this.#create();
  }

  /** Changes files (null: gone). */
  write(files: Readonly<Record<string, FileContent>>): void {
    for (const [path, content] of Object.entries(files)) {
      const place = join(this.folder, path);
      rmSync(place, { recursive: true, force: true });
      if (content === null) continue;
      mkdirSync(dirname(place), { recursive: true });
      if (typeof content === "string" || content instanceof Uint8Array) {
        writeFileSync(place, content);
      } else if (content.mode === "120000") symlinkSync(content.content, place);
      else throw new Error(`a folder cannot hold what ${path} is`);
    }
  }

  async commit(files: Readonly<Record<string, FileContent>>): Promise<string> {
    this.write(files);
    const polled = await this.#poll();
    if (polled.kind === "failed") throw new Error(polled.message);
    return polled.head;
  }

  async follow(): Promise<Told> {
    const polled = await this.#poll();
    if (polled.kind === "failed")
      return { result: polled, range: null, files: [], seeds: [], order: [] };
    return this.sync(polled.head);
  }

  async sync(head: string): Promise<Told> {
    const order: string[] = [];
    const files: SpecFile[] = [];
    const seeds: SeedBytes[] = [];
    let range: CommitRange | null = null;
    const { head: previous, known } = this.#now;
    const request = {
      head,
      previous,
      known,
      onCommits: async (told: CommitRange) => {
        range = told;
        order.push("commits");
      },
      onSeed: async (seed: SeedBytes) => {
        seeds.push(seed);
        order.push(`seed:${seed.bytes.length}`);
      },
      onFiles: async (batch: readonly SpecFile[]) => {
        files.push(...batch);
        order.push(`files:${batch.length}`);
      },
    };
    const result = await this.source.sync(request, this.signal);
    if (result.kind === "ready") {
      this.#before = this.#now;
      const told = files.map(({ path, oid, seeds: named }) => ({
        path,
        oid,
        seeds: named.map(toKnownSeed),
      }));
      const byPath = new Map([...known, ...told].map((file) => [file.path, file]));
      this.#now = { head, known: result.paths.flatMap(({ path }) => byPath.get(path) ?? []) };
      await this.source.settle(head, this.signal);
    }
    return { result, range, files, seeds, order };
  }

  forgetLast(): void {
    this.#now = this.#before;
  }

  async restart(options: FolderBenchOptions = {}): Promise<void> {
    await this.source.close();
    this.source = this.#create(options);
  }

  async stop(): Promise<void> {
    await this.source.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  #poll(): Promise<PollResult> {
    return this.source.poll(this.signal, { previous: this.#now.head });
  }

  #create(options: FolderBenchOptions = {}): SpecSource {
    return createFolderSource({
      name: "specs",
      folder: this.folder,
      path: ".",
      timeoutMs: 20_000,
      roomIdPattern: "^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$",
      clock: systemClock,
      parsers: keptParsers(PARSERS),
      ...this.#options,
      ...options,
      limits: { ...DEFAULT_LIMITS, ...this.#options.limits, ...options.limits },
    });
  }
}
