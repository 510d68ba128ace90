import { chownSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { AgentProcess } from "../support/agent-process.ts";
import { AgentWorld } from "../support/agent-world.ts";
import { CANARIES, checkWorld } from "../support/check-world.ts";
import { itemsNamed, namedIn } from "../support/evidence.ts";
import { eventually } from "../support/eventually.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { fetchAgain } from "../support/fetch-again.ts";
import { countCycles, sumOf, verifying } from "./cycle-count.ts";
import type { RunGiven } from "./fault-case.ts";
import { PATIENCE_MS } from "./fault-world.ts";
import { removalsOf } from "./removals-of.ts";
import { Story } from "./story.ts";
import type { ServerRoom } from "./story.ts";

const NO_RIGHTS = fileURLToPath(new URL("../support/no-rights.ts", import.meta.url));
const QUIET_CYCLES = 10;

type Files = Readonly<Record<string, string>>;

/**
 * An agent as a real process that follows a folder, and for another room a git server of its own. The story takes nothing out
 * of its room: whatever is removed from it, is removed because of a fault.
 */
export class FolderWorld {
  readonly world: AgentWorld;
  readonly roomProxy: FaultProxy;
  readonly story: Story;
  /** The room that has to be left in peace. */
  readonly other: Story;
  /** Names of the invariants that were checked so far. */
  readonly invariants: string[] = [];
  #agent: AgentProcess | null = null;
  #spec = "";
  #newsBefore = 0;

  private constructor(world: AgentWorld, roomProxy: FaultProxy, { seed }: RunGiven) {
    this.world = world;
    this.roomProxy = roomProxy;
    this.story = new Story("room-story", { seed, avoids: ["kick", "delete"] });
    this.other = new Story("room-other", { seed, avoids: ["kick", "delete"] });
  }

  static async create(run: RunGiven): Promise<FolderWorld> {
    const world = await AgentWorld.create();
    world.followsGit = false;
    const roomProxy = await FaultProxy.start(world.roomServerUrl);
    const made = new FolderWorld(world, roomProxy, run);
    world.settings({
      Auth__Token: CANARIES.roomServer,
      RoomServer__BaseUrl: roomProxy.origin,
      Git__Sources__0__Name: "specs",
      Git__Sources__0__Kind: "folder",
      Git__Sources__0__Folder: made.folder,
      Git__Sources__0__IntervalSeconds: "0.1",
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url(),
      Git__Sources__1__IntervalSeconds: "0.5",
      NODE_OPTIONS: `--import ${NO_RIGHTS}`,
    });
    run.keep("agent.log", () => world.said);
    run.keep("room-requests.txt", () =>
      roomProxy.requests.map((r) => JSON.stringify(r)).join("\n"),
    );
    return made;
  }

  /** The folder that is followed. */
  get folder(): string {
    return join(this.world.folder, "specs");
  }

  /** Where the spec of the story lies below a folder. */
  spec(folder = this.folder): string {
    return join(folder, `rooms/${this.story.room}.room.yaml`);
  }

  /** Starts the agent, and waits until both rooms are as they are first wanted. */
  async begin(): Promise<void> {
    this.write(this.story.begin());
    this.world.commit(this.other.begin());
    chownSync(this.world.folder, 65_534, 65_534);
    this.#agent = await this.world.spawn();
    await this.converged();
    await this.otherConverged();
    await this.check();
  }

  /** What the story wants next, not written yet. */
  next(): Files {
    return this.story.next().files;
  }

  /** Writes files below a folder as an editor does: beside their place first. */
  write(files: Files, folder = this.folder): void {
    for (const [path, text] of Object.entries(files)) {
      const place = join(folder, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(`${place}~`, text);
      renameSync(`${place}~`, place);
      if (path.endsWith(`${this.story.room}.room.yaml`)) this.#spec = text;
    }
  }

  pushOther(): void {
    const { files, message } = this.other.next();
    this.world.commit(files, message);
  }

  /** Waits until the room of the story is what the folder says, known to be, and nothing is wrong with the source. */
  converged(): Promise<void> {
    return this.#converged(this.story, async () => {
      const { observedRevision, lastError, specErrorCount } = await this.source();
      const isWell = lastError === null && specErrorCount === 0;
      return isWell ? observedRevision : `${lastError?.message} ${specErrorCount}`;
    });
  }

  otherConverged(): Promise<void> {
    return this.#converged(this.other, async () => `main@sha1:${this.world.repository.head()}`);
  }

  async #converged(story: Story, newest: () => Promise<string | null>): Promise<void> {
    const probe = async () => {
      const answer = await fetchAgain(`${this.world.roomServerUrl}/_dev/rooms/${story.room}`);
      const differences = story.differences((await answer.json()) as ServerRoom);
      const { verifiedRevision, conditions } = await this.world.room(story.room);
      const isReady = conditions[0]?.type === "Ready" && conditions[0].status === "True";
      const revision = await newest();
      if (differences.length === 0 && verifiedRevision === revision && isReady) return true;
      throw new Error(JSON.stringify({ differences, verifiedRevision, revision, conditions }));
    };
    await eventually(`${story.room} has converged`, probe, PATIENCE_MS);
  }

  async source() {
    const { sources } = await this.world.status();
    const source = sources.find(({ name }) => name === "specs");
    if (source === undefined) throw new Error("the source of the story is not there");
    return source;
  }

  /** What holds in every world at every moment. */
  async check(): Promise<void> {
    const inGit = namedIn([this.world.repository]);
    const inFolder = itemsNamed(this.#spec);
    const named = (revision: string, room: string) =>
      revision.startsWith("local@")
        ? room === this.story.room
          ? inFolder
          : null
        : inGit(revision, room);
    const repositories = [this.world.repository];
    this.invariants.push(...(await checkWorld(this.world, repositories, { named })));
  }

  removals(): Promise<readonly string[]> {
    return removalsOf(this.world, this.story.room);
  }

  async morePolls(count: number): Promise<void> {
    const before = (await this.#polls()).all;
    const have = async () => (await this.#polls()).all >= before + count;
    await eventually(`${count} more polls`, have, PATIENCE_MS);
  }

  /** The fault is over: polls are counted from now on. Gives back when that is, wall ms. */
  async healed(): Promise<number> {
    this.#newsBefore = (await this.#polls()).news;
    return Date.now();
  }

  /** Cycles since the fault was over until the room was verified, which it has been. */
  async cyclesToConverge(sinceMs: number): Promise<number> {
    const { verifiedRevision } = await this.world.room(this.story.room);
    const verified = verifying(await this.world.auditOf(this.story.room), verifiedRevision ?? "");
    const untilMs = Date.parse(verified?.timestamp ?? "");
    const takenMs = this.#takenInAt(verifiedRevision);
    const { passes } = this.#passes(Math.max(sinceMs, takenMs), untilMs);
    return Math.max((await this.#polls()).news - this.#newsBefore, passes);
  }

  /** When the source said that it had taken a revision in, wall ms. */
  #takenInAt(revision: string | null): number {
    const line = this.world.said
      .split("\n")
      .findLast((each) => each.includes("ingested new revision") && each.includes(`"${revision}"`));
    return line === undefined ? 0 : Date.parse((JSON.parse(line) as { time: string }).time);
  }

  #passes(sinceMs: number, untilMs = Infinity) {
    const { requests: roomServer } = this.roomProxy;
    return countCycles({ git: [], roomServer, room: this.story.room, sinceMs, untilMs });
  }

  /** Polls that ended, and those of them that failed or brought something. */
  async #polls(): Promise<{ readonly all: number; readonly news: number }> {
    const metrics = await this.world.text("/metrics");
    const series = 'room_operator_source_polls_total{source="specs"';
    const all = sumOf(metrics, series);
    return { all, news: all - sumOf(metrics, `${series},result="unchanged"`) };
  }

  /** Nothing is written for ten cycles. */
  async quiet(): Promise<void> {
    const writes = (await this.world.log()).length;
    const sinceMs = Date.now();
    await this.morePolls(QUIET_CYCLES);
    const have = () => this.#passes(sinceMs).passes >= QUIET_CYCLES;
    await eventually("ten quiet passes", have, PATIENCE_MS);
    const since = (await this.world.log()).slice(writes);
    expect(since, "writes while nothing changes").to.deep.equal([]);
    this.invariants.push("I9");
  }

  /** Files and sockets that the agent holds open. */
  open(): number {
    return readdirSync(`/proc/${this.#agent?.pid}/fd`).length;
  }

  async remove(): Promise<void> {
    await this.world.remove();
    await this.roomProxy.stop();
  }
}
