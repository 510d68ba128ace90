import { createAgent, type Agent } from "../../agent/run/agent.ts";
import type { Operator } from "../../agent/api/operator.ts";
import type { Config } from "../../agent/config/config.ts";
import { loadConfig } from "../../agent/config/load-config.ts";
import { GUARDRAILS } from "../../agent/guardrail/objections.ts";
import type { Clock } from "../../agent/kernel/clock.ts";
import { systemClock } from "../../agent/kernel/clock.ts";
import type { RoomServer } from "../../agent/roomserver/room-server.ts";
import type { SpecSource } from "../../agent/source/spec-source.ts";
import type { Store } from "../../agent/store/store.ts";
import { createLogger } from "../../agent/telemetry/logger.ts";
import { createMetrics, type Metrics } from "../../agent/telemetry/metrics.ts";
import { createRedactor } from "../../agent/telemetry/redactor.ts";
import type { CrashPoint } from "../support/crash-world.ts";

/** What an agent in memory works on. All of it outlives the agent. */
export interface Surroundings {
  readonly clock: Clock;
  readonly store: Store;
  readonly server: RoomServer;
  readonly source: SpecSource;
  /** What the source is called in the configuration; null: no source is configured. */
  readonly sourceName: string | null;
  /** A sync window keeps new specs from every room. */
  readonly isWindowClosed: boolean;
  /** The source prunes. Absent: it does not. */
  readonly prunes?: boolean;
  readonly newId: () => string;
}

/** Intervals of ten seconds, low limits: two kicks and one delete per pass, half of a room at most. */
const SETTINGS: Record<string, string> = {
  RoomServer__BaseUrl: "http://rooms.test",
  Git__Sources__0__Name: "specs",
  Git__Sources__0__Url: "https://git.test/specs.git",
  Git__Sources__0__IntervalSeconds: "10",
  Operator__Reconciliation__IntervalSeconds: "10",
  Operator__Reconciliation__ParallelRooms: "2",
  Operator__Reconciliation__Guardrails__MaxEntitiesKickPerCycle: "2",
  Operator__Reconciliation__Guardrails__MaxArtifactsDeletePerCycle: "1",
  Store__Path: "/nowhere",
};

/**
 * The agent that people run, over doubles, until it is stopped or dies. A dead agent is one whose every call hangs: nothing
 * of it ever happens again.
 */
export class MortalAgent {
  dead = false;
  /** Waited for before every call of the store's `readRoom` and of the source: to let things overtake each other. */
  turn: (call: string) => Promise<void> = async () => undefined;
  readonly #deaths: CrashPoint[] = [];
  #deeds = 0;
  #operator: Operator | null = null;
  #agent: Agent | null = null;

  static async start(on: Surroundings): Promise<MortalAgent> {
    const mortal = new MortalAgent();
    const { config, metrics } = await program(on);
    mortal.#agent = createAgent(config, {
      logger,
      metrics,
      clock: on.clock,
      newId: on.newId,
      random: () => 0.5,
      implementations: {
        // The windows that there are never change while an agent lives.
        everyMinute: () => ({ stop: async () => undefined }),
        openStore: async () => mortal.#embody(on.store, ["write"]),
        openRoomServer: () => mortal.#embody(on.server, SERVER_DEEDS),
        openSource: ({ name }) => mortal.#embody(on.source, [], name),
        createApi: ({ operator }) => {
          mortal.#operator = operator;
          return { start: async () => ({ url: "memory:" }), stop: async () => undefined };
        },
      },
    });
    await mortal.#agent.start();
    return mortal;
  }

  /** It dies at the `nth` store write or server call from now. */
  dieAt({ nth, when }: CrashPoint): void {
    this.#deaths.push({ nth: this.#deeds + nth, when });
  }

  /** Store writes and server calls it began. */
  get deeds(): number {
    return this.#deeds;
  }

  get operator(): Operator {
    if (this.#operator === null) throw new Error("the agent was not started");
    return this.#operator;
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
  }

  /** `called`: what it answers as its `name`. */
  #embody<T extends object>(target: T, deeds: readonly string[], called?: string): T {
    return new Proxy(target, {
      get: (_target, name) => {
        if (name === "name" && called !== undefined) return called;
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        const isDeed = deeds.includes(String(name));
        const isTurn = TURNS.includes(String(name));
        return (...args: unknown[]) =>
          this.#live(async () => {
            if (isTurn) await this.turn(String(name));
            return Reflect.apply(member, target, args) as Promise<unknown>;
          }, isDeed);
      },
    });
  }

  async #live<T>(run: () => Promise<T>, isDeed: boolean): Promise<T> {
    if (isDeed) this.#deeds += 1;
    if (isDeed) this.#mayDie("before");
    if (this.dead) return never();
    try {
      return await run();
    } finally {
      if (isDeed) this.#mayDie("after");
      if (this.dead) await never();
    }
  }

  #mayDie(when: CrashPoint["when"]): void {
    this.dead ||= this.#deaths.some((death) => death.nth === this.#deeds && death.when === when);
  }
}

const SERVER_DEEDS = [
  "readState",
  "readFingerprint",
  "join",
  "kick",
  "seed",
  "promote",
  "deleteArtifact",
  "setPolicy",
  "ensureResource",
];

const TURNS = ["readRoom", "poll", "sync", "settle"];

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

const logger = createLogger({
  level: "silent",
  name: "room-operator",
  clock: systemClock,
  redactor: createRedactor(),
  output: { write: () => undefined },
});

interface Program {
  readonly config: Config;
  readonly metrics: Metrics;
}

/** On from before any story begins until after it ends. Times that overlap would have each new agent look hundreds of them up. */
const CLOSED: Record<string, string> = {
  Operator__SyncWindows__0__Kind: "deny",
  Operator__SyncWindows__0__Schedule: "0 0 1 * *",
  Operator__SyncWindows__0__Duration: "600h",
};

type Asked = Pick<Surroundings, "sourceName" | "isWindowClosed" | "prunes">;

const made = new Map<string, Promise<Program>>();

/** Configuration and metrics serve all agents of a process: making them is slow, and they remember nothing that counts. */
function program(asked: Asked): Promise<Program> {
  const { sourceName, isWindowClosed, prunes = false } = asked;
  const key = `${sourceName} ${isWindowClosed} ${prunes}`;
  const known = made.get(key) ?? makeProgram(asked);
  made.set(key, known);
  return known;
}

async function makeProgram(asked: Asked): Promise<Program> {
  const { sourceName, isWindowClosed, prunes = false } = asked;
  const source = Object.entries(SETTINGS).filter(([key]) => key.startsWith("Git__"));
  const rest = Object.entries(SETTINGS).filter(([key]) => !key.startsWith("Git__"));
  const named = { ...Object.fromEntries(source), Git__Sources__0__Name: sourceName ?? "" };
  const loaded = await loadConfig({
    cwd: "/nowhere",
    env: {
      ...Object.fromEntries(rest),
      ...(sourceName === null ? {} : named),
      ...(prunes ? { Git__Sources__0__Prune: "true" } : {}),
      ...(isWindowClosed ? CLOSED : {}),
    },
    readFile: () => Promise.reject(Object.assign(new Error("no file"), { code: "ENOENT" })),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const metrics = createMetrics({
    version: loaded.config.operator.version,
    sources: loaded.config.git.sources.map(({ name }) => name),
    guardrails: GUARDRAILS.map(({ name }) => name),
    process: false,
  });
  return { config: loaded.config, metrics };
}
