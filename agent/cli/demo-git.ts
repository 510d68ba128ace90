import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OperatorError, messageOf } from "../kernel/errors.ts";
import { packageFile } from "../kernel/package-files.ts";
import type { CommandIo } from "./command.ts";

/** A git server with one repository, made from the example. */
export interface DemoGit {
  /** What people clone, and what the agent polls. */
  readonly url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);

/** Makes `<folder>/repositories/specs.git` from `specs-example/` and `seeds/` and serves it, pushes included. */
export async function startDemoGit(
  folder: string,
  serve: (root: string) => RequestListener,
  io: CommandIo,
): Promise<DemoGit> {
  const root = join(folder, "repositories");
  await makeRepository(folder, root, io);
  const { origin, stop } = await listen(serve(root));
  return { url: `${origin}/specs.git`, stop };
}

async function makeRepository(folder: string, root: string, io: CommandIo): Promise<void> {
  const work = join(folder, "example");
  const bare = join(root, "specs.git");
  await mkdir(root, { recursive: true });
  await cp(fileURLToPath(packageFile("specs-example")), work, { recursive: true });
  await cp(fileURLToPath(packageFile("seeds")), join(work, "seeds"), { recursive: true });
  const git = (...args: readonly string[]) => runGit(args, { folder, cwd: folder, io });
  await git("init", "--quiet", "--bare", "--initial-branch=main", bare);
  await git("init", "--quiet", "--initial-branch=main", work);
  await git("-C", work, "add", ".");
  await git("-C", work, "commit", "--quiet", "-m", "Describe our rooms");
  await git("-C", work, "push", "--quiet", bare, "main");
}

/** Runs git without the user's and the system's configuration. */
async function runGit(
  args: readonly string[],
  { folder, cwd, io }: { readonly folder: string; readonly cwd: string; readonly io: CommandIo },
): Promise<void> {
  const person = { NAME: "Room Operator Demo", EMAIL: "demo@localhost" };
  const env = {
    PATH: io.env["PATH"],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
  try {
    await run("git", [...args], { cwd, env, signal: io.signal });
  } catch (error) {
    io.signal.throwIfAborted();
    const what = `git ${args[0] === "-C" ? args[2] : args[0]}`;
    const message = `the demo needs git with http-backend on the PATH; ${what} failed: ${messageOf(error)}`;
    throw new OperatorError("GitUnavailable", message, { cause: error });
  }
}

async function listen(
  listener: RequestListener,
): Promise<{ origin: string; stop: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
