import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeFrame, FRAME_HEAD_BYTES, headOf } from "./git-frames.ts";
import type { GitObject } from "./git-object-reader.ts";

/** What is asked of the host. */
export type GitOrder =
  | { readonly kind: "hello" }
  | {
      readonly kind: "run";
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  /** An object of a repository by its name. */
  | {
      readonly kind: "read";
      readonly folder: string;
      readonly name: string;
      readonly env: Readonly<Record<string, string>>;
    };

/** Its answer; what git wrote to standard output, or an object's bytes, lie in the frame's body. */
export type GitAnswer =
  | { readonly kind: "hello"; readonly origin: string }
  | { readonly kind: "ran"; readonly status: number | null; readonly complaint: string }
  /** `type` is null where there is no such object. */
  | { readonly kind: "object"; readonly type: string | null }
  | { readonly kind: "failed"; readonly complaint: string };

/** A run of git that did not end with 0. `status` is null where it could not be started or was killed. */
export class GitFailed extends Error {
  readonly status: number | null;

  constructor(args: readonly string[], status: number | null, complaint: string) {
    super(`git ${args.join(" ")} ended with ${status}: ${complaint}`);
    this.status = status;
  }
}

/** Two thirds of the memory that a fork copies the page tables of. */
const SMALL = ["--max-semi-space-size=1"];

/**
 * A small process of its own that runs git for this one. Forking copies the page tables of who forks: a test process of
 * 800 MB takes 70 ms for it and stands still meanwhile, a small one 4 ms.
 */
export class GitHost {
  static #shared: GitHost | null = null;
  readonly #orders: number;
  readonly #answers: number;
  /** Where every folder's repositories are served, see `originOf`. */
  readonly #origin: string;

  private constructor() {
    const folder = mkdtempSync(join(tmpdir(), "room-operator-git-host-"));
    const pipes = [join(folder, "orders"), join(folder, "answers")] as const;
    execFileSync("mkfifo", pipes);
    const program = fileURLToPath(new URL("./git-host-process.ts", import.meta.url));
    const child = spawn(process.execPath, [...SMALL, program, ...pipes], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.unref();
    // Each waits for the other side. The host ends when this process does, because then its orders end.
    this.#orders = openSync(pipes[0], "w");
    this.#answers = openSync(pipes[1], "r");
    rmSync(folder, { recursive: true });
    const { answer } = this.#ask({ kind: "hello" });
    if (answer.kind !== "hello") throw new Error("the git host did not say where it serves");
    this.#origin = answer.origin;
  }

  /** The one of this process. */
  static get(): GitHost {
    GitHost.#shared ??= new GitHost();
    return GitHost.#shared;
  }

  /** Runs git and gives back its standard output; throws `GitFailed`. This process stands still meanwhile. */
  run(
    args: readonly string[],
    { env, input }: { readonly env: Record<string, string>; readonly input: string | Buffer },
  ): Buffer {
    const { answer, body } = this.#ask({ kind: "run", args, env }, Buffer.from(input));
    if (answer.kind !== "ran") throw new Error("the git host answered something else");
    if (answer.status !== 0) throw new GitFailed(args, answer.status, answer.complaint);
    return body;
  }

  /** Reads an object such as `<commit>:<path>` of the repository in `folder`; null when it has none of that name. */
  read(folder: string, name: string, env: Record<string, string>): GitObject | null {
    const { answer, body } = this.#ask({ kind: "read", folder, name, env });
    if (answer.kind !== "object") throw new Error(`${folder}: ${JSON.stringify(answer)}`);
    return answer.type === null ? null : { type: answer.type, bytes: body };
  }

  /** Where the bare repositories in this folder are served through `git http-backend`, without a slash at its end. */
  originOf(root: string): string {
    return `${this.#origin}/${Buffer.from(root).toString("base64url")}`;
  }

  #ask(order: GitOrder, body = Buffer.alloc(0)): { answer: GitAnswer; body: Buffer } {
    const frame = encodeFrame(order, body);
    for (let at = 0; at < frame.length;) at += writeSync(this.#orders, frame, at);
    const { headBytes, bodyBytes } = headOf(this.#read(FRAME_HEAD_BYTES));
    const answer = JSON.parse(this.#read(headBytes).toString()) as GitAnswer;
    return { answer, body: this.#read(bodyBytes) };
  }

  #read(bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    for (let at = 0; at < bytes;) {
      const read = readSync(this.#answers, buffer, at, bytes - at, null);
      if (read === 0) {
        closeSync(this.#answers);
        throw new Error("the git host has ended");
      }
      at += read;
    }
    return buffer;
  }
}
