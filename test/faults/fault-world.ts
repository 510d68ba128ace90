import { expect } from "chai";
import { join } from "node:path";
import type { AgentProcess } from "../support/agent-process.ts";
import { AgentWorld } from "../support/agent-world.ts";
import { canarySettings, checkWorld } from "../support/check-world.ts";
import { eventually } from "../support/eventually.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { GitRepository } from "../support/git-repository.ts";
import { GitServer } from "../support/git-server.ts";
import type { RunGiven } from "./fault-case.ts";
import { Story } from "./story.ts";
import type { Change, ServerRoom } from "./story.ts";

export interface FaultWorldGiven {
  readonly settings?: Readonly<Record<string, string>>;
  /** Changes that every commit of the story brings. */
  readonly needs?: readonly Change[];
}

/** The longest wait for anything that has to come, ms: far more than it takes, so that a busy machine does not matter. */
const PATIENCE_MS = 40_000;

/** How far two of the agent's activities went: polls of the source at fault, and passes over its room. */
export interface Cycles {
  readonly polls: number;
  readonly passes: number;
}

/**
 * An agent as a real process on a real store, between git over HTTP and a RoomServer, each behind a proxy that can spoil
 * every connection. One room comes from the source whose story is told; another comes from a source and a git server of its
 * own, to see whether it is left in peace.
 */
export class FaultWorld {
  readonly world: AgentWorld;
  readonly story: Story;
  /** The room that has to be left in peace. */
  readonly other: Story;
  readonly otherRepository: GitRepository;
  readonly otherServer: GitServer;
  /** Between the agent and the git server of the story. */
  readonly gitProxy: FaultProxy;
  /** Between the agent and the RoomServer. */
  readonly roomProxy: FaultProxy;
  /** Names of the invariants that were checked so far. */
  readonly invariants: string[] = [];
  #agent: AgentProcess | null = null;

  private constructor(parts: FaultWorldParts) {
    this.world = parts.world;
    this.story = parts.story;
    this.other = parts.other;
    this.otherRepository = parts.otherRepository;
    this.otherServer = parts.otherServer;
    this.gitProxy = parts.gitProxy;
    this.roomProxy = parts.roomProxy;
  }

  /** Everything but the agent, which `start` starts. */
  static async create(run: RunGiven, given: FaultWorldGiven = {}): Promise<FaultWorld> {
    const world = await AgentWorld.create();
    const otherRepository = GitRepository.create({ root: join(world.folder, "other") });
    const otherServer = await GitServer.start(otherRepository.root);
    const gitProxy = await FaultProxy.start(world.git.origin);
    const roomProxy = await FaultProxy.start(world.roomServerUrl);
    world.settings({
      ...canarySettings(2),
      RoomServer__BaseUrl: roomProxy.origin,
      RoomServer__TimeoutSeconds: "1",
      RoomServer__UploadTimeoutSeconds: "1",
      Git__Sources__0__Url: `${gitProxy.origin}/specs.git`,
      Git__Sources__0__TimeoutSeconds: "2",
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: otherServer.url(),
      Git__Sources__1__IntervalSeconds: "0.2",
      ...given.settings,
    });
    const story = new Story("room-story", { ...given, seed: run.seed });
    const other = new Story("room-other", { seed: run.seed });
    const parts = { world, story, other, otherRepository, otherServer, gitProxy, roomProxy };
    const made = new FaultWorld(parts);
    run.keep("agent.log", () => world.said);
    run.keep("git-requests.txt", () => lines(world.git.requests));
    run.keep("room-requests.txt", () => lines(roomProxy.requests));
    return made;
  }

  /** Starts the agent, and waits until both rooms are as their first commits say. */
  async begin(): Promise<void> {
    this.world.commit(this.story.begin());
    this.otherRepository.commit(this.other.begin());
    this.#agent = await this.world.spawn();
    await this.converged();
    await this.otherConverged();
    await this.check();
  }

  get agent(): AgentProcess {
    if (this.#agent === null) throw new Error("the agent was not started");
    return this.#agent;
  }

  /** The next commit of the story; the agent is not waited for. */
  push(): string {
    const { files, message } = this.story.next();
    return this.world.commit(files, message);
  }

  /** The next commit to the room that is to be left in peace. */
  pushOther(): void {
    const { files, message } = this.other.next();
    this.otherRepository.commit(files, { message });
  }

  /** The room of the story as it is now, whatever the agent believes. */
  async room(story: Story = this.story): Promise<ServerRoom> {
    const answer = await fetch(`${this.world.roomServerUrl}/_dev/rooms/${story.room}`);
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
    const head = `main@sha1:${repository.head()}`;
    await eventually(
      `${story.room} has converged at ${head}`,
      async () => {
        const differences = story.differences(await this.room(story));
        const { verifiedRevision, conditions } = await this.world.room(story.room);
        const isReady = conditions[0]?.type === "Ready" && conditions[0].status === "True";
        if (differences.length === 0 && verifiedRevision === head && isReady) return true;
        throw new Error(JSON.stringify({ differences, verifiedRevision, conditions }));
      },
      PATIENCE_MS,
    );
  }

  /** What holds in every world at every moment. */
  async check(): Promise<void> {
    await checkWorld(this.world, [this.world.repository, this.otherRepository]);
  }

  /**
   * Polls of the story's source that reached its git server between two moments (wall ms), and passes over its room that
   * reached the RoomServer. What began earlier does not count.
   */
  cycles(sinceMs: number, untilMs = Infinity): Cycles {
    const isWithin = ({ atMs }: { readonly atMs: number }) => atMs >= sinceMs && atMs <= untilMs;
    const polls = this.world.git.requests.filter(
      (request) => isWithin(request) && request.command === "ls-refs",
    );
    const { room } = this.story;
    const earlier = new Set<string | null>();
    const passes = new Set<string>();
    for (const request of this.roomProxy.requests) {
      const { correlationId, line, atMs } = request;
      if (correlationId === null || !line.includes(`/room/${room}/`)) continue;
      if (atMs < sinceMs) earlier.add(correlationId);
      else if (isWithin(request) && !earlier.has(correlationId)) passes.add(correlationId);
    }
    return { polls: polls.length, passes: passes.size };
  }

  /**
   * Cycles from a moment (wall ms) until the agent had converged, which it has: polls until it took the head in, and from then
   * on passes until the room was verified, whichever are more. The servers' logs are counted, so a slow machine changes nothing.
   */
  async cyclesToConverge(sinceMs: number): Promise<number> {
    const head = this.world.repository.head();
    const takenMs = this.#takenInAt(head);
    const records = await this.world.auditOf(this.story.room);
    const verified = records.findLast(
      ({ action, metadata }) =>
        action === "room.converged" && metadata["revision"] === `main@sha1:${head}`,
    );
    const verifiedMs = Date.parse(verified?.timestamp ?? "");
    expect(verifiedMs, "when the room was verified").to.be.a("number").and.not.NaN;
    const { polls } = this.cycles(sinceMs, takenMs);
    const { passes } = this.cycles(Math.max(sinceMs, takenMs), verifiedMs);
    return Math.max(polls, passes);
  }

  /** When the story's source said that it had taken a head in, wall ms; 0 when it was there from the start. */
  #takenInAt(head: string | null): number {
    const line = this.agent.lines.findLast(
      (each) => each.message === "new head taken in" && each["head"] === head,
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
  async removals(): Promise<readonly string[]> {
    const log = await this.world.log();
    return log
      .filter(({ room, requestId }) => room === this.story.room && requestId !== null)
      .filter(({ op }) => op === "kick" || op === "delete")
      .map(({ op, target }) => `${op} ${target}`);
  }

  /** Why the source of the story fails; null when it does not. */
  async sourceReason(): Promise<string | null> {
    const { sources } = await this.world.status();
    return sources.find(({ name }) => name === "specs")?.lastError?.reason ?? null;
  }

  /** Polls of the story's source that ended, as the agent counts them. */
  async polls(): Promise<number> {
    return sumOf(
      await this.world.text("/metrics"),
      'room_operator_source_polls_total{source="specs"',
    );
  }

  /** Waits until so many more polls have ended. */
  async morePolls(count: number): Promise<void> {
    const before = await this.polls();
    const have = async () => (await this.polls()) >= before + count;
    await eventually(`${count} more polls`, have, PATIENCE_MS);
  }

  /** Nothing is written for ten cycles, and no more is asked than one question each time. */
  async quiet(): Promise<void> {
    const CYCLES = 10;
    const writes = (await this.world.log()).length;
    const sinceMs = Date.now();
    await eventually(
      "ten quiet cycles",
      () => {
        const { polls, passes } = this.cycles(sinceMs);
        return polls >= CYCLES && passes >= CYCLES;
      },
      PATIENCE_MS,
    );
    expect((await this.world.log()).slice(writes), "writes while nothing changes").to.deep.equal(
      [],
    );
    const { polls } = this.cycles(sinceMs);
    const asked = this.world.git.requests.filter(({ atMs }) => atMs >= sinceMs).length;
    expect(asked, "git requests for each poll").to.be.at.most(polls + 1);
  }

  /** Idempotent. */
  async remove(): Promise<void> {
    await this.gitProxy.heal();
    await this.roomProxy.heal();
    await this.world.remove();
    await this.otherServer.stop();
    await this.gitProxy.stop();
    await this.roomProxy.stop();
  }
}

interface FaultWorldParts {
  readonly world: AgentWorld;
  readonly story: Story;
  readonly other: Story;
  readonly otherRepository: GitRepository;
  readonly otherServer: GitServer;
  readonly gitProxy: FaultProxy;
  readonly roomProxy: FaultProxy;
}

/** The sum of the series whose names begin so, in a text of metrics. */
export function sumOf(metrics: string, start: string): number {
  return metrics
    .split("\n")
    .filter((line) => line.startsWith(start))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

function lines(entries: readonly unknown[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
