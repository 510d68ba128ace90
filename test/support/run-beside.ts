import { spawn, type ChildProcess } from "node:child_process";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: readonly string[]];

export interface Beside {
  readonly checks: Command;
  readonly tests: Command;
  /** Takes whole lines. */
  readonly print: (line: string) => void;
}

/**
 * Runs the checks next to the tests, with what the tests leave of the processors, and prints what both say; the last line is the
 * last one of the tests. Resolves with an exit status: that of the tests, or that of the checks where the tests passed.
 */
export async function runBeside({ checks, tests, print }: Beside): Promise<number> {
  const children = [start(checks), start(tests)] as const;
  const [checking, testing] = children;
  const end = () => children.forEach((child) => child.kill());
  process.once("SIGTERM", end);
  try {
    if (checking.pid !== undefined) setPriority(checking.pid, constants.priority.PRIORITY_LOW);
    const found: string[] = [];
    const checked = ended(checking, (line) => found.push(line)).then((status) => {
      found.push(status === 0 ? "the checks passed" : `the checks failed with ${status}`);
      found.forEach(print);
      return status;
    });
    let last: string | null = null;
    const tested = ended(testing, (line) => {
      if (last !== null) print(last);
      last = line;
    });
    const [checkStatus, testStatus] = await Promise.all([checked, tested]);
    if (checkStatus !== 0) print(`the checks failed with ${checkStatus}: see above`);
    if (last !== null) print(last);
    return testStatus === 0 ? checkStatus : testStatus;
  } finally {
    process.off("SIGTERM", end);
    // Where one could not be started, the other goes on.
    end();
  }
}

function start([program, ...args]: Command): ChildProcess {
  return spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** Hands on the lines of both outputs. Its exit status, 1 where it was killed. */
async function ended(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on("line", onLine);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
}
