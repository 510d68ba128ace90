import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { eventually } from "./eventually.ts";
import { ProgramRun, isAlive } from "./program-tree.ts";

/** Resolves with the pid that the program printed. */
export async function ready(run: ProgramRun): Promise<number> {
  return eventually("the program is ready", () => run.programPid);
}

/** Pids, separated by spaces. */
export async function childrenOf(run: ProgramRun): Promise<string> {
  const { pid } = run.child;
  return (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim();
}

/** What is promised however the program is started; `command` starts it with arguments. */
export function waysToEnd(command: (...args: string[]) => readonly string[]): void {
  let run: ProgramRun | null = null;
  const start = (...args: string[]) => {
    const [file = "", ...others] = command(...args);
    return (run = new ProgramRun(spawn(file, others)));
  };

  afterEach(() => run?.kill());

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    it(`ends with the program's exit code after ${signal}`, async () => {
      const run = start("wait");
      const pid = await ready(run);
      run.child.kill(signal);
      expect(await run.ended, run.stderr).to.deep.equal({ code: 0, signal: null });
      expect(run.stdout).to.match(/stopped\n$/);
      expect(isAlive(pid)).to.equal(false);
    });
  }

  it("ends by the signal that ended the program", async () => {
    const run = start("ignore");
    process.kill(await ready(run), "SIGKILL");
    expect(await run.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
  });

  it("stops when it was started by npm and the shell between them is killed", async () => {
    const shell = spawn("sh", ["-c", '"$0" "$@"; true', ...command("wait")], {
      env: { ...process.env, npm_lifecycle_event: "start" },
    });
    const run = new ProgramRun(shell);
    const pid = await ready(run);
    shell.kill("SIGTERM");
    await eventually("the program is gone", () => !isAlive(pid));
    // What it said last may still be on its way.
    await run.ended;
    expect(run.stdout).to.match(/stopped\n$/);
  });

  it("leaves no program when it is killed itself", async () => {
    const run = start("wait");
    const pid = await ready(run);
    const isAnother = pid !== run.child.pid;
    run.child.kill("SIGKILL");
    await eventually("the program is gone", () => !isAlive(pid));
    expect((await run.ended).signal).to.equal("SIGKILL");
    expect(run.stdout.endsWith("stopped\n"), "stops in good order").to.equal(isAnother);
  });
}
