import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { eventually } from "../../support/eventually.ts";

/** A Node process of its own, and the lines it has said so far. */
export class ChildLines {
  readonly lines: string[] = [];
  readonly pid: number;
  readonly #ended: Promise<unknown>;
  readonly #kill: () => void;

  constructor(file: string, args: readonly string[]) {
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.pid === undefined) throw new Error(`cannot start ${file}`);
    this.pid = child.pid;
    // "close" comes after the last line, "exit" may not.
    this.#ended = once(child, "close");
    this.#kill = () => child.kill("SIGKILL");
    createInterface({ input: child.stdout }).on("line", (line) => this.lines.push(line));
  }

  /** Resolves when the child has said `count` lines. */
  async said(count: number): Promise<void> {
    await eventually(`${count} lines of the child`, () => this.lines.length >= count);
  }

  /** kill -9; resolves when the process is gone and everything it said is in `lines`. */
  async kill(): Promise<void> {
    this.#kill();
    await this.#ended;
  }
}
