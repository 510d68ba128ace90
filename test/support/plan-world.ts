import { z } from "zod";
import type { Files, MadePullRequest } from "../contract/forge/forge-world.ts";
import { AgentWorld } from "./agent-world.ts";
import { eventually } from "./eventually.ts";
import type { GiteaSite } from "./forge/gitea-person.ts";
import { GiteaStandIn } from "./forge/gitea-stand-in.ts";
import { GiteaWorld } from "./forge/gitea-world.ts";

const comments = z.array(
  z.object({ id: z.int(), body: z.string(), user: z.object({ login: z.string() }) }),
);
const statuses = z.array(
  z.object({ id: z.int(), context: z.string(), status: z.string(), description: z.string() }),
);

/** The shortest time between two looks at the pull requests is 1 s. */
const SPEED = 5;
const SECRET = "a-secret-of-a-webhook-that-is-long";

/** A Gitea with a repository of specs, a RoomServer, and an agent that plans its pull requests, in one process. */
export class PlanWorld {
  readonly people: GiteaWorld;
  readonly agent: AgentWorld;
  readonly #standIn: GiteaStandIn | null;

  private constructor(standIn: GiteaStandIn | null, people: GiteaWorld, agent: AgentWorld) {
    this.#standIn = standIn;
    this.people = people;
    this.agent = agent;
  }

  /** `files`: what the branch has besides. `env` is added to the agent's configuration. */
  static async start(files: Files, env: Readonly<Record<string, string>> = {}): Promise<PlanWorld> {
    const world = await PlanWorld.create(files, env);
    await world.agent.start();
    return world;
  }

  /** Everything but a running agent. */
  static async create(
    files: Files,
    env: Readonly<Record<string, string>> = {},
  ): Promise<PlanWorld> {
    const gitea = await GiteaStandIn.start();
    return PlanWorld.#createAt(gitea.site, { gitea, files, env });
  }

  /** The same at a Gitea that runs elsewhere. */
  static async startAt(
    site: GiteaSite,
    files: Files,
    env: Readonly<Record<string, string>> = {},
  ): Promise<PlanWorld> {
    const world = await PlanWorld.#createAt(site, { gitea: null, files, env });
    await world.agent.start();
    return world;
  }

  static async #createAt(
    site: GiteaSite,
    {
      gitea,
      files,
      env,
    }: { gitea: GiteaStandIn | null; files: Files; env: Readonly<Record<string, string>> },
  ): Promise<PlanWorld> {
    const people = await GiteaWorld.start(site);
    for (const name of ["confirm", "dry-run"]) await people.makeLabel(name);
    await people.merge(await people.open({ files }), "merge");
    const agent = await AgentWorld.create({
      Git__Sources__0__Url: `${site.url}/${people.repository}.git`,
      Git__Sources__0__Forge__Kind: "gitea",
      Git__Sources__0__Forge__Token: people.token("agent"),
      // In a time that passes `SPEED` times as fast. What is waited for are commits: they have passes of their own.
      Operator__Reconciliation__IntervalSeconds: `${SPEED}`,
      Git__Sources__0__IntervalSeconds: `${0.2 * SPEED}`,
      Git__Sources__0__Plan__IntervalSeconds: "1",
      Git__Sources__0__Webhook__Secret: SECRET,
      ...env,
    });
    agent.speed = SPEED;
    return new PlanWorld(gitea, people, agent);
  }

  /** The stand-in, of a world that has one. */
  get gitea(): GiteaStandIn {
    if (this.#standIn === null) throw new Error("the Gitea of this world runs elsewhere");
    return this.#standIn;
  }

  /** Has the forge deliver what happens to the agent. */
  async addWebhook(): Promise<void> {
    await this.people.api("ada").done("POST", this.people.path("/hooks"), {
      type: "gitea",
      active: true,
      config: { url: `${this.agent.url}/webhooks/specs`, content_type: "json", secret: SECRET },
      events: ["push", "pull_request_only", "pull_request_label", "pull_request_sync"],
    });
  }

  /** The agent's comments on a pull request. */
  async plans({ number }: MadePullRequest): Promise<readonly { id: number; body: string }[]> {
    const path = this.people.path(`/issues/${number}/comments`);
    const all = await this.people.api("ada").ask("GET", path, comments);
    return all.filter(({ user }) => user.login === this.people.person("agent").login);
  }

  /** Waits until the only comment of the agent has this text. */
  shows(pull: MadePullRequest, text: string | RegExp): Promise<string> {
    return eventually(`pull request ${pull.number} shows ${text}`, async () => {
      const [only, another] = await this.plans(pull);
      if (another !== undefined) throw new Error("the agent wrote two comments");
      const isThere =
        typeof text === "string" ? only?.body.includes(text) : only && text.test(only.body);
      return isThere === true ? only?.body : undefined;
    });
  }

  /** The statuses of a commit, oldest first. */
  async statuses(sha: string): Promise<readonly string[]> {
    const path = this.people.path(`/commits/${sha}/statuses`);
    const all = await this.people.api("ada").ask("GET", path, statuses);
    return all
      .filter(({ context }) => context.startsWith("room-operator/plan"))
      .sort((one, other) => one.id - other.id)
      .map(({ status }) => status);
  }

  /** Waits until the newest status of a commit is this. */
  marked(sha: string, state: string): Promise<unknown> {
    return eventually(`${sha} is marked ${state}`, async () => {
      const all = await this.statuses(sha);
      return all.at(-1) === state ? true : undefined;
    });
  }

  /** Waits until the agent remembers that it showed the plan of the newest head. */
  async planned(pull: MadePullRequest): Promise<void> {
    const head = await this.headOf(pull);
    await eventually(`the plan of ${head} is published`, async () => {
      const list = (await this.pullsOf())?.list ?? [];
      const found = list.find(({ number }) => number === pull.number);
      return found?.plannedHead === head ? true : undefined;
    });
  }

  /** Waits until the newest status of the synced commit, as `state: description`, is so. */
  synced(sha: string, expected: RegExp): Promise<unknown> {
    const path = this.people.path(`/commits/${sha}/statuses`);
    return eventually(`${sha} says ${expected}`, async () => {
      const all = await this.people.api("ada").ask("GET", path, statuses);
      const [newest] = all
        .filter(({ context }) => context === "room-operator/sync")
        .sort((one, other) => other.id - one.id);
      const said = `${newest?.status}: ${newest?.description}`;
      if (!expected.test(said)) throw new Error(said);
      return true;
    });
  }

  async headOf({ number }: MadePullRequest): Promise<string> {
    const schema = z.object({ head: z.object({ sha: z.string() }) });
    const path = this.people.path(`/pulls/${number}`);
    return (await this.people.api("ada").ask("GET", path, schema)).head.sha;
  }

  async pullsOf() {
    const { sources } = await this.agent.status();
    return sources[0]?.pullRequests;
  }

  async remove(): Promise<void> {
    await this.agent.remove();
    await this.people.end();
    await this.#standIn?.stop();
  }
}
