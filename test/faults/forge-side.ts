import type { AgentProcess } from "../support/agent-process.ts";
import type { ForgeFault, ForgeRequest } from "../support/forge/gitea-fault.ts";
import type { PlanWorld } from "../support/plan-world.ts";
import type { RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";

/** Whether a request is one that is meant. */
export type Asks = (request: ForgeRequest) => boolean;

/** What goes wrong when the agent asks the forge's API; people are answered as ever. */
export class ForgeSide {
  readonly #plan: PlanWorld;
  readonly #run: RunGiven;

  constructor(plan: PlanWorld, run: RunGiven) {
    this.#plan = plan;
    this.#run = run;
  }

  /** Spoils what the agent asks of the forge's API, as far as `on` says. */
  break(fault: ForgeFault, on: Asks = () => true): void {
    this.#plan.gitea.fault = (request) => (this.#isOurs() && on(request) ? fault : undefined);
  }

  heal(): void {
    this.#plan.gitea.heal();
  }

  /** Strikes once, when the agent asks this; it is answered as ever. */
  at(on: Asks, strike: () => void): void {
    const { gitea } = this.#plan;
    gitea.fault = (request) => {
      if (!this.#isOurs() || !on(request)) return undefined;
      gitea.heal();
      strike();
      return undefined;
    };
  }

  /** Whether the newest request is the agent's. */
  #isOurs(): boolean {
    const { gitea, people } = this.#plan;
    return gitea.requests.at(-1)?.authorization === `token ${people.token("agent")}`;
  }

  /** Kills the agent when it asks this, and what it asked for happens or does not. Resolves when it is dead. */
  async killedAt(agent: AgentProcess, on: Asks, act: () => Promise<unknown>): Promise<void> {
    const { gitea } = this.#plan;
    const { seed } = this.#run;
    const strike = (): ForgeFault | undefined => {
      gitea.heal();
      if (agent.pid !== undefined) process.kill(agent.pid, "SIGKILL");
      return seed % 3 === 1 ? { kind: "hang" } : undefined;
    };
    gitea.fault = (request) => {
      if (!this.#isOurs() || !on(request)) return undefined;
      if (seed % 3 !== 0) return strike();
      gitea.heal();
      setTimeout(strike, seed);
      return undefined;
    };
    await act();
    await Promise.race([agent.ended, late("the agent is killed")]);
    this.#run.count("kills of the agent", 1);
  }
}

function late(what: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Error(`not within ${PATIENCE_MS} ms: ${what}`));
    setTimeout(fail, PATIENCE_MS).unref();
  });
}
