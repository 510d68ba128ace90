import type { Files, MadePullRequest, MergeStyle } from "../../contract/forge/forge-world.ts";
import { AgentWorld } from "../agent-world.ts";
import { GiteaStandIn } from "./gitea-stand-in.ts";
import { GiteaWorld } from "./gitea-world.ts";

const ADMIN = { login: "ops", password: "opspass1234" };

/** A forge with one repository, a RoomServer, and an agent that follows the repository with a token of its own. */
export class ForgeAgentWorld {
  readonly gitea: GiteaStandIn;
  readonly forge: GiteaWorld;
  readonly agent: AgentWorld;

  private constructor(parts: Pick<ForgeAgentWorld, "gitea" | "forge" | "agent">) {
    this.gitea = parts.gitea;
    this.forge = parts.forge;
    this.agent = parts.agent;
  }

  /** `files` are merged into `main` before the agent is there; `settings` are keys of its source. */
  static async create(
    files: Files,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ForgeAgentWorld> {
    const gitea = await GiteaStandIn.start();
    const forge = await GiteaWorld.start({ url: gitea.url, admin: ADMIN });
    const source = {
      Url: `${gitea.url}/${forge.repository}.git`,
      IntervalSeconds: "0.2",
      Auth__Kind: "token",
      Auth__Token: forge.token("agent"),
      Forge__Kind: "gitea",
      Forge__Token: forge.token("agent"),
      Plan__IntervalSeconds: "1",
      ...settings,
    };
    const env = Object.entries(source).map(([name, value]) => [`Git__Sources__0__${name}`, value]);
    const agent = await AgentWorld.create(Object.fromEntries(env) as Record<string, string>);
    const world = new ForgeAgentWorld({ gitea, forge, agent });
    await forge.makeLabel("confirm");
    await forge.makeLabel("dry-run");
    await world.merge(await forge.open({ files }));
    return world;
  }

  /** Returns the commit that `main` has now. */
  merge(pull: MadePullRequest, style: MergeStyle = "squash"): Promise<string> {
    return this.forge.merge(pull, style);
  }

  async remove(): Promise<void> {
    await this.agent.remove();
    await this.forge.end();
    await this.gitea.stop();
  }
}
