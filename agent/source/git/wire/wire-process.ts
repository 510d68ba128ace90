import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { Alarm } from "../../../http/alarm.ts";
import { DeadlineWatch } from "../../../http/deadline-watch.ts";
import type { PassedDeadline } from "../../../http/deadline-watch.ts";
import { systemClock } from "../../../kernel/clock.ts";
import type { GitDeadlines } from "./git-deadlines.ts";

/** A program that carries git's protocol between its standard streams and a server. */
export interface WireCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Everything that it finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What it can read once, behind descriptor 3: a secret that neither arguments nor environment may show. */
  readonly secret?: string;
}

/** How a program ended. */
export interface WireEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** The last of what it wrote to its standard error. */
  readonly words: string;
}

/** Gives back what it did not need once it has enough; undefined: more, please. */
export type TakeBytes = (bytes: Buffer) => Buffer | undefined;

/** Thrown when a deadline passes. */
export class WireTimeout extends Error {
  readonly passed: PassedDeadline;

  constructor(passed: PassedDeadline) {
    super(`no ${passed.deadline} within ${passed.ms} ms`);
    this.passed = passed;
  }
}

/** Thrown when a program cannot be started; `code` is what Node calls it. */
export class WireUnstarted extends Error {
  readonly code: string;

  constructor(file: string, error: Error) {
    super(`${file} cannot be started: ${error.message}`);
    this.code = "code" in error ? String(error.code) : "";
  }
}

/** What is kept of the standard error. */
const WORDS_BYTES = 16_384;

/** The program waits when so many bytes were not taken. */
const MOST_QUEUED = 1024 * 1024;

/** A running program, in a process group of its own. Whoever opened it has to call `kill`, which ends whatever is left of it. */
export class WireProcess {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #output: Readable;
  readonly #watch: DeadlineWatch;
  readonly #idleMs: number;
  readonly #passed: Promise<never>;
  /** Resolves when it has ended and all of its output was read; rejects if it was not started. */
  readonly #end: Promise<WireEnd>;
  #words = Buffer.alloc(0);
  /** What came and was not taken yet. */
  readonly #pieces: Buffer[] = [];
  #queued = 0;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(
    command: WireCommand,
    { deadlines, signal }: { readonly deadlines: GitDeadlines; readonly signal: AbortSignal },
  ) {
    signal.throwIfAborted();
    const { file, args, env, secret } = command;
    this.#child = spawn(file, [...args], {
      env: { ...env },
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe", ...(secret === undefined ? [] : (["pipe"] as const))],
    });
    const [input, output, words, last] = this.#child.stdio;
    if (!input || !output || !words) throw new Error("the program has no standard streams");
    this.#input = input;
    this.#output = output;
    keepLiving(this.#child);
    // A program that ended takes no more input; how it ended says why.
    input.on("error", () => undefined);
    words.on("data", (bytes: Buffer) => {
      this.#words = Buffer.concat([this.#words, bytes]).subarray(-WORDS_BYTES);
    });
    if (last && "end" in last) last.on("error", () => undefined).end(secret);
    this.#collect(output);
    this.#end = this.#untilEnd(file);
    this.#end.catch(() => undefined);
    this.#idleMs = deadlines.idleMs;
    this.#watch = new DeadlineWatch(deadlines, new Alarm(systemClock), signal);
    this.#passed = this.#watch.passed.then((passed) => Promise.reject(new WireTimeout(passed)));
    this.#passed.catch(() => undefined);
  }

  write(bytes: Buffer): void {
    if (!this.#input.destroyed) this.#input.write(bytes);
  }

  /** No more will be written. */
  finishInput(): void {
    this.#input.end();
  }

  /**
   * Gives the output to `take` until it has enough (true) or all of it was given (false). Rejects with what `take` throws, with
   * `WireTimeout`, `WireUnstarted`, and with the reason of the signal.
   */
  read(take: TakeBytes): Promise<boolean> {
    return Promise.race([this.#read(take), this.#passed]);
  }

  /** How it ended, once all of its output was read. Rejects as `read` does. */
  end(): Promise<WireEnd> {
    return Promise.race([this.#end, this.#passed]);
  }

  /** Ends the program and whatever it started, at once. Idempotent. */
  kill(): void {
    this.#watch.end();
    kill(this.#child);
    this.#output.destroy();
    this.#input.destroy();
  }

  async #read(take: TakeBytes): Promise<boolean> {
    for (;;) {
      const bytes = this.#pieces.shift();
      if (bytes === undefined) {
        if (this.#isOver) {
          await this.#end;
          return false;
        }
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      this.#queued -= bytes.length;
      if (this.#queued < MOST_QUEUED) this.#output.resume();
      this.#watch.watchIdle(this.#idleMs);
      const rest = take(bytes);
      this.#watch.touched();
      if (rest === undefined) continue;
      if (rest.length > 0) {
        this.#pieces.unshift(rest);
        this.#queued += rest.length;
      }
      return true;
    }
  }

  /** Node reads on what a program left behind when it ends, so that someone has to take it at any time. */
  #collect(output: Readable): void {
    output.on("data", (bytes: Buffer) => {
      this.#pieces.push(bytes);
      this.#queued += bytes.length;
      if (this.#queued >= MOST_QUEUED) output.pause();
      this.#wake();
    });
    const end = () => {
      this.#isOver = true;
      this.#wake();
    };
    output.once("end", end).once("close", end).once("error", end);
  }

  async #untilEnd(file: string): Promise<WireEnd> {
    const code = await new Promise<number | null>((resolve, reject) => {
      this.#child.once("close", resolve);
      this.#child.once("error", (error) => reject(new WireUnstarted(file, error)));
    });
    return { code, words: this.#words.toString("utf8") };
  }
}

/** Those that run now: none outlives the thread that started it. */
const LIVING = new Set<ChildProcess>();
let watchesExit = false;

function keepLiving(child: ChildProcess): void {
  if (!watchesExit) {
    watchesExit = true;
    process.on("exit", () => {
      for (const each of LIVING) kill(each);
    });
  }
  LIVING.add(child);
  child.once("close", () => LIVING.delete(child));
  child.once("error", () => LIVING.delete(child));
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined || !LIVING.has(child)) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // It has ended just now, or has not become the leader of its group yet.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    child.kill("SIGKILL");
  }
}
