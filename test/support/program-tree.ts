import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The real launcher of this repository. */
export const LAUNCHER = fileURLToPath(new URL("../../bin/room-operator.js", import.meta.url));

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Flags with which the running Node starts the program as a child, as one does that cannot replace its process. */
export const AS_CHILD = ["--import", "data:text/javascript,process.execve=undefined"];

/** The same by variables, for a launcher whose flags are not at hand. */
export const AS_CHILD_VARIABLES = { NODE_OPTIONS: AS_CHILD.join("=") };

/** Flags with which the running Node takes itself for another one than that of the package. */
export const BY_ANOTHER = [
  "--import",
  "data:text/javascript,process.execPath='/opt/node/bin/node'",
];

/** What a copy of the program compiled serves the next one, by `NODE_COMPILE_CACHE_PORTABLE`: Node names it by the path in the copy. */
const COMPILED = join(ROOT, ".cache/copies");

/** Gives a copy of the program the compiled code of others. Gives what a start of it needs in its environment. */
export function shareCompiled(folder: string): Readonly<Record<string, string>> {
  mkdirSync(COMPILED, { recursive: true });
  symlinkSync(COMPILED, join(folder, ".cache"));
  return { NODE_COMPILE_CACHE_PORTABLE: "1" };
}

export interface StartGiven {
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A copy of launcher and program in a folder of its own, with the commands of `test-commands.ts`. */
export class ProgramTree {
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator-program-"));
  readonly launcher = join(this.folder, "bin/room-operator.js");
  readonly shellLauncher = join(this.folder, "bin/room-operator");
  readonly #runs: ProgramRun[] = [];
  readonly #shared = shareCompiled(this.folder);

  constructor({ packages }: { readonly packages: boolean }) {
    for (const part of ["bin", "agent", "package.json"]) {
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    }
    cpSync(join(ROOT, "test/support/test-commands.ts"), join(this.folder, "agent/cli/commands.ts"));
    if (packages) symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Starts the launcher (or another file of it) with `node`, the running one unless said, and flags for it. */
  start(
    args: readonly string[],
    {
      node = process.execPath,
      flags = [] as readonly string[],
      file = this.launcher,
      cwd = this.folder,
    } = {},
  ): ProgramRun {
    return this.startBy([node, ...flags, file, ...args], { cwd });
  }

  /** Starts a command, such as that of a shell, with `variables` besides those of this process. */
  startBy(
    [command = "", ...args]: readonly string[],
    { cwd = this.folder, variables = {} }: StartGiven = {},
  ): ProgramRun {
    // It keeps its compiled code where it does for people.
    const { NODE_COMPILE_CACHE: _cache, ...inherited } = process.env;
    const env = { ...inherited, ...this.#shared, ...variables };
    const run = new ProgramRun(spawn(command, args, { cwd, env }));
    this.#runs.push(run);
    return run;
  }

  /** Ends what still runs and removes the folder. */
  remove(): void {
    for (const run of this.#runs) run.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class ProgramRun {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal }));
    });
  }

  /** The pid that the program itself printed; undefined until it did. */
  get programPid(): number | undefined {
    const match = /ready (\d+)/.exec(this.stdout);
    return match === null ? undefined : Number(match[1]);
  }

  /** Kills launcher and program, if they are still there. */
  kill(): void {
    this.child.kill("SIGKILL");
    if (this.programPid !== undefined && isAlive(this.programPid)) {
      process.kill(this.programPid, "SIGKILL");
    }
  }
}

/** Whether a process runs. One that ended and waits for its parent to look (state Z) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(status, "utf8"));
  } catch {
    return !existsSync("/proc/self/status");
  }
}
