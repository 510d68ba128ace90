import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerStart } from "../../agent/source/git/git-worker-messages.ts";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shareClones } from "../../agent/source/git/git-clones.ts";
import type { StartThread, Thread } from "../../agent/source/git/git-worker-thread.ts";
import type { PollOptions } from "../../agent/source/spec-source.ts";
import { GitSourceBench, specText, type BenchOptions, type Told } from "./git-source-bench.ts";
import { keptThreads } from "./kept-threads.ts";

/** An object is inflated by then. */
const INFLATED_MS = 50;

/** How old an answer of another source may be where a test says nothing else: any. */
export const SCHEDULED = { maxAgeMs: 600_000 };

/** Several sources of one repository: the source `name` reads the folder `name`. */
export class SharedSources {
  readonly store = mkdtempSync(join(tmpdir(), "room-operator-shared-"));
  readonly benches = new Map<string, GitSourceBench>();
  /** Threads of the git worker that were started. */
  threads = 0;
  #thread: Thread | null = null;
  /** See `GitWorkerThread.end`. */
  #ending: Int32Array | null = null;
  readonly #open = shareClones();
  readonly #options: BenchOptions;

  private constructor(options: BenchOptions) {
    this.#options = options;
  }

  static async start(names: readonly string[], options: BenchOptions = {}): Promise<SharedSources> {
    const shared = new SharedSources(options);
    const [first = "first", ...others] = names;
    shared.benches.set(first, await GitSourceBench.start(shared.#of(first)));
    for (const name of others) shared.join(name);
    return shared;
  }

  get first(): GitSourceBench {
    const [first] = this.benches.values();
    if (first === undefined) throw new Error("there is no source");
    return first;
  }

  bench(name: string): GitSourceBench {
    const bench = this.benches.get(name);
    if (bench === undefined) throw new Error(`there is no source ${name}`);
    return bench;
  }

  join(name: string, options: BenchOptions = {}): GitSourceBench {
    const bench = this.first.another({ ...this.#of(name), ...options });
    this.benches.set(name, bench);
    return bench;
  }

  /** Changes the only spec of some sources in one commit. */
  push(
    version: number,
    names: Iterable<string> = this.benches.keys(),
    { seeds = false }: { readonly seeds?: boolean } = {},
  ): string {
    const files = Array.from(names, (name) => {
      const seed = `seeds/${name}.md`;
      const text = specText(`room-${name}`, { version, seeds: seeds ? [seed] : [] });
      return { [`${name}/a.room.yaml`]: text, ...(seeds ? { [seed]: `${name} ${version}` } : {}) };
    });
    return this.first.repository.commit(Object.assign({}, ...files));
  }

  /** All of them at the same time, as their pollers do. */
  async followAll(options: PollOptions = SCHEDULED): Promise<readonly Told[]> {
    return Promise.all(Array.from(this.benches.values(), (bench) => bench.follow(options)));
  }

  /** What the server was asked since the last time: polls, and requests for packs. */
  takeRequests(): { polls: number; packs: number } {
    const { requests } = this.first.server;
    const commands = requests.map(({ command }) => command);
    requests.length = 0;
    return {
      polls: commands.filter((command) => command === "ls-refs").length,
      packs: commands.filter((command) => command === "fetch").length,
    };
  }

  /** The folders in which clones are. */
  get folders(): readonly string[] {
    return readdirSync(this.store).sort();
  }

  /** The thread that was started last dies. */
  async endThread(): Promise<void> {
    // Node aborts where a thread is terminated while it begins to inflate: one that does so ends itself.
    if (this.#ending !== null) Atomics.store(this.#ending, 0, 1);
    await sleep(INFLATED_MS);
    await this.#thread?.terminate();
  }

  /** Whatever was asked of the worker before has begun. */
  async settled(): Promise<void> {
    const { previous, source, signal } = this.first;
    if (previous !== null) await source.settle(previous, signal);
  }

  async stop(): Promise<void> {
    for (const bench of [...this.benches.values()].reverse()) await bench.stop();
    rmSync(this.store, { recursive: true, force: true });
  }

  #of(name: string): BenchOptions {
    const startThread: StartThread = (program, options) => {
      this.threads += 1;
      this.#ending = (options.workerData as WorkerStart).ending;
      this.#thread = keptThreads(program, options);
      return this.#thread;
    };
    return {
      name,
      path: name,
      folder: join(this.store, name),
      accessKey: "none",
      open: this.#open,
      startThread,
      asksGit: true,
      ...this.#options,
    };
  }
}
