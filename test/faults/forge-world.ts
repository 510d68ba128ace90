import { expect } from "chai";
import type { ExplainAnswer } from "../../agent/api/explain/explain-contract.ts";
import type { MadePullRequest, MergeStyle } from "../contract/forge/forge-world.ts";
import type { AgentProcess } from "../support/agent-process.ts";
import { CANARIES, checkWorld } from "../support/check-world.ts";
import type { LabelSeen } from "../support/evidence.ts";
import { eventually } from "../support/eventually.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { PlanWorld } from "../support/plan-world.ts";
import { entityIds, specYaml } from "../support/spec-yaml.ts";
import { sumOf } from "./cycle-count.ts";
import type { RunGiven, RunReport } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import { ForgeSide } from "./forge-side.ts";

export const ROOM = "room-story";
const OTHER = "room-other";
const QUIET_CYCLES = 10;
const BEGINNING = entityIds(4);

const pathOf = (roomId: string) => `rooms/${roomId}.room.yaml`;

/** Entities that leave: more than may go without a yes, or so few that nobody is asked. */
export type Change = "takes three" | "takes one" | "adds";

/** What a room should have after a change: it always brings somebody new. */
export const AFTER: Readonly<Record<Change, readonly string[]>> = {
  "takes three": ["E-01", "E-05"],
  "takes one": ["E-01", "E-02", "E-03", "E-05"],
  adds: [...BEGINNING, "E-05"],
};

/** What is in the room while removals wait, and the rest goes on. */
export const WAITING: readonly string[] = [...BEGINNING, "E-05"];
export const BEFORE: readonly string[] = BEGINNING;

/** A Gitea and an agent as a real process, with a room whose story is told in pull requests and one that is left in peace. */
export class ForgeFaultWorld {
  readonly plan: PlanWorld;
  readonly forge: ForgeSide;
  /** Between the agent and the forge, git and API. */
  readonly proxy: FaultProxy;
  /** Names of the invariants that were checked so far. */
  readonly invariants: string[] = [];
  readonly #run: RunGiven;
  readonly #labelled: LabelSeen[] = [];
  /** Pull requests with a label for a dry run, and the revisions that they were merged as. */
  readonly #dryRuns = new Set<number>();
  readonly #rehearsed = new Set<string>();
  #agent: AgentProcess | null = null;
  #version = 1;
  #books = "";

  private constructor(plan: PlanWorld, proxy: FaultProxy, run: RunGiven) {
    this.plan = plan;
    this.forge = new ForgeSide(plan, run);
    this.proxy = proxy;
    this.#run = run;
  }

  static async create(run: RunGiven): Promise<ForgeFaultWorld> {
    const spec = (roomId: string) => specYaml({ roomId, version: 1, entities: BEGINNING });
    const files = { [pathOf(ROOM)]: spec(ROOM), [pathOf(OTHER)]: spec(OTHER) };
    const plan = await PlanWorld.create(files, { Auth__Token: CANARIES.roomServer });
    const proxy = await FaultProxy.start(plan.gitea.url);
    plan.agent.patienceMs = PATIENCE_MS;
    plan.agent.settings({
      Git__Sources__0__Url: `${proxy.origin}/${plan.people.repository}.git`,
      Git__Sources__0__Forge__TimeoutSeconds: "2",
      // A program goes by the real time.
      Git__Sources__0__IntervalSeconds: "0.2",
      Operator__Reconciliation__IntervalSeconds: "0.2",
    });
    const made = new ForgeFaultWorld(plan, proxy, run);
    run.keep("agent.log", () => plan.agent.said);
    run.keep("audit.txt", () => made.#books);
    run.keep("forge-requests.txt", () =>
      plan.gitea.requests.map(({ method, path }) => `${method} ${path}`).join("\n"),
    );
    return made;
  }

  /** Starts the agent, and waits until both rooms are as the branch says. */
  async begin(): Promise<void> {
    await this.startAgent();
    const { agent } = this.plan;
    const head = this.#git.head();
    for (const room of [ROOM, OTHER]) await agent.verified(room, head);
    await this.check();
  }

  async startAgent(): Promise<void> {
    this.#agent = await this.plan.agent.spawn();
  }

  get agent(): AgentProcess {
    if (this.#agent === null) throw new Error("the agent was not started");
    return this.#agent;
  }

  get #git() {
    const repo = this.plan.gitea.state.repos.find(({ fork }) => fork === null);
    if (repo === undefined) throw new Error("the forge has no repository");
    return repo.git;
  }

  /** A pull request with the next state of the room. */
  async open(change: Change): Promise<MadePullRequest> {
    this.#version += 1;
    const entities = AFTER[change];
    const text = specYaml({ roomId: ROOM, version: this.#version, entities });
    return this.plan.people.open({ files: { [pathOf(ROOM)]: text } });
  }

  /** Waits until the plan of its head can be read, and is known to have been shown. */
  async shown(pull: MadePullRequest): Promise<void> {
    const head = await this.plan.headOf(pull);
    await eventually(
      `the plan of ${head} is shown`,
      async () => {
        const list = (await this.plan.pullsOf())?.list ?? [];
        const found = list.find(({ number }) => number === pull.number);
        return found?.plannedHead === head && found.error === null;
      },
      PATIENCE_MS,
    );
    expect(await this.plan.plans(pull), "comments of the agent").to.have.length(1);
  }

  /** A person reads what the agent wrote there, and sets the label. */
  async setLabel(pull: MadePullRequest, name: "confirm" | "dry-run"): Promise<void> {
    const { number } = pull;
    if (name === "dry-run") this.#dryRuns.add(number);
    else
      for (const { body } of await this.plan.plans(pull))
        this.#labelled.push({ pull: number, room: ROOM, items: refusedIn(body) });
    await this.plan.people.setLabel(pull, name);
  }

  /** The way in which it is merged depends on the seed. */
  async merge(pull: MadePullRequest): Promise<string> {
    const styles: readonly MergeStyle[] = ["merge", "squash", "rebase"];
    const style = styles[(this.#run.seed - 1) % styles.length] ?? "merge";
    const sha = await this.plan.people.merge(pull, style);
    if (this.#dryRuns.has(pull.number)) this.#rehearsed.add(`main@sha1:${sha}`);
    return sha;
  }

  async entities(room = ROOM): Promise<readonly string[]> {
    return (await this.plan.agent.contents(room)).entities;
  }

  async has(entities: readonly string[], room = ROOM): Promise<void> {
    await eventually(
      `${room} has ${entities.join()}`,
      async () => {
        const now = await this.entities(room);
        if (now.join() === entities.join()) return true;
        throw new Error(`${room} has ${now.join()}`);
      },
      PATIENCE_MS,
    );
  }

  /** Somebody takes an entity out of each room, and the agent puts both back. */
  async mendsBoth(): Promise<void> {
    const { agent } = this.plan;
    for (const room of [ROOM, OTHER]) {
      await agent.kickByHand(room, "E-01");
      await eventually(
        `E-01 is back in ${room}`,
        async () => (await this.entities(room)).includes("E-01"),
        PATIENCE_MS,
      );
    }
  }

  /** Waits until the source warns of this, or no more. */
  async warns(reason: string, isOn = true): Promise<void> {
    const have = async () => {
      const { sources } = await this.plan.agent.status();
      return sources[0]?.warnings.some((one) => one.reason === reason) === isOn;
    };
    await eventually(`${reason} is ${isOn ? "on" : "over"}`, have, PATIENCE_MS);
  }

  /** Status, health, log, audit, a gauge and `explain` say why. */
  async says(reason: string): Promise<void> {
    await this.warns(reason);
    const { agent } = this.plan;
    expect(await agent.text("/health"), "health").to.include(reason);
    const metrics = await agent.text("/metrics");
    expect(metrics, "metrics").to.match(new RegExp(`source_warning\\{[^}]*${reason}[^}]*\\} 1`));
    const warned = (await agent.audit("source.warned")).map(({ metadata }) => metadata["reason"]);
    expect(warned, "audit").to.include(reason);
    const { body } = await agent.get<ExplainAnswer>(`/rooms/${ROOM}/explain`);
    expect(JSON.stringify(body), "explain").to.include(reason);
    expect(agent.said, "log").to.include(`"reason":"${reason}"`);
  }

  /** What holds in every world at every moment. While something is at fault an intent may stay open. */
  async check(given: { readonly settled?: boolean } = {}): Promise<void> {
    const { agent, people } = this.plan;
    const known = {
      ...given,
      labelled: this.#labelled,
      rehearsed: this.#rehearsed,
      secrets: [people.token("agent")],
    };
    this.invariants.push(...(await checkWorld(agent, [this.#git], known)));
  }

  /** Keeps what the agent wrote down so far, for who asks why something did not hold. */
  async note(): Promise<void> {
    this.#books = await this.plan.agent.text(`/audit?count=1000&roomId=${ROOM}`).catch(String);
  }

  /** Nothing is written for ten polls and as many passes. */
  async quiet(): Promise<void> {
    const { agent } = this.plan;
    const counts = async () => {
      const metrics = await agent.text("/metrics");
      return ["room_operator_source_polls_total", "room_operator_reconcile_attempts_total"].map(
        (series) => sumOf(metrics, series),
      );
    };
    const before = await counts();
    const writes = await agent.writes();
    const have = async () =>
      (await counts()).every((count, at) => count >= (before[at] ?? 0) + QUIET_CYCLES);
    await eventually("ten quiet cycles", have, PATIENCE_MS);
    expect(await agent.writes(), "writes while nothing changes").to.deep.equal(writes);
  }

  async remove(takeAway: () => void = () => undefined): Promise<void> {
    this.forge.heal();
    await this.#agent?.end();
    takeAway();
    await this.plan.remove();
    await this.proxy.stop();
  }
}

/** Plays something in a world that has converged, and sees that it has come to rest afterwards. */
export async function inForgeWorld(
  run: RunGiven,
  play: (world: ForgeFaultWorld, run: RunGiven) => Promise<void>,
  host: (world: ForgeFaultWorld) => () => void = () => () => undefined,
): Promise<RunReport> {
  const world = await ForgeFaultWorld.create(run);
  const takeAway = host(world);
  try {
    await world.begin();
    await play(world, run);
    await world.quiet();
    await world.check();
    return { cycles: null, invariants: world.invariants };
  } catch (error) {
    await world.note();
    throw error;
  } finally {
    await world.remove(takeAway);
  }
}

/** The removals that a comment lists as refused. */
function refusedIn(body: string): readonly string[] {
  const [, list = ""] = body.split("**Refused until a person confirms it:**");
  const [lines = ""] = list.split("**Why:**");
  return [...lines.matchAll(/^- `([^`]+)`$/gm)].map(([, item = ""]) => item);
}
