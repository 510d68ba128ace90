import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { join } from "node:path";
import type { AgentProcess } from "../support/agent-process.ts";
import { AgentWorld } from "../support/agent-world.ts";
import { CANARIES, checkWorld } from "../support/check-world.ts";
import { eventually } from "../support/eventually.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { fetchAgain } from "../support/fetch-again.ts";
import { GitRepository } from "../support/git-repository.ts";
import { GitServer } from "../support/git-server.ts";
import type { GitServerRequest } from "../support/git-server.ts";
import { countCycles, sumOf, verifying } from "./cycle-count.ts";
import type { Cycles } from "./cycle-count.ts";
import type { RunGiven } from "./fault-case.ts";
import { GitSide } from "./git-side.ts";
import type { GitTransport } from "./git-side.ts";
import { hasInputsOf } from "./inputs-of.ts";
import { removalsOf } from "./removals-of.ts";
import { Story } from "./story.ts";
import type { ServerRoom, StoryGiven } from "./story.ts";

export interface FaultWorldGiven extends Omit<StoryGiven, "seed"> {
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: `address`. */
  readonly transport?: GitTransport;
}

/** The longest wait for anything that has to come, ms: far more than it takes, so that a busy machine does not matter. */
export const PATIENCE_MS = 120_000;

const QUIET_CYCLES = 10;

/**
 * An agent as a real process on a real store, between git over HTTP and a RoomServer, each behind a proxy that can spoil
 * every connection. One room comes from the source whose story is told; another comes from a source and a git server of its
 * own, to see whether it is left in peace.
 */
export class FaultWorld {
  readonly world: AgentWorld;
  readonly git: GitSide;
  /** Between the agent and the RoomServer. */
  readonly roomProxy: FaultProxy;
  readonly story: Story;
  /** The room that has to be left in peace. */
  readonly other: Story;
  readonly otherRepository: GitRepository;
  readonly otherServer: GitServer;
  /** Names of the invariants that were checked so far. */
  readonly invariants: string[] = [];
  /** Write calls that had reached the RoomServer when the fault began. */
  logged = 0;
  #agent: AgentProcess | null = null;
  #lastHead: string | null = null;
  /** Polls that had failed or brought something when the fault was healed. */
  #before = 0;

  private constructor(world: AgentWorld, parts: FaultWorldParts, run: RunGiven & FaultWorldGiven) {
    this.world = world;
    this.git = parts.git;
    this.roomProxy = parts.roomProxy;
    this.otherRepository = parts.otherRepository;
    this.otherServer = parts.otherServer;
    this.story = new Story("room-story", run);
    this.other = new Story("room-other", { seed: run.seed });
  }

  /** Everything but the agent, which `begin` starts. */
  static async create(run: RunGiven, given: FaultWorldGiven = {}): Promise<FaultWorld> {
    const world = await AgentWorld.create();
    const otherRepository = GitRepository.create({ root: join(world.folder, "other") });
    const otherServer = await GitServer.start(otherRepository.root);
    const git = await GitSide.start({
      folder: join(world.folder, "git-side"),
      origin: world.git.origin,
      repository: world.repository.folder,
      transport: given.transport ?? "address",
    });
    const roomProxy = await FaultProxy.start(world.roomServerUrl);
    world.settings({
      Auth__Token: CANARIES.roomServer,
      RoomServer__BaseUrl: roomProxy.origin,
      Git__Sources__0__IntervalSeconds: "0.1",
      ...git.settings,
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: otherServer.url(),
      Git__Sources__1__IntervalSeconds: "0.5",
      ...given.settings,
    });
    const parts = { git, roomProxy, otherRepository, otherServer };
    const made = new FaultWorld(world, parts, { ...run, ...given });
    run.keep("agent.log", () => world.said);
    run.keep("git-requests.txt", () => lines(world.git.requests));
    run.keep("room-requests.txt", () => lines(roomProxy.requests));
    return made;
  }

  /** Starts the agent, and waits until both rooms are as their first commits say. */
  async begin(): Promise<void> {
    this.#lastHead = this.world.commit(this.story.begin());
    this.otherRepository.commit(this.other.begin());
    await this.startAgent();
    await this.converged();
    await this.otherConverged();
    await this.check();
  }

  async startAgent(): Promise<void> {
    this.#agent = await this.world.spawn();
  }

  get agent(): AgentProcess {
    if (this.#agent === null) throw new Error("the agent was not started");
    return this.#agent;
  }

  /** The next commit of the story, where its last one was the head even if nothing points there; nobody waits for it. */
  push(given: { readonly message?: string; readonly parents?: readonly string[] } = {}): string {
    const { files, message } = this.story.next();
    const head = this.world.repository.head() ?? this.#lastHead;
    this.#lastHead = this.world.commit(files, given.message ?? message, {
      parents: given.parents ?? (head === null ? [] : [head]),
    });
    return this.#lastHead;
  }

  /** The next commit to the room that is to be left in peace. */
  pushOther(): void {
    const { files, message } = this.other.next();
    this.otherRepository.commit(files, { message });
  }

  /** A room as it is now, whatever the agent believes. */
  async room(story: Story = this.story): Promise<ServerRoom> {
    const answer = await fetchAgain(`${this.world.roomServerUrl}/_dev/rooms/${story.room}`);
    return (await answer.json()) as ServerRoom;
  }

  /** Waits until the room of the story is what its newest commit says, and known to be. */
  converged(): Promise<void> {
    return this.#converged(this.story, this.world.repository);
  }

  otherConverged(): Promise<void> {
    return this.#converged(this.other, this.otherRepository);
  }

  async #converged(story: Story, repository: GitRepository): Promise<void> {
    const head = repository.head() ?? "";
    const probe = async () => {
      const differences = story.differences(await this.room(story));
      const { verifiedRevision, conditions } = await this.world.room(story.room);
      const isReady = conditions[0]?.type === "Ready" && conditions[0].status === "True";
      const isNewest = hasInputsOf(story, repository, verifiedRevision);
      if (differences.length === 0 && isNewest && isReady) return true;
      throw new Error(JSON.stringify({ differences, verifiedRevision, conditions }));
    };
    await eventually(`${story.room} has converged at ${head}`, probe, PATIENCE_MS);
  }

  /** What holds in every world at every moment. While something is at fault an intent may stay open. */
  async check(given: { readonly settled?: boolean } = {}): Promise<void> {
    const repositories = [this.world.repository, this.otherRepository];
    this.invariants.push(...(await checkWorld(this.world, repositories, given)));
  }

  /** What the server of the story's source was asked; of ssh, each connection, as if it were a poll. */
  get asks(): readonly Pick<GitServerRequest, "atMs" | "command">[] {
    if (this.git.ssh === null) return this.world.git.requests;
    return this.git.proxy.connections.map((atMs) => ({ atMs, command: "ls-refs" }));
  }

  /** Polls of the story's source and passes over its room between two moments, wall ms. */
  cycles(sinceMs: number, untilMs = Infinity): Cycles {
    const git = this.asks;
    const { requests: roomServer } = this.roomProxy;
    return countCycles({ git, roomServer, room: this.story.room, sinceMs, untilMs });
  }

  /**
   * Cycles from a moment (wall ms) until the agent had converged, which it has: polls until it took the head in, and from then
   * on passes until the room was verified, whichever are more. The servers' logs are counted, so a slow machine changes nothing.
   */
  async cyclesToConverge(sinceMs: number): Promise<number> {
    const { verifiedRevision } = await this.world.room(this.story.room);
    const audit = await this.world.auditOf(this.story.room);
    const verified = verifying(audit, verifiedRevision ?? "");
    expect(verified, "the record of the verification").to.not.equal(undefined);
    const began = this.roomProxy.requests.find(
      ({ correlationId }) => correlationId === verified?.correlationId,
    );
    // The agent says that it took a head in when the first pass may have begun already.
    const takenMs = Math.min(this.#takenInAt(this.world.repository.head()), began?.atMs ?? 0);
    const polls =
      this.git.ssh !== null
        ? (await this.#newsAndFailures()) - this.#before
        : this.cycles(sinceMs, takenMs).polls;
    const untilMs = Date.parse(verified?.timestamp ?? "");
    const { passes } = this.cycles(Math.max(sinceMs, takenMs), untilMs);
    return Math.max(polls, passes);
  }

  /** Polls that failed or brought something: once nothing is at fault, all that come until the head is taken in, and no later one. */
  async #newsAndFailures(): Promise<number> {
    const metrics = await this.world.text("/metrics");
    const series = 'room_operator_source_polls_total{source="specs"';
    return sumOf(metrics, series) - sumOf(metrics, `${series},result="unchanged"`);
  }

  /** The fault was healed just now: the polls that end from now on are counted where nobody on the way can tell one. */
  async healed(): Promise<void> {
    if (this.git.ssh !== null) this.#before = await this.#newsAndFailures();
  }

  /** When the story's source said that it had taken a head in, wall ms; 0 when it was there from the start. */
  #takenInAt(head: string | null): number {
    const line = this.agent.lines.findLast(
      (each) => each.message === "ingested new revision" && each["head"] === head,
    );
    return typeof line?.["time"] === "string" ? Date.parse(line["time"]) : 0;
  }

  /** Waits until somebody else's kick of an entity was undone. */
  async mended(entityId: string): Promise<void> {
    await eventually(
      `${entityId} is back`,
      async () => (await this.world.contents(this.story.room)).entities.includes(entityId),
      PATIENCE_MS,
    );
  }

  /** Every kick and delete of ours that reached the room of the story, as `op target`. */
  removals(): Promise<readonly string[]> {
    return removalsOf(this.world, this.story.room);
  }

  /** Why the source of the story fails; null when it does not. */
  async sourceReason(): Promise<string | null> {
    const { sources } = await this.world.status();
    return sources.find(({ name }) => name === "specs")?.lastError?.reason ?? null;
  }

  /** Polls of the story's source that ended, as the agent counts them. */
  async polls(): Promise<number> {
    const series = 'room_operator_source_polls_total{source="specs"';
    return sumOf(await this.world.text("/metrics"), series);
  }

  /** Waits until so many more polls have ended. */
  async morePolls(count: number): Promise<void> {
    const before = await this.polls();
    const have = async () => (await this.polls()) >= before + count;
    await eventually(`${count} more polls`, have, PATIENCE_MS);
  }

  /** Nothing is written for ten cycles, and no more is asked than one question each time. */
  async quiet(): Promise<void> {
    const writes = (await this.world.log()).length;
    const sinceMs = Date.now();
    const have = () => {
      const { polls, passes } = this.cycles(sinceMs);
      return polls >= QUIET_CYCLES && passes >= QUIET_CYCLES;
    };
    await eventually("ten quiet cycles", have, PATIENCE_MS);
    const since = (await this.world.log()).slice(writes);
    expect(since, "writes while nothing changes").to.deep.equal([]);
    const { polls, passes } = this.cycles(sinceMs);
    const isSince = ({ atMs }: { readonly atMs: number }) => atMs >= sinceMs;
    const asked = this.asks.filter(isSince).length;
    expect(asked, "git requests for each poll").to.be.at.most(2 * polls);
    const room = `/room/${this.story.room}/`;
    const read = this.roomProxy.requests.filter((r) => isSince(r) && r.line.includes(room)).length;
    expect(read, "reads for each pass").to.be.at.most(2 * passes);
    this.invariants.push("I9", "I11");
  }

  /** Files and sockets that the agent holds open, and the memory it has taken, in MB. */
  resources(): { readonly open: number; readonly rssMb: number } {
    const { pid } = this.agent;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
    return { open: readdirSync(`/proc/${pid}/fd`).length, rssMb: Number(kilobytes) / 1024 };
  }

  /** Idempotent. */
  async remove(): Promise<void> {
    await this.git.proxy.heal();
    await this.roomProxy.heal();
    await this.world.remove();
    await this.otherServer.stop();
    await this.git.stop();
    await this.roomProxy.stop();
  }
}

type FaultWorldParts = Pick<FaultWorld, "git" | "roomProxy" | "otherRepository" | "otherServer">;

function lines(entries: readonly unknown[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
