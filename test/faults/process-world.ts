import { DatabaseSync } from "node:sqlite";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ConfirmationRow, IntentRow } from "../../agent/room/rows.ts";
import type { WriteEntry } from "../../devserver/write-log.ts";
import type { AgentProcess } from "../support/agent-process.ts";
import { AgentWorld } from "../support/agent-world.ts";
import { canarySettings, checkWorld } from "../support/check-world.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { eventually } from "../support/eventually.ts";
import { specYaml, type SpecYamlGiven } from "../support/spec-yaml.ts";
import { SwitchedProgram } from "./switched-program.ts";
import { SWITCHES_VARIABLE, setSwitches, type Switches } from "./switches.ts";
import type { RunGiven } from "./fault-case.ts";

export const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

/** The longest wait for anything that has to come, ms: far more than it takes, so that a busy machine does not matter. */
export const PATIENCE_MS = 40_000;

/** What a room should be, and the texts of its seeds by artifact. */
export interface RoomGiven extends SpecYamlGiven {
  readonly seeds?: Readonly<Record<string, string>>;
}

/** One program for all worlds: it is only read. */
let program: SwitchedProgram | null = null;

function switchedProgram(): SwitchedProgram {
  if (program !== null) return program;
  const made = new SwitchedProgram();
  program = made;
  process.on("exit", () => made.remove());
  return made;
}

/** An agent as a real process whose switches a test holds, on a real store, with one room. */
export class ProcessWorld {
  readonly world: AgentWorld;
  /** Between the agent and the RoomServer. */
  readonly roomProxy: FaultProxy;
  readonly #switches: string;
  #version = 0;
  #agent: AgentProcess | null = null;

  private constructor(world: AgentWorld, roomProxy: FaultProxy) {
    this.world = world;
    this.roomProxy = roomProxy;
    this.#switches = join(world.folder, "switches.json");
  }

  static async create(run: RunGiven, env: Record<string, string> = {}): Promise<ProcessWorld> {
    const { launcher, env: compiled } = switchedProgram();
    const world = await AgentWorld.create({ ...canarySettings(), ...compiled, ...env });
    world.launcher = launcher;
    const made = new ProcessWorld(world, await FaultProxy.start(world.roomServerUrl));
    world.settings({
      [SWITCHES_VARIABLE]: made.#switches,
      RoomServer__BaseUrl: made.roomProxy.origin,
    });
    run.keep("agent.log", () => world.said);
    return made;
  }

  get agent(): AgentProcess {
    if (this.#agent === null) throw new Error("the agent was not started");
    return this.#agent;
  }

  /** Starts the agent and waits until it serves its API. */
  async start(): Promise<AgentProcess> {
    this.#agent = await this.world.spawn();
    return this.#agent;
  }

  /** Starts the agent, and waits until the room is as the first commit says. */
  async begin(room: RoomGiven): Promise<void> {
    this.push(room);
    await this.start();
    await this.verified();
  }

  /** Commits the room as the next version. */
  push({ seeds = {}, ...spec }: RoomGiven, message = "Change the room"): string {
    this.#version += 1;
    const files = Object.entries(seeds).map(([name, text]) => [`seeds/${name}.md`, text]);
    const text = specYaml({ roomId: ROOM, version: this.#version, ...spec });
    return this.world.commit({ [PATH]: text, ...Object.fromEntries(files) }, message);
  }

  set(switches: Switches): void {
    rmSync(`${this.#switches}.killed`, { force: true });
    setSwitches(this.#switches, switches);
  }

  /** Waits until the kill switch has struck. */
  async struck(): Promise<void> {
    const file = `${this.#switches}.killed`;
    await eventually("the kill switch strikes", () => existsSync(file), PATIENCE_MS);
  }

  /** Waits until the room is verified at the branch's head. */
  async verified(): Promise<void> {
    const head = `main@sha1:${this.world.repository.head()}`;
    await eventually(
      `${ROOM} is verified at ${head}`,
      async () => {
        const room = await this.world.room(ROOM);
        const isReady = room.conditions?.some((c) => c.type === "Ready" && c.status === "True");
        if (room.verifiedRevision === head && isReady) return true;
        throw new Error(JSON.stringify(room));
      },
      PATIENCE_MS,
    );
  }

  /**
   * Cycles from a moment (wall ms) until the agent had converged, which it has: polls until it had taken the head in, or
   * passes from then on until the room was verified, whichever are more.
   */
  async cyclesSince(sinceMs: number): Promise<number> {
    const head = this.world.repository.head();
    const taken = this.agent.lines.find(
      (line) => line.message === "ingested new revision" && line["head"] === head,
    );
    const takenAt = taken?.["time"];
    const takenMs = Math.max(sinceMs, typeof takenAt === "string" ? Date.parse(takenAt) : 0);
    const converged = (await this.world.auditOf(ROOM)).find(
      ({ action, metadata }) =>
        action === "room.converged" && metadata["revision"] === `main@sha1:${head}`,
    );
    const convergedMs = Date.parse(converged?.timestamp ?? "");
    expect(convergedMs, "when the room converged").to.be.above(0);
    const polls = this.world.git.requests.filter(
      ({ atMs, command }) => command === "ls-refs" && atMs >= sinceMs && atMs <= takenMs,
    );
    return Math.max(polls.length, this.#passesBetween(takenMs, convergedMs));
  }

  /** Passes from a moment (wall ms) until the newest audit record of this action. */
  async passesUntil(action: string, sinceMs: number): Promise<number> {
    const record = (await this.world.auditOf(ROOM)).findLast((each) => each.action === action);
    const untilMs = Date.parse(record?.timestamp ?? "");
    expect(untilMs, `when the audit told of ${action}`).to.be.above(sinceMs);
    return this.#passesBetween(sinceMs, untilMs);
  }

  #passesBetween(fromMs: number, untilMs: number): number {
    const requests = this.roomProxy.requests.filter(
      ({ atMs, line }) => atMs >= fromMs && atMs <= untilMs && line.includes(`/${ROOM}/`),
    );
    return new Set(requests.map(({ correlationId }) => correlationId)).size;
  }

  /** Waits until the room is refused something. */
  async refused(): Promise<void> {
    const isRefused = async () => (await this.world.room(ROOM)).refusals.length > 0;
    await eventually(`${ROOM} is refused something`, isRefused, PATIENCE_MS);
  }

  /** Passes that this agent has begun since its start. */
  async passes(): Promise<number> {
    const text = await this.world.text("/metrics");
    const [, count] = /^room_operator_reconcile_attempts_total (\d+)$/m.exec(text) ?? [];
    if (count === undefined) throw new Error("no count of passes in the metrics");
    return Number(count);
  }

  /** Waits until the RoomServer has seen so many write calls. */
  async calls(count: number): Promise<void> {
    const haveCome = async () => (await this.world.log()).length >= count;
    await eventually(`${count} calls`, haveCome, PATIENCE_MS);
  }

  /** The agent's own pid, not the launcher's. */
  pid(): number {
    const { pid } = this.agent;
    if (pid === undefined) throw new Error("no agent holds the data folder");
    return pid;
  }

  /** Our write calls that came after so many, oldest first. */
  async writesAfter(count: number): Promise<readonly WriteEntry[]> {
    const log = await this.world.log();
    return log.slice(count).filter(({ requestId }) => requestId !== null);
  }

  /** Nothing is written for ten cycles. */
  async quiet(): Promise<void> {
    const CYCLES = 10;
    const before = (await this.world.log()).length;
    const passes = await this.passes();
    const havePassed = async () => (await this.passes()) >= passes + CYCLES;
    await eventually("ten quiet cycles", havePassed, PATIENCE_MS);
    expect(await this.writesAfter(before), "writes while nothing changes").to.deep.equal([]);
  }

  /** What holds in every world at every moment; resolves with the names of the invariants. */
  check(): Promise<readonly string[]> {
    return checkWorld(this.world);
  }

  /** Waits until so many more polls have reached the git server. */
  async morePolls(count: number): Promise<void> {
    const { git } = this.world;
    const polls = () => git.requests.filter(({ command }) => command === "ls-refs").length;
    const before = polls();
    await eventually(`${count} more polls`, () => polls() >= before + count, PATIENCE_MS);
  }

  /** Waits until so many more passes have begun. */
  async morePasses(count: number): Promise<void> {
    const before = await this.passes();
    const haveBegun = async () => (await this.passes()) >= before + count;
    await eventually(`${count} more passes`, haveBegun, PATIENCE_MS);
  }

  async unhealthy(): Promise<void> {
    const isUnhealthy = async () => (await this.world.get("/health")).status === 503;
    await eventually("it says that it is unhealthy", isUnhealthy, PATIENCE_MS);
  }

  /** Stops the agent in good order. */
  async stop(): Promise<void> {
    this.agent.signal("SIGTERM");
    expect((await this.agent.ended).code, this.agent.output).to.equal(0);
  }

  /** Intents that nobody has ended, as the store holds them now. */
  openIntents(): readonly IntentRow[] {
    const sql = "SELECT document FROM intent WHERE state = 'open' ORDER BY seq";
    return this.#documents(sql) as readonly IntentRow[];
  }

  confirmations(): readonly ConfirmationRow[] {
    const sql = "SELECT document FROM confirmation ORDER BY seq";
    return this.#documents(sql) as readonly ConfirmationRow[];
  }

  #documents(sql: string): readonly unknown[] {
    const database = new DatabaseSync(join(this.world.data, "store.db"), { readOnly: true });
    try {
      const rows = database.prepare(sql).all();
      return rows.map(({ document }) => JSON.parse(String(document)) as unknown);
    } finally {
      database.close();
    }
  }

  /** `takeAway` is called once the agent is gone, before its folder goes. */
  async remove(takeAway: () => void = () => undefined): Promise<void> {
    await this.#agent?.end();
    takeAway();
    await this.world.remove();
    await this.roomProxy.stop();
  }
}
