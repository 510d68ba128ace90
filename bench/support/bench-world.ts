import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { GitRepository } from "../../test/support/git-repository.ts";
import { agentReport } from "./agent-report.ts";
import type { AgentReport } from "./agent-report.ts";
import { Child } from "./child.ts";
import { gitRequest } from "./git-requests.ts";
import type { GitRequest } from "./git-requests.ts";
import { LaunchedAgent } from "./launched-agent.ts";
import { machineMs } from "./machine-ms.ts";
import { roomReads } from "./room-reads.ts";
import type { RoomReads } from "./room-reads.ts";

/** No wait of a benchmark is longer. */
const LONGEST_MS = 300_000;

const address = z.object({ url: z.string() });

/** Nothing spaces calls out, ten rooms at a time, and rooms are looked at only when a commit changes them. */
export const UNLIMITED = {
  Operator__Reconciliation__RateLimitPerSecond: "0",
  Operator__Reconciliation__ParallelRooms: "10",
  Operator__Reconciliation__StateConsistency__Mode: "passive",
} as const;

export interface Awaited {
  /** Rooms that were verified. */
  readonly verified?: number;
  /** Nothing is left to do. */
  readonly idle?: boolean;
  /** The head that was taken in last. */
  readonly head?: string;
}

export interface AgentOptions {
  readonly nodeArguments?: readonly string[];
  /** Polls more often than the configuration allows. */
  readonly pollEveryMs?: number;
}

export interface WorldOptions {
  /** Of each call to the RoomServer. Default: 0. */
  readonly latencyMs?: number;
  /** Whether the git server leaves out what a filter names, as forges do. Default: false. */
  readonly filter?: boolean;
}

/** An agent, a git server and a RoomServer, each in a process of its own, over one temporary folder. */
export class BenchWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator-bench-"));
  readonly repository: GitRepository;
  readonly #git = Child.start("./git-server-process.ts");
  readonly #roomServer = Child.start("./devserver-process.ts");
  #agent: Child | null = null;
  #launched: LaunchedAgent | null = null;
  gitUrl = "";
  roomServerUrl = "";

  private constructor(filter: boolean) {
    this.repository = GitRepository.create({ root: join(this.folder, "repositories"), filter });
  }

  static async create(options: WorldOptions = {}): Promise<BenchWorld> {
    const world = new BenchWorld(options.filter ?? false);
    const root = world.repository.root;
    world.gitUrl = (await world.#git.ask("start", { root }, address)).url;
    const latencyMs = options.latencyMs ?? 0;
    world.roomServerUrl = (await world.#roomServer.ask("start", { latencyMs }, address)).url;
    return world;
  }

  get repositoryUrl(): string {
    return `${this.gitUrl}/specs.git`;
  }

  /** Starts an agent over this world's store, after the one that ran. Gives its address and when its process was asked for. */
  async startAgent(
    env: Readonly<Record<string, string>>,
    options: AgentOptions = {},
  ): Promise<{ readonly url: string; readonly startedAtMs: number }> {
    await this.stopAgent();
    const startedAtMs = machineMs();
    this.#agent = Child.start("./agent-process.ts", options.nodeArguments);
    const given = {
      pollEveryMs: options.pollEveryMs,
      cwd: this.folder,
      env: { ...this.#variables(), HttpApi__Port: "0", ...env },
    };
    const { url } = await this.#agent.ask("start", given, address);
    return { url, startedAtMs };
  }

  /** Starts an agent as people do, over this world's store, after the one that ran. */
  async launchAgent(env: Readonly<Record<string, string>>): Promise<LaunchedAgent> {
    await this.stopAgent();
    this.#launched = await LaunchedAgent.start(this.folder, { ...this.#variables(), ...env });
    return this.#launched;
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    await this.#launched?.stop();
    [this.#agent, this.#launched] = [null, null];
  }

  /** Where the agent keeps what it knows. */
  get dataFolder(): string {
    return join(this.folder, "data");
  }

  #variables(): Record<string, string> {
    return {
      RoomServer__BaseUrl: this.roomServerUrl,
      Git__Sources__0__Name: "specs",
      Git__Sources__0__Url: this.repositoryUrl,
      Git__Sources__0__IntervalSeconds: "0.2",
      Store__Path: this.dataFolder,
    };
  }

  /** Counts begin anew, of the agent, the git server and the RoomServer. */
  async reset(): Promise<void> {
    await this.#running().ask("reset", null, z.null());
    await this.takeGitRequests();
    await this.#roomServer.ask("resetReads", null, z.null());
  }

  /** How the RoomServer's rooms were read since the last reset. */
  roomReads(): Promise<RoomReads> {
    return this.#roomServer.ask("reads", null, roomReads);
  }

  report(): Promise<AgentReport> {
    return this.#running().ask("report", null, agentReport);
  }

  /** Waits until all of this holds, counted since the last reset. */
  async until(done: Awaited): Promise<AgentReport> {
    const timer = new AbortController();
    try {
      return await Promise.race([
        this.#running().ask("until", done, agentReport),
        tooLate(`not within ${LONGEST_MS} ms: ${JSON.stringify(done)}`, timer.signal),
      ]);
    } finally {
      timer.abort();
    }
  }

  takeGitRequests(): Promise<readonly GitRequest[]> {
    return this.#git.ask("take", null, z.array(gitRequest));
  }

  async remove(): Promise<void> {
    await this.stopAgent();
    await Promise.all([this.#git.stop(), this.#roomServer.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #running(): Child {
    if (this.#agent === null) throw new Error("no agent was started");
    return this.#agent;
  }
}

/** Rejects after the longest wait; never settles once `signal` has aborted. */
function tooLate(message: string, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), LONGEST_MS);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}
