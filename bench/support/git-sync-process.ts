import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machineMs } from "./machine-ms.ts";
import { PeakWatch } from "./peak-watch.ts";
import { ProcessTree } from "./process-tree.ts";

const LOOK_EVERY_MS = 2;
const LONGEST_MS = 120_000;

export interface GitSyncGiven {
  /** The program, version 4. */
  readonly program: string;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly repositoryUrl: string;
  readonly periodSeconds: number;
}

/** git-sync as its manual says to run it: the branch `main`, and a link that is switched to each new commit. */
export class GitSyncProcess {
  readonly startedAtMs: number;
  readonly memory: PeakWatch;
  readonly #process: ChildProcess;
  readonly #link: string;
  readonly #ended: Promise<unknown>;
  #hasEnded = false;
  #errors = "";

  private constructor(child: ChildProcess, at: { startedAtMs: number; link: string }) {
    this.#process = child;
    this.startedAtMs = at.startedAtMs;
    this.#link = at.link;
    this.#ended = once(child, "close").then(() => (this.#hasEnded = true));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors = text));
    this.memory = new PeakWatch(new ProcessTree(child.pid ?? 0));
  }

  static async start(given: GitSyncGiven): Promise<GitSyncProcess> {
    const { program, folder, repositoryUrl, periodSeconds } = given;
    const [root, home] = [join(folder, "root"), join(folder, "home")];
    for (const path of [root, home]) mkdirSync(path, { recursive: true });
    const startedAtMs = machineMs();
    const child = spawn(
      program,
      [
        `--repo=${repositoryUrl}`,
        "--ref=main",
        `--root=${root}`,
        "--link=current",
        `--period=${periodSeconds}s`,
      ],
      // It writes git's settings of its user.
      { env: { PATH: process.env["PATH"], HOME: home }, stdio: ["ignore", "ignore", "pipe"] },
    );
    await once(child, "spawn");
    return new GitSyncProcess(child, { startedAtMs, link: join(root, "current") });
  }

  /** The moment at which the link led to this commit. */
  async linkedAtMs(head: string): Promise<number> {
    const deadlineMs = machineMs() + LONGEST_MS;
    while (commitOf(this.#link) !== head) {
      if (this.#hasEnded) throw new Error(`git-sync ended: ${this.#errors}`);
      if (machineMs() > deadlineMs) throw new Error(`git-sync did not switch: ${this.#errors}`);
      await sleep(LOOK_EVERY_MS);
    }
    return machineMs();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.memory.stop();
    this.#process.kill("SIGTERM");
    await this.#ended;
  }
}

/** The last part of what the link leads to is the commit. Undefined: there is no link yet. */
function commitOf(link: string): string | undefined {
  try {
    return basename(readlinkSync(link));
  } catch {
    return undefined;
  }
}
