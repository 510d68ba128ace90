import { onlyDocument } from "../../agent/store/only-document.ts";
import { SteadyTime } from "../../agent/kernel/steady-time.ts";
import { OperatorError } from "../../agent/kernel/errors.ts";
import { specDigest } from "../../agent/spec/digest.ts";
import { parseSpec } from "../../agent/spec/parse-spec.ts";
import type { ApplyAnswer } from "../../agent/request/requests.ts";
import { FakeClock, settled } from "../support/fake-clock.ts";
import { FakeRoomServer } from "../support/fake-room-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { mayDiffer } from "./model-drift.ts";
import { ModelFailing } from "./model-failing.ts";
import { ModelFaults } from "./model-faults.ts";
import { ModelGit, seedPath, toWish, writeSpec, type Draft } from "./model-git.ts";
import { missingItems, wrongOwner } from "./model-law.ts";
import { MOST_TICKS, TICK_MS, ticksToHeal } from "./model-patience.ts";
import { ModelUpdates } from "./model-updates.ts";
import { ModelWatch } from "./model-watch.ts";
import { heardOf, type Common, type Request, type Sent } from "./model-requests.ts";
import { order } from "./model-suspensions.ts";
import { MortalAgent } from "./mortal-agent.ts";

/** Two rooms of git and one that people post. */
export const GIT_ROOMS = ["room-alpha", "room-beta"] as const;
export const POSTED_ROOM = "room-gamma";

/** An agent, a repository and a RoomServer in memory, and the law over them. */
export class ModelWorld {
  readonly clock = new FakeClock();
  readonly git = new ModelGit();
  readonly server = new FakeRoomServer();
  readonly watch: ModelWatch;
  readonly updates: ModelUpdates;
  store = new MemoryStore(() => this.clock.nowMs());
  readonly faults: ModelFaults;
  readonly #failing: ModelFailing;
  agent: MortalAgent | null = null;
  /** What the source is called in the configuration; null: no source is configured. */
  sourceName: string | null = "specs";
  deaths = 0;
  #ids = 0;
  /** Time as things expire by it: no jump of the clock counts while an agent lives. */
  #steady = new SteadyTime(this.clock, null);

  constructor() {
    this.watch = new ModelWatch([...GIT_ROOMS, POSTED_ROOM], {
      git: this.git,
      server: this.server,
      nowMs: () => this.#steady.nowMs(),
    });
    this.updates = new ModelUpdates(this.watch, () => this.#steady.nowMs());
    this.faults = new ModelFaults(this.watch, this.updates, () => this.#steady.nowMs());
    this.#failing = new ModelFailing(this.watch, () => this.#steady.nowMs());
    this.#seen(this.store);
  }

  /** A repository with both rooms, and an agent that sees it for the first time. */
  static async start(): Promise<ModelWorld> {
    const world = new ModelWorld();
    const draft = { version: 1, entities: ["E1", "E2", "E3"], artifacts: ["A1"] };
    world.git.commit(
      {
        ...Object.fromEntries(["A1", "A2", "A3"].map((name) => [seedPath(name), "hello"])),
        ...Object.fromEntries(
          GIT_ROOMS.map((room) => [`rooms/${room}.room.json`, writeSpec(room, draft)]),
        ),
      },
      { saying: "nothing", roomId: "" },
    );
    await world.live();
    return world;
  }

  /** Sees to it that an agent lives. */
  async live(): Promise<MortalAgent> {
    if (this.agent?.dead === true) {
      this.agent = null;
      this.deaths += 1;
      this.#reopen();
    }
    if (this.agent === null) await this.#begin();
    this.agent ??= await MortalAgent.start({
      clock: this.clock,
      store: this.store,
      server: this.faults.roomServer(this.server),
      source: this.faults.source(this.git.source),
      sourceName: this.sourceName,
      isWindowClosed: this.watch.isWindowClosed,
      newId: () => `id-${(this.#ids += 1)}`,
    });
    await settled();
    return this.agent;
  }

  /** Ends the agent as SIGTERM does, and starts another one. */
  async restart(): Promise<void> {
    const { agent } = this;
    if (agent === null || agent.dead) return;
    let stopped = false;
    const stopping = agent.stop().then(() => (stopped = true));
    await settled();
    if (!stopped && !agent.dead) await this.clock.advance(10_000);
    if (agent.dead) return;
    await stopping;
    this.agent = null;
    this.#reopen();
  }

  /** Ends the agent, and starts it with another name of its only source (null: none), or another state of its sync window. */
  async configure(given: { readonly source?: string | null; readonly closed?: boolean }) {
    await this.restart();
    if (this.agent !== null && !this.agent.dead) return;
    const { source, closed = this.watch.isWindowClosed } = given;
    this.watch.isWindowClosed = closed;
    if (source === undefined) return;
    this.sourceName = source;
    this.watch.configured(source);
  }

  /** Time as suspensions end by it, in ms since 1970. */
  steadyMs(): number {
    return this.#steady.nowMs();
  }

  /** Time for one poll and one interval pass of each room. */
  async tick(): Promise<void> {
    await this.clock.advance(TICK_MS);
  }

  /** A person's request about a room, and what became of it by the time all is quiet; null: no answer yet, or never. */
  async apply(roomId: string, confirm: boolean): Promise<ApplyAnswer | null> {
    return heardOf(await this.ask(roomId, confirm));
  }

  /** The same for a posted spec for the room that no source names. */
  async post(draft: Draft, confirm: boolean): Promise<ApplyAnswer | null> {
    return heardOf(await this.offer(draft, confirm));
  }

  /** A person accepts the head that the branch is at. An agent that dies meanwhile gives no answer, and may have stored the acceptance. */
  async accept(): Promise<void> {
    const agent = await this.live();
    const { head } = this.git.source;
    const { accepted } = this.watch.heads;
    const source = this.watch.owners.source ?? "specs";
    const asked = { source, head, correlationId: "accept", actor: "Ada" };
    agent.operator.acceptSource(asked).then(
      ({ kind }) => kind === "accepted" && accepted.add(head),
      (error: unknown) => {
        if (error instanceof OperatorError && error.code === "StoreUnavailable") accepted.add(head);
        else this.watch.violations.push(`accept failed: ${String(error)}`);
      },
    );
    await settled();
    if (agent.dead) accepted.add(head);
  }

  async ask(roomId: string, confirm: boolean): Promise<Request> {
    const { operator } = await this.live();
    return this.#send({ roomId, confirm, revision: null }, (common) =>
      operator.applyRoom({ ...common, dryRun: false }),
    );
  }

  async offer(draft: Draft, confirm: boolean): Promise<Request> {
    const { operator } = await this.live();
    const { head } = this.watch.owners;
    // Without a snapshot nothing says what an artifact is seeded with.
    const asked = head === "" ? { ...draft, artifacts: [] } : draft;
    const text = writeSpec(POSTED_ROOM, asked);
    const bytes = Buffer.from(text);
    const options = { path: "body", maxBytes: 1_000_000, roomIdPattern: /^room-/ };
    const parsed = parseSpec(bytes, options);
    if (parsed.kind !== "valid") throw new Error(JSON.stringify(parsed));
    const digest = specDigest(parsed.spec);
    const revision = `api@sha256:${digest}`;
    const seeds = (path: string) => this.git.source.text(head, path) ?? null;
    this.watch.offered.set(revision, toWish(text, { revision, seeds }));
    const given = { spec: parsed.spec, digest, text: bytes, source: null, override: false };
    return this.#send({ roomId: POSTED_ROOM, confirm, revision }, (common) =>
      operator.applySpec({ ...common, ...given, dryRun: false }),
    );
  }

  /** Everything works again, and time passes until every room is what the law wants, and `restTicks` more. */
  async heal(restTicks = 2): Promise<void> {
    this.faults.heal();
    this.store.failWrites(1, 0);
    let complaints: readonly string[] = [];
    const most = ticksToHeal([...this.watch.laws.keys()].map((room) => this.watch.row(room)));
    for (let tick = 0; tick < most; tick += 1) {
      if (this.watch.isWindowClosed) await this.configure({ closed: false });
      await this.live();
      // An agent that dies of the order has not heard it.
      for (const roomId of this.watch.suspensions.rooms) await order(this, "resume", { roomId });
      // What was refused is not tried again within an hour unless a person asks for it.
      for (const roomId of this.updates.refusedRooms) await this.apply(roomId, false);
      await this.tick();
      complaints = this.complaints();
      if (this.faults.reached && complaints.length === 0) break;
    }
    this.watch.violations.push(...complaints);
    await this.#rest(restTicks);
  }

  /** Where rooms are not what the law wants them to be. */
  complaints(): readonly string[] {
    const nowMs = this.#steady.nowMs();
    return [...this.watch.laws.keys()].flatMap((roomId) => {
      const law = this.watch.look(roomId);
      const found = this.watch.eyes.found(roomId);
      const misowned = this.#misowned(roomId);
      const target = law.target(found, nowMs);
      if (target === null || misowned.length > 0 || mayDiffer(target)) return misowned;
      const wrong = [...law.leaving(target, found, nowMs), ...missingItems(target, found)];
      const row = this.watch.row(roomId);
      const why = `${row?.lastOutcome} ${JSON.stringify(row?.refusals)}`;
      return wrong.length === 0
        ? []
        : [`${roomId} is not as ${target.revision} says: ${wrong.join()} (${why})`];
    });
  }

  /** What is wrong with who owns a room, once the source was polled. */
  #misowned(roomId: string): readonly string[] {
    const { watch } = this;
    if (watch.law(roomId).newest?.revision.startsWith("api@") === true) return [];
    // Of another repository nothing is owned before a person accepts it.
    const { head } = this.git.source;
    const isFollowed = watch.heads.isOfOneLine(head, watch.owners.head);
    const isNamed = isFollowed && this.git.wish(head, roomId) !== null;
    const wrong = wrongOwner(watch.row(roomId)?.owner ?? null, {
      source: watch.owners.source,
      isNamed,
    });
    return wrong.map((what) => `${roomId} ${what}`);
  }

  /**
   * From now on nobody changes a room, and after a while nobody writes anything for so many ticks: a room that failed may be
   * looked at again late, and its row then tells that all is well.
   */
  async #rest(ticks: number): Promise<void> {
    await this.tick();
    const calls = this.server.writes.length;
    let quiet = 0;
    for (let tick = 0; tick < MOST_TICKS && quiet < ticks; tick += 1) {
      const { writes } = this.watch;
      await this.tick();
      quiet = this.watch.writes === writes ? quiet + 1 : 0;
    }
    if (quiet < ticks) this.watch.violations.push("the store is written to without an end");
    if (this.server.writes.length > calls) this.watch.violations.push("calls while at rest");
  }

  #send(
    { roomId, confirm, revision }: Sent,
    send: (common: Common) => Promise<ApplyAnswer>,
  ): Request {
    this.#ids += 1;
    const correlationId = `ask-${this.#ids}`;
    if (confirm) this.watch.confirmers.set(correlationId, revision);
    const answer = send({ roomId, confirm, correlationId, actor: "Ada" }).catch(
      (error: unknown) => {
        // The store may refuse the record of who asked, and people are told.
        if (error instanceof OperatorError && error.code === "StoreUnavailable") return null;
        this.watch.violations.push(`${roomId}: a request failed: ${String(error)}`);
        return null;
      },
    );
    return { correlationId, answer };
  }

  async #begin(): Promise<void> {
    const noted = await onlyDocument(this.store, "clock");
    const { steady = null, wall = null } = noted ?? {};
    const last =
      steady === null || wall === null
        ? null
        : { steadyMs: Date.parse(steady), wallMs: Date.parse(wall) };
    this.#steady = new SteadyTime(this.clock, last);
  }

  #reopen(): void {
    this.store = this.store.reopen();
    this.#seen(this.store);
    this.git.source.reopen();
  }

  #seen(store: MemoryStore): void {
    store.afterWrite = (changes) => {
      this.watch.wrote(changes);
      this.updates.wrote(changes);
      this.#failing.wrote(changes);
    };
  }
}
