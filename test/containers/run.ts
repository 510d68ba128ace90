import { execFile, spawnSync } from "node:child_process";

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

const MAX_OUTPUT = 64 * 1024 * 1024;

/** Runs a program to its end. Rejects with what it printed when it fails or takes too long. */
export function run(
  program: string,
  args: readonly string[],
  { env = {}, cwd, timeoutMs = 120_000 }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = {
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      timeout: timeoutMs,
      maxBuffer: MAX_OUTPUT,
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else {
        const said = `${stdout}${stderr}`.slice(-4000);
        reject(new Error(`${program} ${args.join(" ")} failed: ${error.message}\n${said}`));
      }
    });
  });
}

/** Whether a program can be started with these arguments and ends well. */
export function works(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
