import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../agent/kernel/clock.ts";
import { createGitSource } from "../../agent/source/git/git-clones.ts";
import type { GitSourceOptions } from "../../agent/source/git/git-shared-clone.ts";
import { NO_LINE, type KnownLine } from "../../agent/source/known-line.ts";
import { toKnownSeed } from "../../agent/source/spec-source.ts";
import type {
  CommitRange,
  KnownFile,
  PollOptions,
  SeedBytes,
  SpecFile,
  SpecSource,
  SyncResult,
} from "../../agent/source/spec-source.ts";
import type { RevisionReader } from "../../agent/source/revision.ts";
import { longerTrail } from "../../agent/source/git/git-trail.ts";
import { GitRepository } from "./git-repository.ts";
import { GitServer } from "./git-server.ts";
import { keptThreads } from "./kept-threads.ts";

export const DEFAULT_LIMITS = {
  packBytes: 64 * 1024 * 1024,
  objectBytes: 16 * 1024 * 1024,
  seedBytes: 16 * 1024 * 1024,
  seedTotalBytes: 256 * 1024 * 1024,
  specBytes: 1024 * 1024,
  parseSeconds: 60,
  entries: 100_000,
  depth: 16,
  commits: 10_000,
  commitFiles: 200_000,
};

export type BenchOptions = Omit<Partial<GitSourceOptions>, "limits"> & {
  readonly limits?: Partial<GitSourceOptions["limits"]>;
  /** Whether the server knows filters. Default: false. */
  readonly filter?: boolean;
  /** Whether git itself answers whatever is asked. Default: what is plain is answered without its processes, as git answers it. */
  readonly asksGit?: boolean;
  /** Opens the source. Default: one that shares its clone with none. */
  readonly open?: (options: GitSourceOptions) => SpecSource & Partial<RevisionReader>;
};

/** What one sync told, in the order it was told. */
export interface Told {
  readonly result: SyncResult;
  readonly range: CommitRange | null;
  readonly files: readonly SpecFile[];
  readonly seeds: readonly SeedBytes[];
  /** `commits`, then one `files:<count>` per batch. */
  readonly order: readonly string[];
}

/** A repository, a server over it, and a git source that reads it; remembers what a store would. */
export class GitSourceBench {
  readonly repository: GitRepository;
  readonly server: GitServer;
  readonly folder: string;
  readonly signal = new AbortController().signal;
  source: SpecSource & Partial<RevisionReader>;
  readonly #options: BenchOptions;
  previous: string | null = null;
  trail: readonly string[] = [];
  known: readonly KnownFile[] = [];
  notRead: readonly string[] = [];
  readonly #isGuest: boolean;

  private constructor(
    { repository, server }: Pick<GitSourceBench, "repository" | "server">,
    options: BenchOptions,
    isGuest = false,
  ) {
    this.repository = repository;
    this.server = server;
    this.#isGuest = isGuest;
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), "room-operator-clone-"));
    this.#options = options;
    this.source = this.#create();
  }

  static async start(options: BenchOptions = {}): Promise<GitSourceBench> {
    const repository = GitRepository.create({ filter: options.filter ?? false });
    const server = await GitServer.start(repository.root, { isLight: options.asksGit !== true });
    return new GitSourceBench({ repository, server }, options);
  }

  /** Another source of the same repository, which goes before this one does. */
  another(options: BenchOptions): GitSourceBench {
    return new GitSourceBench(this, { ...this.#options, ...options }, true);
  }

  /** Polls, syncs to what the poll found and settles it if that worked. */
  async follow(options: PollOptions = {}): Promise<Told> {
    const polled = await this.source.poll(this.signal, options);
    if (polled.kind === "failed")
      return { result: polled, range: null, files: [], seeds: [], order: [] };
    return this.sync(polled.head);
  }

  /** Syncs and settles that if it worked; `settled` says which doubts of it are settled. */
  async sync(head: string, settled: Partial<KnownLine> = {}): Promise<Told> {
    let range: CommitRange | null = null;
    const files: SpecFile[] = [];
    const seeds: SeedBytes[] = [];
    const order: string[] = [];
    const result = await this.source.sync(
      {
        head,
        previous: this.previous,
        line: { ...NO_LINE, trail: this.trail, ...settled },
        known: this.known,
        notRead: this.notRead,
        onCommits: async (told) => {
          range = told;
          order.push("commits");
        },
        onSeed: async (seed) => {
          seeds.push(seed);
          order.push(`seed:${seed.bytes.length}`);
        },
        onFiles: async (batch) => {
          files.push(...batch);
          order.push(`files:${batch.length}`);
        },
      },
      this.signal,
    );
    if (result.kind === "ready") {
      this.#remember(result.paths, files);
      this.previous = head;
      this.notRead = (result.warnings ?? []).flatMap(({ notRead = [] }) => notRead);
      this.trail = this.#trailAfter(result.trail, range);
      await this.source.settle(head, this.signal);
    }
    return { result, range, files, seeds, order };
  }

  /** Reads specs of a commit that is not followed. */
  async readRevision(head: string, paths: readonly string[]) {
    const { readRevision } = this.source;
    if (readRevision === undefined) throw new Error("the source reads no revisions");
    return readRevision.call(this.source, { head, paths }, this.signal);
  }

  /** The agent is started again over the same clone folder. */
  async restart(options: BenchOptions = {}): Promise<void> {
    await this.source.close();
    this.source = this.#create(options);
  }

  async stop(): Promise<void> {
    await this.source.close();
    if (!this.#isGuest) {
      await this.server.stop();
      this.repository.remove();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #create(options: BenchOptions = {}): SpecSource & Partial<RevisionReader> {
    const { open = createGitSource } = this.#options;
    return open({
      name: "specs",
      url: this.server.url(),
      ref: { kind: "branch", name: "main" },
      path: ".",
      folder: this.folder,
      timeoutMs: 20_000,
      pollTimeoutMs: 20_000,
      roomIdPattern: "^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$",
      credentials: async () => ({ kind: "none" }),
      clock: systemClock,
      startThread: keptThreads,
      ...this.#options,
      ...options,
      limits: { ...DEFAULT_LIMITS, ...this.#options.limits, ...options.limits },
    });
  }

  #trailAfter(trail: readonly string[], range: CommitRange | null): readonly string[] {
    return range?.history === "descends" ? longerTrail(trail, this.trail) : trail;
  }

  #remember(
    paths: readonly { readonly path: string; readonly oid: string }[],
    files: readonly SpecFile[],
  ): void {
    const byPath = new Map(this.known.map((file) => [file.path, file]));
    for (const { path, oid, seeds } of files) {
      byPath.set(path, {
        path,
        oid,
        seeds: seeds.map(toKnownSeed),
      });
    }
    this.known = paths.flatMap(({ path }) => byPath.get(path) ?? []);
  }
}

/** A small spec file: the room, and the seeds its artifacts are made from. */
export function specText(
  roomId: string,
  given: { version?: number; seeds?: string[] } = {},
): string {
  const artifacts = (given.seeds ?? []).map((seed, index) => ({
    name: `artifact-${index}`,
    type: "document",
    workspace: "main",
    seedFrom: seed,
  }));
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "RoomSpec",
      metadata: { name: roomId, version: given.version ?? 1 },
      spec: { roomId, entities: [], artifacts },
    },
    null,
    1,
  )}\n`;
}
