import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../agent/kernel/errors.ts";
import { freePort } from "../support/free-port.ts";
import { PROJECT } from "../support/page.ts";
import { importBaseImages, NODE_IMAGE, RUNTIME_IMAGE } from "./base-images.ts";
import { Engine } from "./engine.ts";
import type { Ran, RunOptions } from "./run.ts";

export const PROGRAM_IMAGE = "room-operator:local";
const GITEA_IMAGE = "room-operator-test-gitea:local";
const NAME = "rotest";

/** The only thing that a compose file of people's machines does not say: where the first images come from. */
const OVERRIDE = {
  services: Object.fromEntries(
    ["bootstrap", "roomserver", "agent"].map((service) => [
      service,
      { build: { context: PROJECT, network: "host", args: { NODE_IMAGE, RUNTIME_IMAGE } } },
    ]),
  ),
};

/** The machine cannot run containers: that says nothing about this project. */
export class CannotRun extends Error {}

async function startEngine(): Promise<Engine> {
  let engine: Engine | undefined;
  try {
    engine = await Engine.start();
    await importBaseImages(engine);
    return engine;
  } catch (error) {
    await engine?.stop();
    throw new CannotRun(messageOf(error), { cause: error });
  }
}

/** The compose file of this project, run by an engine of its own. */
export class ComposeWorld {
  readonly engine: Engine;
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator-compose-"));
  readonly giteaPort: number;
  readonly agentPort: number;

  private constructor(engine: Engine, [giteaPort, agentPort]: readonly [number, number]) {
    this.engine = engine;
    this.giteaPort = giteaPort;
    this.agentPort = agentPort;
  }

  /** Starts the engine and makes the images; no container runs yet. Rejects with `CannotRun` where the machine does not let it. */
  static async create(): Promise<ComposeWorld> {
    const engine = await startEngine();
    const world = new ComposeWorld(engine, [await freePort(), await freePort()]);
    try {
      // JSON is YAML.
      writeFileSync(join(world.folder, "override.yml"), JSON.stringify(OVERRIDE));
      await world.compose(["build", "agent"], { timeoutMs: 400_000 });
      await world.#buildGitea();
      return world;
    } catch (error) {
      await world.remove();
      throw error;
    }
  }

  get gitea(): string {
    return `http://localhost:${this.giteaPort}`;
  }

  get agent(): string {
    return `http://localhost:${this.agentPort}`;
  }

  compose(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const files = ["docker-compose.yml", join(this.folder, "override.yml")];
    const env = {
      GITEA_IMAGE,
      GITEA_PORT: String(this.giteaPort),
      AGENT_PORT: String(this.agentPort),
    };
    const all = ["-p", NAME, ...files.flatMap((file) => ["-f", file]), ...args];
    return this.engine.compose(all, { ...options, env, cwd: PROJECT });
  }

  /** What the containers of one service printed, or of all. */
  async logs(...services: readonly string[]): Promise<string> {
    const { stdout } = await this.compose(["logs", "--no-color", ...services]);
    return stdout;
  }

  /** The id of a service's container. */
  async container(service: string): Promise<string> {
    const filters = [`com.docker.compose.project=${NAME}`, `com.docker.compose.service=${service}`];
    const args = filters.flatMap((filter) => ["--filter", `label=${filter}`]);
    const { stdout } = await this.engine.docker(["ps", "-aq", ...args]);
    return stdout.trim();
  }

  /** What the engine still has of the project: containers, networks, and volumes with and without a name. */
  async leftovers(): Promise<readonly string[]> {
    const filter = ["--filter", `label=com.docker.compose.project=${NAME}`];
    const lists = await Promise.all([
      this.engine.docker(["ps", "-aq", ...filter]),
      this.engine.docker(["volume", "ls", "-q"]),
      this.engine.docker(["network", "ls", "-q", ...filter]),
    ]);
    return lists.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line !== ""));
  }

  async remove(): Promise<void> {
    await this.engine.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #buildGitea(): Promise<void> {
    const context = join(this.folder, "gitea");
    cpSync(join(PROJECT, "test/containers/gitea-image"), context, { recursive: true });
    cpSync(join(PROJECT, "test/support"), join(context, "support"), { recursive: true });
    // The stand-in runs from sources, which the image of the program does not have.
    for (const sources of ["agent", "devserver"])
      cpSync(join(PROJECT, sources), join(context, sources), { recursive: true });
    const args = [`NODE_IMAGE=${NODE_IMAGE}`, `PROGRAM_IMAGE=${PROGRAM_IMAGE}`];
    const build = ["build", "-q", "-t", GITEA_IMAGE];
    const all = [...build, ...args.flatMap((arg) => ["--build-arg", arg]), context];
    await this.engine.docker(all, { timeoutMs: 120_000 });
  }
}
