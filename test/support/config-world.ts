import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentWorld, type Answer } from "./agent-world.ts";
import { fetchAgain } from "./fetch-again.ts";
import { GitRepository } from "./git-repository.ts";

type Section = Readonly<Record<string, unknown>>;

/** A world whose agent has its sources, and what else a test says, from a configuration file. */
export class ConfigWorld {
  readonly world: AgentWorld;
  readonly file: string;
  readonly #repositories = new Map<string, GitRepository>();

  private constructor(world: AgentWorld) {
    this.world = world;
    this.file = join(world.folder, "agent.json");
    world.configFile = this.file;
    world.followsGit = false;
  }

  static async create(env: Record<string, string> = {}): Promise<ConfigWorld> {
    return new ConfigWorld(await AgentWorld.create(env));
  }

  /** The repository that `source` of this name follows; made as it is first asked for. */
  repository(name: string): GitRepository {
    const { root } = this.world.repository;
    const known = this.#repositories.get(name);
    const repository = known ?? GitRepository.create({ root, name: `${name}.git` });
    this.#repositories.set(name, repository);
    return repository;
  }

  /** An entry of `Git.Sources` that follows the repository of its name, or of another one. */
  source(name: string, others: Section = {}, repository = name): Section {
    const Url = this.world.git.url(`${repository}.git`);
    return { Name: name, Url, IntervalSeconds: 0.2, ...others };
  }

  write(sources: readonly Section[], others: Section = {}): void {
    writeFileSync(this.file, JSON.stringify({ ...others, Git: { Sources: sources } }, null, 2));
  }

  /** Writes the file and has the agent read it. */
  reload(sources: readonly Section[], others: Section = {}): Promise<Answer<ReloadBody>> {
    this.write(sources, others);
    return this.ask();
  }

  async ask(): Promise<Answer<ReloadBody>> {
    const answer = await fetchAgain(`${this.world.url}/reload`, { method: "POST" });
    return { status: answer.status, body: (await answer.json()) as ReloadBody };
  }
}

/** Whatever `POST /reload` answers. */
export interface ReloadBody {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly name: string; readonly message: string }[];
  readonly changes?: readonly {
    readonly what: string;
    readonly key: string;
    readonly source: string | null;
  }[];
}
