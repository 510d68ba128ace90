import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/support/free-port.ts";
import { AgentLog } from "./agent-log.ts";
import { machineMs } from "./machine-ms.ts";
import { PeakWatch } from "./peak-watch.ts";
import { ProcessTree } from "./process-tree.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/room-operator", import.meta.url));
const ASK_EVERY_MS = 2;
/** No wait is longer. */
const LONGEST_MS = 300_000;
/** The resolution of the event loop's delay in the agent's metrics: it is counted in each figure. */
const LOOP_RESOLUTION_MS = 10;

/** `room-operator run` as a person starts it: the launcher, the agent, and whatever they start. */
export class LaunchedAgent {
  readonly startedAtMs: number;
  readonly url: string;
  readonly log = new AgentLog();
  readonly memory: PeakWatch;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #errors = "";
  #hasEnded = false;
  #onNews: () => void = () => undefined;

  private constructor(child: ChildProcess, at: { startedAtMs: number; url: string }) {
    this.#process = child;
    this.startedAtMs = at.startedAtMs;
    this.url = at.url;
    this.#ended = once(child, "close").then(() => {
      this.#hasEnded = true;
      this.#onNews();
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      if (this.log.take(text)) this.#onNews();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    this.memory = new PeakWatch(new ProcessTree(child.pid ?? 0));
  }

  /** Starts it in `folder`, with no other variables than these and `PATH`. */
  static async start(
    folder: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<LaunchedAgent> {
    const port = await freePort();
    const env = { PATH: process.env["PATH"], ...variables, HttpApi__Port: String(port) };
    const startedAtMs = machineMs();
    const child = spawn(LAUNCHER, ["run"], { cwd: folder, env });
    await once(child, "spawn");
    return new LaunchedAgent(child, { startedAtMs, url: `http://127.0.0.1:${port}` });
  }

  /** The moment at which `/livez` answered for the first time. */
  async livezAtMs(): Promise<number> {
    while (!(await answers(`${this.url}/livez`))) {
      this.#mustRun();
      if (machineMs() - this.startedAtMs > LONGEST_MS) throw new Error("/livez does not answer");
      await sleep(ASK_EVERY_MS);
    }
    return machineMs();
  }

  /** Waits for the log to say so. Rejects when the agent fails at something or ends. */
  async until(isDone: (log: AgentLog) => boolean): Promise<void> {
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      this.#onNews();
    }, LONGEST_MS);
    try {
      for (;;) {
        const news = new Promise<void>((resolve) => (this.#onNews = resolve));
        if (this.log.trouble !== null) throw new Error(this.log.trouble);
        if (isDone(this.log)) return;
        this.#mustRun();
        if (isLate) throw new Error(`the agent is at ${this.#progress} after ${LONGEST_MS} ms`);
        await news;
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  get #progress(): string {
    return `head ${this.log.head}, ${this.log.verified.size} rooms verified`;
  }

  /** How late the main thread's event loop was since the last question, 99th percentile, ms. */
  async loopP99Ms(): Promise<number> {
    const answer = await fetch(`${this.url}/metrics`);
    const [, seconds] = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(await answer.text()) ?? [];
    if (seconds === undefined) throw new Error("the agent has no metric of its event loop");
    return Math.max(0, Number(seconds) * 1000 - LOOP_RESOLUTION_MS);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.memory.stop();
    this.#process.kill("SIGTERM");
    await this.#ended;
  }

  #mustRun(): void {
    if (this.#hasEnded) throw new Error(`the agent ended: ${this.#errors}`);
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once("error", () => resolve(false));
  });
}
