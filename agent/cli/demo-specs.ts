import { fileProblem } from "../kernel/file-problem.ts";
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { RequestListener } from "node:http";
import { OperatorError } from "../kernel/errors.ts";
import type { CommandIo } from "./command.ts";
import { startDemoGit } from "./demo-git.ts";
import { thingsToTry, thingsToTryInFolder } from "./demo-words.ts";

/** Where the demo's agent gets its specs from. */
export interface DemoSpecs {
  /** What is shown of it, after the name of its kind. */
  readonly shown: string;
  /** Variables of the agent's configuration. */
  readonly settings: Readonly<Record<string, string>>;
  /** What a person can try once every room is converged; `roomId`: one of them. */
  readonly toTry: (agentUrl: string, roomId: string) => string;
  stop(): Promise<void>;
}

/** The example in a repository of its own, and a git server over it. */
export async function exampleSpecs(
  folder: string,
  serve: (root: string) => RequestListener,
  io: CommandIo,
): Promise<DemoSpecs> {
  const git = await startDemoGit(folder, serve, io);
  return {
    shown: `git server  ${git.url}`,
    settings: { Git__Sources__0__Url: git.url },
    toTry: (agentUrl) => thingsToTry({ gitUrl: git.url, agentUrl }),
    stop: () => git.stop(),
  };
}

/** A person's own folder. Nothing is ever written to it. */
export async function ownSpecs(directory: string, cwd: string): Promise<DemoSpecs> {
  const folder = resolve(cwd, directory);
  const found = await stat(folder).catch((error: unknown) => {
    const message = `--repo ${folder} cannot be read: ${fileProblem(error)}; name a folder with specs`;
    throw new OperatorError("FolderMissing", message, { cause: error });
  });
  if (!found.isDirectory()) {
    const message = `--repo ${folder} is not a folder; name the folder that holds the specs`;
    throw new OperatorError("FolderMissing", message);
  }
  return {
    shown: `folder      ${folder}`,
    settings: { Git__Sources__0__Kind: "folder", Git__Sources__0__Folder: folder },
    toTry: (agentUrl, roomId) => thingsToTryInFolder({ folder, agentUrl, roomId }),
    stop: () => Promise.resolve(),
  };
}

/** The agent's log. */
export interface DemoLog {
  readonly path: string;
  readonly file: { write(text: string): unknown };
  stop(): Promise<void>;
}

export function openDemoLog(folder: string): DemoLog {
  const path = join(folder, "agent.log");
  const file = createWriteStream(path);
  return { path, file, stop: () => new Promise((done) => file.end(done)) };
}
