import { existsSync, readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metrics } from "../../agent/telemetry/metrics.ts";
import { AgentLog } from "./agent-log.ts";
import type { AgentReport } from "./agent-report.ts";
import { machineMs } from "./machine-ms.ts";

const RESOLUTION_MS = 10;

interface Counts {
  passes: number;
  passesEnded: number;
  firstPassAtMs: number | null;
  calls: number;
  storeWrites: number;
  polls: number;
}

export interface Progress {
  readonly head: string | null;
  readonly verified: number;
  /** There were passes, and none is wanted or under way. */
  readonly idle: boolean;
}

const NOTHING: Counts = {
  passes: 0,
  passesEnded: 0,
  firstPassAtMs: null,
  calls: 0,
  storeWrites: 0,
  polls: 0,
};

/** Watches an agent of this process from outside: through its log, its metrics and the process itself. */
export class AgentWatch {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #counts: Counts = { ...NOTHING };
  readonly #log = new AgentLog();
  #cpu = process.cpuUsage();
  #mainCpu = process.threadCpuUsage();
  #busy = 0;
  #onNews: () => void = () => undefined;

  constructor() {
    this.#loop.enable();
  }

  reset(): void {
    this.#counts = { ...NOTHING };
    this.#log.reset();
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
      head: this.#log.head,
      headAtMs: this.#log.headAtMs,
      lastVerifiedAtMs: this.#log.lastVerifiedAtMs,
      rotations: this.#log.rotations,
      verified: this.#log.verified.size,
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
    const { head, verified } = this.#log;
    const idle = this.#counts.passesEnded > 0 && this.#busy === 0;
    return { head, verified: verified.size, idle };
  }

  /** Resolves when `isDone` holds; asked anew at each room, each head and whenever nothing is left to do. Rejects when the agent fails at something. */
  async until(isDone: (progress: Progress) => boolean): Promise<AgentReport> {
    for (;;) {
      const news = new Promise<void>((resolve) => (this.#onNews = resolve));
      if (this.#log.trouble !== null) throw new Error(this.#log.trouble);
      if (isDone(this.progress)) return this.report();
      await news;
    }
  }

  /** Where the agent's log goes. */
  readonly output = {
    write: (text: string) => {
      if (this.#log.take(text)) this.#onNews();
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
