import { z } from "zod";
import type { statusAnswer } from "../../agent/api/status-contract.ts";
import type { MadePullRequest } from "../../test/contract/forge/forge-world.ts";
import { eventually } from "../../test/support/eventually.ts";
import { GiteaWorld } from "../../test/support/forge/gitea-world.ts";
import { BenchWorld, UNLIMITED } from "./bench-world.ts";
import type { BenchOptions } from "./bench.ts";
import { Child } from "./child.ts";
import { forgeMoment } from "./forge-moment.ts";
import type { ForgeMoment } from "./forge-moment.ts";
import { fullSpec, roomPath } from "./specs.ts";

const ADMIN = { login: "ops", password: "opspass1234" };
const SECRET = "bench-secret-of-at-least-some-length";

/** Nothing is looked at in this time but after a webhook. */
const RARELY_S = "3600";

/** Seconds between two looks of an agent that polls: more than `seen` waits. */
export function pollSeconds(quick: boolean): number {
  return quick ? 2 : 5;
}

/** So long after the last request of the agent no other is expected, ms. */
const STILL_MS = 500;

const SHOWN_MS = 30_000;

/** How the agent learns of news. */
export type Way = "webhook" | "poll";

/** A stand-in for Gitea, a RoomServer and an agent, each in a process of its own, and people who use them. */
export class ForgeBenchWorld {
  readonly people: GiteaWorld;
  readonly world: BenchWorld;
  readonly #forge: Child;
  readonly #url: string;
  #agentUrl = "";
  #version = 1;

  private constructor(parts: { world: BenchWorld; forge: Child; people: GiteaWorld; url: string }) {
    this.world = parts.world;
    this.#forge = parts.forge;
    this.people = parts.people;
    this.#url = parts.url;
  }

  static async create(): Promise<ForgeBenchWorld> {
    const world = await BenchWorld.create();
    const forge = Child.start("./forge-process.ts");
    const { url } = await forge.ask("start", ADMIN, z.object({ url: z.string() }));
    const people = await GiteaWorld.start({ url, admin: ADMIN });
    for (const name of ["confirm", "dry-run"]) await people.makeLabel(name);
    const made = new ForgeBenchWorld({ world, forge, people, url });
    await people.merge(await people.open({ files: made.next(false) }), "squash");
    return made;
  }

  /** Starts the agent over this world's store; it is woken by webhooks, or looks by itself. */
  async start(
    way: Way,
    env: Readonly<Record<string, string>>,
    options: BenchOptions,
  ): Promise<void> {
    await this.world.stopAgent();
    const isPolled = way === "poll";
    const { url } = await this.world.startAgent(
      {
        ...UNLIMITED,
        Git__Sources__0__Url: `${this.#url}/${this.people.repository}.git`,
        Git__Sources__0__IntervalSeconds: isPolled ? "1" : "300",
        Git__Sources__0__Forge__Kind: "gitea",
        Git__Sources__0__Forge__Token: this.people.token("agent"),
        Git__Sources__0__Plan__IntervalSeconds: isPolled
          ? String(pollSeconds(options.quick))
          : RARELY_S,
        // Whatever leaves needs a yes.
        Operator__Reconciliation__Guardrails__ChangeThreshold: "0",
        ...(isPolled ? {} : { Git__Sources__0__Webhook__Secret: SECRET }),
        ...env,
      },
      options,
    );
    this.#agentUrl = url;
    if (!isPolled) await this.#addWebhook();
  }

  /** What the agent is told of pushes and pull requests. */
  async #addWebhook(): Promise<void> {
    await this.people.api("ada").done("POST", this.people.path("/hooks"), {
      type: "gitea",
      active: true,
      config: { url: `${this.#agentUrl}/webhooks/specs`, content_type: "json", secret: SECRET },
      events: ["push", "pull_request_only", "pull_request_label", "pull_request_sync"],
    });
  }

  /** The next version of the room, with or without the guest who makes the difference. */
  next(withGuest: boolean): Record<string, string> {
    const version = this.#version;
    this.#version += 1;
    return { [roomPath(0)]: fullSpec(0, version, withGuest ? ["E-guest"] : []) };
  }

  /** A commit that comes to the branch without a pull request. */
  async push(files: Readonly<Record<string, string>>): Promise<string> {
    const { clone, repository } = this.people;
    const url = new URL(`${this.#url}/${repository}.git`);
    url.username = this.people.person("ada").login;
    url.password = this.people.token("ada");
    await clone.takeMain(url.href);
    const sha = clone.commit(files, "main", [clone.head("main")]);
    await clone.push(url.href, "main");
    return sha;
  }

  async status(): Promise<z.infer<typeof statusAnswer>> {
    const answer = await fetch(`${this.#agentUrl}/status`);
    return (await answer.json()) as z.infer<typeof statusAnswer>;
  }

  /** Waits until the plan of a head is shown, and remembered as shown. */
  async shown({ number }: MadePullRequest, head?: string): Promise<void> {
    const have = async () => {
      const list = (await this.status()).sources[0]?.pullRequests?.list ?? [];
      const found = list.find((one) => one.number === number);
      const plannedHead = found?.plannedHead ?? null;
      return head === undefined ? plannedHead !== null : plannedHead === head;
    };
    await eventually(`the plan of pull request ${number} is shown`, have, SHOWN_MS);
  }

  /** What the forge saw since it was asked last. */
  take(): Promise<readonly ForgeMoment[]> {
    return this.#forge.ask("take", null, z.array(forgeMoment));
  }

  /** The same, once the agent asks no more. */
  async seen(): Promise<readonly ForgeMoment[]> {
    const all: ForgeMoment[] = [];
    for (let isStill = false; !isStill;) {
      await new Promise((resolve) => setTimeout(resolve, STILL_MS));
      const more = await this.take();
      isStill = this.ofAgent(more).length === 0;
      all.push(...more);
    }
    return all;
  }

  ofAgent(moments: readonly ForgeMoment[]): readonly Extract<ForgeMoment, { kind: "asked" }>[] {
    const ours = `token ${this.people.token("agent")}`;
    return moments.flatMap((one) =>
      one.kind === "asked" && one.authorization === ours ? [one] : [],
    );
  }

  async remove(): Promise<void> {
    await this.world.remove();
    await this.people.end();
    await this.#forge.stop();
  }
}
