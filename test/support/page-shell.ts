import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
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
  readonly #servers: Command[] = [];

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
    const command = new Command(block, folder, this.#env);
    const code = await command.ended;
    if (code !== 0) throw new Error(`exit ${code} of:\n${block}\n${command.printed()}`);
    return command.printed();
  }

  /** The newest server's output so far, once it has a text. Rejects with all of the output when the server ends or is late without it. */
  async served(text: string): Promise<string> {
    const server = this.#servers.at(-1);
    if (server === undefined) throw new Error("no server was started");
    const what = `the server prints "${text}"`;
    const { printed } = server;
    await eventually(what, () => server.hasEnded || printed().includes(text), 60_000).catch(
      (error: Error) => {
        throw new Error(`${error.message}; it printed:\n${printed()}`);
      },
    );
    if (!printed().includes(text)) throw new Error(`not before it ended: ${what}:\n${printed()}`);
    return printed();
  }

  #start(block: string, folder: string): string {
    this.#servers.push(new Command(block, folder, this.#env));
    return "";
  }

  /** Ends the servers, the newest first. */
  async stop(): Promise<void> {
    for (const server of this.#servers.reverse()) await server.stop();
  }
}

/** Bash with one block of a page, in a group of its own, so that a signal reaches everything it starts. */
class Command {
  readonly #child: ChildProcess;
  /** The exit code, null after a signal; an error where bash could not be started, such as in a folder that is missing. */
  readonly ended: Promise<number | null | Error>;
  hasEnded = false;
  #text = "";

  constructor(block: string, cwd: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn("bash", ["-euo", "pipefail", "-c", block], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.#text += chunk.toString()));
    }
    this.ended = new Promise((resolve) => {
      this.#child.once("close", resolve).once("error", (error) => {
        this.#text += error.message;
        resolve(error);
      });
    });
    void this.ended.then(() => (this.hasEnded = true));
  }

  readonly printed = (): string => this.#text;

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
    process.kill(-this.#child.pid, "SIGTERM");
    await this.ended;
  }
}
