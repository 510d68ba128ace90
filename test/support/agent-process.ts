import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { LAUNCHER, ProgramRun, isAlive } from "./program-tree.ts";

export interface AgentProcessGiven {
  /** Where it is started; its data folder unless `env` says otherwise is `data` in it. */
  readonly folder: string;
  /** All the variables it gets beside `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: the real one of this repository. */
  readonly launcher?: string | undefined;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** `room-operator run` as a person starts it: the launcher, and the agent as its child. */
export class AgentProcess {
  readonly #run: ProgramRun;
  readonly #data: string;

  constructor({ folder, env, launcher = LAUNCHER }: AgentProcessGiven) {
    this.#data = env["Store__Path"] ?? join(folder, "data");
    this.#run = new ProgramRun(
      spawn(process.execPath, [launcher, "run"], {
        cwd: folder,
        env: { PATH: process.env["PATH"], ...env },
      }),
    );
  }

  /** Resolves with how the launcher ended, once everything it and the agent said is in `output`. */
  get ended(): ProgramRun["ended"] {
    return this.#run.ended;
  }

  get stderr(): string {
    return this.#run.stderr;
  }

  get output(): string {
    return `${this.#run.stdout}\n${this.#run.stderr}`;
  }

  /** Its log so far; a line that is not complete yet is left out. */
  get lines(): readonly LogLine[] {
    return this.#run.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Where its API is; resolves when it says that it is started. Fails with its output when it ends instead. */
  async url(): Promise<string> {
    let ended = false;
    void this.ended.then(() => (ended = true));
    const started = await eventually(
      "the agent is started",
      () => (ended ? "ended" : this.lines.find(({ message }) => message === "agent started")),
      60_000,
    );
    if (started === "ended") throw new Error(`the agent did not start: ${this.output}`);
    return String(started["url"]);
  }

  /** The agent's own pid, as it names itself in its data folder; undefined before and after it holds that. */
  get pid(): number | undefined {
    try {
      const holder = readFileSync(join(this.#data, "holder.json"), "utf8");
      return (JSON.parse(holder) as { pid: number }).pid;
    } catch {
      return undefined;
    }
  }

  /** What a person or a service manager sends to the launcher. */
  signal(name: NodeJS.Signals): void {
    this.#run.child.kill(name);
  }

  /** kill -9 of the agent itself; resolves when the launcher has followed it. */
  async killAgent(): Promise<void> {
    const pid = await eventually("the agent has a pid", () => this.pid);
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await this.ended;
  }

  /** kill -9 of the launcher; resolves when the agent, which has to notice by itself, is gone too. */
  async killLauncher(): Promise<void> {
    const { pid } = this;
    this.#run.child.kill("SIGKILL");
    await this.ended;
    if (pid !== undefined) await eventually("the agent is gone", () => !isAlive(pid), 20_000);
  }

  /** Ends whatever still runs. Idempotent. */
  async end(): Promise<void> {
    const { child } = this.#run;
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await this.ended;
  }
}
