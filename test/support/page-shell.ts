import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { eventually } from "./eventually.ts";
import { PROJECT, type Page } from "./page.ts";

/** What a block may need that a test cannot have: the words after `bash needs=`, each with the reason. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  registry: "installs packages from the npm registry, or writes to /usr/local: a test does neither",
  systemd: "needs systemd as process 1, and root",
  gitserver: "needs a git server, and writes to /etc",
  docker: "needs a container engine and an image registry",
  kubernetes: "needs a cluster",
};

/** Programs that a machine may lack: a block that needs one is run where it is installed. */
const OPTIONAL: ReadonlySet<string> = new Set(["sqlite3"]);

function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

/** Whether a block with this mark is run here. Throws for a mark that is not known. */
function isRun(mark: string): boolean {
  if (mark === "" || mark === "server") return true;
  const [, need = ""] = /^needs=(\w+)$/.exec(mark) ?? [];
  if (OPTIONAL.has(need)) return isInstalled(need);
  if (!Object.hasOwn(NOT_HERE, need)) throw new Error(`unknown mark: bash ${mark}`);
  return false;
}

/** How the blocks of one page are run. */
export interface PageRun {
  /** Where a block is run. */
  readonly folderOf: (block: string) => string;
  /** Texts of the page and what stands for them here: addresses, ports and ids. Each must occur in some block that is run. */
  readonly replaced: Readonly<Record<string, string>>;
  /** What has to be so after the block that contains a text. Each is used once. */
  readonly after: Readonly<Record<string, (output: string) => Promise<unknown>>>;
}

/** A person who copies the commands of a document into a terminal. */
export class PageShell {
  readonly #env: Record<string, string>;
  readonly #servers: ChildProcess[] = [];

  /** `home` gets a `bin` folder in which `room-operator` is; `env` is added to a bare environment. */
  constructor(home: string, env: Readonly<Record<string, string>> = {}) {
    const bin = path.join(home, "bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(path.join(PROJECT, "bin/room-operator"), path.join(bin, "room-operator"));
    this.#env = {
      PATH: `${bin}:${process.env["PATH"]}`,
      HOME: home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Kim",
      GIT_AUTHOR_EMAIL: "kim@example.org",
      GIT_COMMITTER_NAME: "Kim",
      GIT_COMMITTER_EMAIL: "kim@example.org",
      ...env,
    };
  }

  /** Runs every bash block of a page in order. A block that is marked `server` is left running; one that `needs=` is not run. */
  async runPage(page: Page, { folderOf, replaced, after }: PageRun): Promise<void> {
    const checks = new Map(Object.entries(after));
    const texts = new Set(Object.keys(replaced));
    for (const { mark, text } of page.fences("bash")) {
      const isSkipped = !isRun(mark);
      let block = text;
      for (const [written, here] of Object.entries(replaced)) {
        if (!block.includes(written)) continue;
        texts.delete(written);
        block = block.replaceAll(written, here);
      }
      const own = [...checks].filter(([snippet]) => text.includes(snippet));
      for (const [snippet] of own) checks.delete(snippet);
      if (isSkipped) continue;
      const folder = folderOf(text);
      const output = mark === "server" ? this.#start(block, folder) : await this.run(block, folder);
      for (const [, check] of own) await check(output);
    }
    const unused = [...checks.keys(), ...texts];
    if (unused.length > 0) throw new Error(`no block has: ${unused.join(" | ")}`);
  }

  /** Sets a variable for all commands from now on. */
  set(name: string, value: string): void {
    this.#env[name] = value;
  }

  /** Runs commands, each of which has to succeed. Resolves with what they print. */
  async run(block: string, folder: string): Promise<string> {
    const child = this.#spawn(block, folder);
    const printed = collected(child);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    if (code !== 0) throw new Error(`exit ${code} of:\n${block}\n${printed()}`);
    return printed();
  }

  /** The newest server's output so far, once it has a text. */
  served(text: string): Promise<string> {
    const server = this.#servers.at(-1);
    return eventually(
      `the server prints "${text}"`,
      () => {
        const output = server === undefined ? "" : (outputs.get(server)?.() ?? "");
        return output.includes(text) && output;
      },
      60_000,
    );
  }

  #start(block: string, folder: string): string {
    const child = this.#spawn(block, folder);
    outputs.set(child, collected(child));
    this.#servers.push(child);
    return "";
  }

  /** In a group of its own, so that a signal reaches everything it starts. */
  #spawn(block: string, cwd: string): ChildProcess {
    return spawn("bash", ["-euo", "pipefail", "-c", block], {
      cwd,
      env: this.#env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Ends the servers, the newest first. */
  async stop(): Promise<void> {
    for (const child of this.#servers.reverse()) {
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
      if (child.exitCode !== null || child.pid === undefined) continue;
      process.kill(-child.pid, "SIGTERM");
      await ended;
    }
  }
}

const outputs = new WeakMap<ChildProcess, () => string>();

function collected(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  }
  return () => text;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
