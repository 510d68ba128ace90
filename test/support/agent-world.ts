import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "../../agent/run/agent.ts";
import type { Implementations } from "../../agent/run/implementations.ts";
import type { PassObserver } from "../../agent/room/pass-points.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import { createDevserver, type Devserver } from "../../devserver/devserver.ts";
import type { WriteEntry } from "../../devserver/write-log.ts";
import { agentInProcess } from "./agent-in-process.ts";
import { AgentProcess } from "./agent-process.ts";
import { joinEntity, kickEntity, readContents, readLog } from "./devserver-client.ts";
import type { RoomContents } from "./devserver-client.ts";
import { eventually } from "./eventually.ts";
import type { FileContent } from "./file-content.ts";
import { fetchAgain } from "./fetch-again.ts";
import { GitRepository, type CommitOptions } from "./git-repository.ts";
import { GitServer } from "./git-server.ts";
import type { StatusBody as StatusAnswer } from "../../agent/api/contract.ts";
import type { RoomAnswer } from "../../agent/api/status-contract.ts";
import { openKeptSource } from "./kept-threads.ts";
import { News, POLL_MS, worldClock } from "./world-clock.ts";

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

/**
 * A git server, a RoomServer and an agent between them, in one process: real git over HTTP, real SQLite, real HTTP. Intervals
 * are short so that a test need not wait.
 */
export class AgentWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator-world-"));
  readonly repository = GitRepository.create({ root: join(this.folder, "repositories") });
  /** Log lines, oldest first. */
  readonly lines: string[] = [];
  /** Ms by which the agent's wall clock is set wrong, and that have passed for everybody: only these let things expire. */
  clockAheadMs = 0;
  passedMs = 0;
  /** How many times sooner an agent's waits end: for intervals that cannot be configured short enough. */
  speed = 1;
  /** Told of each push that this world knows of. */
  readonly news = new News();
  /** Chance: backoff and jitter. */
  random: () => number = Math.random;
  /** Hears of the points that passes reach. */
  onPassPoint: PassObserver = () => undefined;
  patienceMs = 25_000;
  /** Parts that agents are put together from instead of the real ones. */
  implementations: Partial<Implementations> = { openSource: openKeptSource };
  /** False: agents that are started have no source. */
  followsGit = true;
  /** The configuration file of agents that are started; null: they have none. */
  configFile: string | null = null;
  /** Started in place of the real program. */
  launcher: string | undefined;
  git: GitServer;
  roomServer: Devserver;
  roomServerUrl: string;
  #env: Record<string, string>;
  #agent: Agent | null = null;
  readonly #processes: AgentProcess[] = [];
  url = "";

  private constructor(
    parts: { git: GitServer; roomServer: Devserver; roomServerUrl: string },
    env: Record<string, string>,
  ) {
    this.git = parts.git;
    this.roomServer = parts.roomServer;
    this.roomServerUrl = parts.roomServerUrl;
    this.#env = env;
  }

  static async create(env: Record<string, string> = {}): Promise<AgentWorld> {
    const roomServer = createDevserver({ port: 0 });
    const { url: roomServerUrl } = await roomServer.start();
    const world = new AgentWorld({ git: undefined as never, roomServer, roomServerUrl }, env);
    world.git = await GitServer.start(world.repository.root, { isLight: true });
    return world;
  }

  commit(
    files: Readonly<Record<string, FileContent>>,
    message?: string,
    options: CommitOptions = {},
  ): string {
    const given = message === undefined ? options : { ...options, message };
    const oid = this.repository.commit(files, given);
    this.news.tell();
    return oid;
  }

  /** Starts an agent on this world's store; `env` is added to what the world was created with. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.#agent = await agentInProcess({
      cwd: this.folder,
      file: this.configFile,
      env: this.settings(env),
      lines: this.lines,
      options: {
        clock: worldClock(this),
        random: () => this.random(),
        onPassPoint: (point) => this.onPassPoint(point),
        implementations: this.implementations,
      },
    });
    this.url = (await this.#agent.start()).url;
  }

  /** Starts the program itself on this world's store, and asks it from now on. Resolves when it serves its API. */
  async spawn(env: Record<string, string> = {}): Promise<AgentProcess> {
    const agent = this.launch(env);
    this.url = await agent.url();
    return agent;
  }

  /** The same, for a program that may not come up. */
  launch(env: Record<string, string> = {}): AgentProcess {
    const { folder, launcher } = this;
    const agent = new AgentProcess({ folder, launcher, env: this.settings(env) });
    this.#processes.push(agent);
    return agent;
  }

  /** What an agent of this world is configured with; `env` is added to it for good. */
  settings(env: Record<string, string> = {}): Record<string, string> {
    this.#env = { ...this.#env, ...env };
    return {
      RoomServer__BaseUrl: this.roomServerUrl,
      ...(this.followsGit ? this.#source() : {}),
      Operator__Reconciliation__IntervalSeconds: "0.5",
      Operator__Reconciliation__RateLimitPerSecond: "0",
      Operator__Reconciliation__StateConsistency__StaleTolerance: "0ms",
      Operator__Retry__InitialDelayMs: "1",
      HttpApi__Port: "0",
      Store__Path: this.data,
      ...this.#env,
    };
  }

  #source(): Record<string, string> {
    return {
      Git__Sources__0__Name: "specs",
      Git__Sources__0__Url: this.git.url(),
      ...("Git__Sources__0__Schedule" in this.#env
        ? {}
        : { Git__Sources__0__IntervalSeconds: String(POLL_MS / 1000) }),
    };
  }

  get data(): string {
    return join(this.folder, "data");
  }

  /** Everything that agents of this world have said: logs in the test's process, and all output of programs. */
  get said(): string {
    return [...this.lines, ...this.#processes.map(({ output }) => output)].join("\n");
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const agent of this.#processes) await agent.end();
    await this.roomServer.stop();
    await this.git.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async get<T>(path: string): Promise<Answer<T>> {
    const answer = await fetchAgain(this.url + path);
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async text(path: string): Promise<string> {
    return (await fetchAgain(this.url + path)).text();
  }

  async apply(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const type = { "Content-Type": "application/json" };
    return this.#post("/apply", JSON.stringify(body), { ...type, ...headers });
  }

  /** Posts the text of a spec; `query` begins with `?`. */
  async applyYaml(text: string, headers: Record<string, string> = {}, query = ""): Promise<Answer> {
    const type = { "Content-Type": "application/yaml" };
    return this.#post(`/apply${query}`, text, { ...type, ...headers });
  }

  /** Accepts the head of a source that was replaced by another history. */
  async accept(head: string, source = "specs"): Promise<Answer> {
    const type = { "Content-Type": "application/json" };
    return this.#post(`/sources/${source}/accept`, JSON.stringify({ head }), type);
  }

  async #post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const answer = await fetchAgain(this.url + path, { method: "POST", headers, body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async delete(path: string): Promise<number> {
    return (await fetchAgain(this.url + path, { method: "DELETE" })).status;
  }

  async status(): Promise<StatusAnswer> {
    return (await this.get<StatusAnswer>("/status")).body;
  }

  async room(roomId: string): Promise<RoomAnswer> {
    return (await this.get<RoomAnswer>(`/status/rooms/${roomId}`)).body;
  }

  async audit(action?: string): Promise<readonly AuditRecord[]> {
    const { entries } = (await this.get<{ entries: AuditRecord[] }>("/audit?count=1000")).body;
    return action === undefined ? entries : entries.filter((entry) => entry.action === action);
  }

  /** Everything the audit says of one room, oldest first. Fails when there may be more than it can show. */
  async auditOf(roomId: string): Promise<readonly AuditRecord[]> {
    const path = `/audit?count=1000&roomId=${roomId}`;
    const { entries } = (await this.get<{ entries: AuditRecord[] }>(path)).body;
    if (entries.length >= 1000) throw new Error(`the audit of ${roomId} is too long to be read`);
    return entries;
  }

  /** The write calls that reached the RoomServer, as `op target`, oldest first. */
  async writes(room?: string): Promise<readonly string[]> {
    return (await this.log())
      .filter((entry) => room === undefined || entry.room === room)
      .map(({ op, target }) => `${op} ${target}`);
  }

  async log(): Promise<readonly WriteEntry[]> {
    return readLog(this.roomServerUrl);
  }

  /** Somebody else joins an entity. */
  joinByHand(roomId: string, entityId: string): Promise<void> {
    return joinEntity(this.roomServerUrl, roomId, entityId);
  }

  /** Somebody else kicks an entity. */
  kickByHand(roomId: string, entityId: string): Promise<void> {
    return kickEntity(this.roomServerUrl, roomId, entityId);
  }

  /** What is in a room. */
  contents(roomId: string): Promise<RoomContents> {
    return readContents(this.roomServerUrl, roomId);
  }

  /** Waits until a condition of the room has this reason. */
  reason(roomId: string, reason: string): Promise<RoomAnswer> {
    const read = async () => {
      const room = await this.room(roomId);
      return room.conditions?.some((condition) => condition.reason === reason) ? room : undefined;
    };
    return this.#soon(`${roomId} has a condition with reason ${reason}`, read);
  }

  /** Waits until the room was verified at this commit (default: the branch's head). */
  verified(roomId: string, oid = this.repository.head()): Promise<RoomAnswer> {
    const read = async () => {
      const room = await this.room(roomId);
      if (room.verifiedRevision === `main@sha1:${oid}`) return room;
      throw new Error(JSON.stringify(room));
    };
    const waiting = this.#soon(`${roomId} is verified at ${oid}`, read);
    return waiting.catch(async (cause: unknown) => {
      const errors = (await this.status()).sources.map(({ lastError }) => lastError);
      throw new Error(`${String(cause)}; the sources say ${JSON.stringify(errors)}`, { cause });
    });
  }

  /** Waits until the source was taken in at this commit. */
  observed(oid = this.repository.head(), timeoutMs = this.patienceMs): Promise<StatusAnswer> {
    const read = async () => {
      const status = await this.status();
      return status.sources[0]?.observedRevision === `main@sha1:${oid}` ? status : undefined;
    };
    return this.#soon(`source is observed at ${oid}`, read, timeoutMs);
  }

  #soon<T>(
    what: string,
    read: () => Promise<T | undefined>,
    timeoutMs = this.patienceMs,
  ): Promise<T> {
    this.news.tell();
    return eventually(what, read, timeoutMs);
  }
}
