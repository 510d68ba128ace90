import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { run, works } from "./run.ts";
import type { Ran, RunOptions } from "./run.ts";

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

/** Files and processes of a container: engines refuse to start where the machine's own limits are lower than their default. */
const LIMITS = ["nofile=8192:8192", "nproc=8192:8192"];

/** What this machine lacks to run containers, in words; empty: nothing. */
export function missingForContainers(): readonly string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    ...(isRoot ? [] : ["root, to start an engine of its own"]),
    ...(works("dockerd", "--version") ? [] : ["dockerd (Debian: docker.io)"]),
    ...(works("docker", "--version") ? [] : ["docker (Debian: docker.io)"]),
    ...(composeCommand() === null ? ["docker-compose (Debian: docker-compose)"] : []),
    ...(works("debootstrap", "--version") ? [] : ["debootstrap"]),
    ...(works("git", "--version") ? [] : ["git"]),
  ];
}

/** `docker compose` where it is installed, else `docker-compose`. */
function composeCommand(): readonly [string, ...string[]] | null {
  if (works("docker", "compose", "version")) return ["docker", "compose"];
  return works("docker-compose", "version") ? ["docker-compose"] : null;
}

/** A Docker engine of its own, with its own images, that leaves nothing behind. */
export class Engine {
  readonly #folder: string;
  readonly #daemon: ChildProcess;
  readonly #socket: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#socket = `unix://${join(folder, "docker.sock")}`;
    const options = {
      "data-root": join(folder, "data"),
      "exec-root": join(folder, "exec"),
      pidfile: join(folder, "pid"),
      host: this.#socket,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const limits = LIMITS.flatMap((limit) => ["--default-ulimit", limit]);
    this.#daemon = spawn("dockerd", [...args, ...limits], { stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(join(folder, "log"));
    this.#daemon.stdout?.pipe(log);
    this.#daemon.stderr?.pipe(log);
  }

  static async start(): Promise<Engine> {
    // Not in memory: images are large.
    const engine = new Engine(mkdtempSync(join("/tmp", "room-operator-engine-")));
    try {
      await eventually(
        "the engine answers",
        () => engine.docker(["info"]).then(() => true),
        START_WITHIN_MS,
      );
      return engine;
    } catch (error) {
      const log = readFileSync(join(engine.#folder, "log"), "utf8").slice(-3000);
      await engine.stop();
      throw new Error(`dockerd does not work on this machine:\n${log}`, { cause: error });
    }
  }

  docker(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return run("docker", args, { ...options, env: { ...options.env, ...this.#env } });
  }

  compose(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const [program, ...before] = composeCommand() ?? ["docker-compose"];
    const env = { ...options.env, ...this.#env };
    return run(program, [...before, ...args], { ...options, env });
  }

  /** What `docker inspect` says of a container or image. */
  async inspect(name: string): Promise<unknown> {
    const { stdout } = await this.docker(["inspect", name]);
    return (JSON.parse(stdout) as unknown[])[0];
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
      const ended = new Promise((resolve) => this.#daemon.once("close", resolve));
      this.#daemon.kill("SIGTERM");
      const timer = setTimeout(() => this.#daemon.kill("SIGKILL"), STOP_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    }
    // Its storage driver mounts the data folder on itself.
    for (const mounted of mountsIn(this.#folder)) works("umount", "-l", mounted);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The plain builder: the other one is a plug-in that a machine may lack. */
  get #env(): Record<string, string> {
    return { DOCKER_HOST: this.#socket, DOCKER_BUILDKIT: "0", COMPOSE_DOCKER_CLI_BUILD: "0" };
  }
}

/** What is mounted in a folder, the newest first. */
function mountsIn(folder: string): readonly string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed();
}
