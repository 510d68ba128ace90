import { existsSync, readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";
import type { Metrics } from "../../agent/telemetry/metrics.ts";
import type { AgentReport } from "./agent-report.ts";
import { machineMs } from "./machine-ms.ts";

const RESOLUTION_MS = 10;

const logLine = z.object({
  message: z.string(),
  room: z.string().optional(),
  outcome: z.string().optional(),
  head: z.string().optional(),
  detail: z.string().optional(),
});

/** Lines after which the figures would mean nothing. */
const TROUBLE = new Set(["source failed", "pass failed", "poll failed"]);

interface Counts {
  head: string | null;
  headAtMs: number | null;
  passes: number;
  passesEnded: number;
  firstPassAtMs: number | null;
  lastVerifiedAtMs: number | null;
  calls: number;
  storeWrites: number;
  polls: number;
  rotations: number;
}

export interface Progress {
  readonly head: string | null;
  readonly verified: number;
  /** There were passes, and none is wanted or under way. */
  readonly idle: boolean;
}

const NOTHING: Counts = {
  head: null,
  headAtMs: null,
  passes: 0,
  passesEnded: 0,
  firstPassAtMs: null,
  lastVerifiedAtMs: null,
  calls: 0,
  storeWrites: 0,
  polls: 0,
  rotations: 0,
};

/** Watches an agent of this process from outside: through its log, its metrics and the process itself. */
export class AgentWatch {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #counts: Counts = { ...NOTHING };
  #verified = new Set<string>();
  #cpu = process.cpuUsage();
  #mainCpu = process.threadCpuUsage();
  #busy = 0;
  #trouble: string | null = null;
  #onNews: () => void = () => undefined;

  constructor() {
    this.#loop.enable();
  }

  reset(): void {
    this.#counts = { ...NOTHING };
    this.#verified = new Set();
    this.#cpu = process.cpuUsage();
    this.#mainCpu = process.threadCpuUsage();
    this.#loop.reset();
  }

  report(): AgentReport {
    const cpu = process.cpuUsage(this.#cpu);
    const main = process.threadCpuUsage(this.#mainCpu);
    const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    return {
      ...this.#counts,
      verified: this.#verified.size,
      cpuMs: (cpu.user + cpu.system) / 1000,
      mainCpuMs: (main.user + main.system) / 1000,
      rssMb: process.memoryUsage.rss() / 1024 ** 2,
      openFiles: countOpenFiles(),
      loopP99Ms: late(this.#loop.percentile(99)),
      loopMaxMs: late(this.#loop.max),
    };
  }

  /** What a wait looks at: cheap enough to be asked for at each pass. */
  get progress(): Progress {
    const { head, passesEnded } = this.#counts;
    return { head, verified: this.#verified.size, idle: passesEnded > 0 && this.#busy === 0 };
  }

  /** Resolves when `isDone` holds; asked anew at each room, each head and whenever nothing is left to do. Rejects when the agent fails at something. */
  async until(isDone: (progress: Progress) => boolean): Promise<AgentReport> {
    for (;;) {
      const news = new Promise<void>((resolve) => (this.#onNews = resolve));
      if (this.#trouble !== null) throw new Error(this.#trouble);
      if (isDone(this.progress)) return this.report();
      await news;
    }
  }

  /** Where the agent's log goes. */
  readonly output = {
    write: (text: string) => {
      const { message, room, outcome, head, detail } = logLine.parse(JSON.parse(text));
      if (message === "pass ended" && outcome === "converged" && room !== undefined) {
        this.#verified.add(room);
        this.#counts.lastVerifiedAtMs = machineMs();
      } else if (message === "ingested new revision") {
        this.#counts.head = head ?? null;
        this.#counts.headAtMs = machineMs();
      } else if (message === "clone rotated") this.#counts.rotations += 1;
      else if (TROUBLE.has(message)) this.#trouble = `${message}: ${detail ?? text}`;
      else if (message !== "pass ended") return;
      this.#onNews();
    },
  };

  /** The same metrics, which also count here. */
  watched(metrics: Metrics): Metrics {
    return {
      ...metrics,
      reconcileStarted: () => {
        this.#counts.passes += 1;
        this.#counts.firstPassAtMs ??= machineMs();
        metrics.reconcileStarted();
      },
      reconcileEnded: (pass) => {
        this.#counts.passesEnded += 1;
        metrics.reconcileEnded(pass);
      },
      setQueue: (queue) => {
        this.#busy = queue.queued + queue.active;
        metrics.setQueue(queue);
        if (this.#busy === 0) this.#onNews();
      },
      roomServerRequest: (request) => {
        this.#counts.calls += 1;
        metrics.roomServerRequest(request);
      },
      storeWrite: (write) => {
        this.#counts.storeWrites += 1;
        metrics.storeWrite(write);
      },
      pollEnded: (source, result) => {
        this.#counts.polls += 1;
        metrics.pollEnded(source, result);
      },
    };
  }
}

function countOpenFiles(): number {
  const folder = "/proc/self/fd";
  return existsSync(folder) ? readdirSync(folder).length : 0;
}
