import { expect } from "chai";
import * as fc from "fast-check";
import { pendingPrune, pruneInputs } from "../../agent/room/prune.ts";
import type { Room } from "../../agent/room/room.ts";
import type { ConfirmationRow } from "../../agent/room/rows.ts";
import { joinEntity } from "../../devserver/room.ts";
import { anEntity } from "../support/a-room-spec.ts";
import type { CrashPoint } from "../support/crash-world.ts";
import { FakeClock, settled } from "../support/fake-clock.ts";
import { FakeRoomServer, UNREACHABLE } from "../support/fake-room-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { ModelGit, pathOf, writeSpec, type Saying } from "./model-git.ts";
import { TICK_MS } from "./model-patience.ts";
import { MortalAgent } from "./mortal-agent.ts";

const ROOM = "room-alpha";
const OURS = ["E1", "E2", "E3"];

type Step =
  | { readonly do: "remove" | "restore" | "say"; readonly saying: Saying }
  | { readonly do: "apply"; readonly confirm: boolean }
  | { readonly do: "stranger"; readonly name: string }
  | { readonly do: "fail"; readonly times: number }
  | ({ readonly do: "crash" } & CrashPoint)
  | { readonly do: "restart" | "tick" };

/** An agent whose source prunes, and the law over it: what may leave a room that no file names any more. */
class PruneWorld {
  readonly clock = new FakeClock();
  readonly git = new ModelGit();
  readonly server = new FakeRoomServer();
  readonly violations: string[] = [];
  store = new MemoryStore(() => this.clock.nowMs());
  row: Room | null = null;
  pruned = 0;
  #agent: MortalAgent | null = null;
  #version = 1;
  #ids = 0;
  #isThere = true;
  readonly #joined = new Set<string>();
  readonly #confirmations = new Map<string, ConfirmationRow>();
  /** Commits and requests that may confirm a prune: said by name, once the file was gone. */
  readonly #allowed = new Set<string>();
  readonly #removed = new Set<string>();

  constructor() {
    this.#see();
    this.git.commit(
      { [pathOf(ROOM)]: this.#spec(), [pathOf("room-beta")]: writeSpec("room-beta", EMPTY) },
      { saying: "nothing", roomId: "" },
    );
    this.server.before = ({ operation, roomId, target }) => {
      if (roomId === ROOM && operation === "kick") this.#judge(target);
    };
    this.server.after = ({ operation, roomId, target }) => {
      if (roomId !== ROOM) return;
      if (operation === "join") this.#joined.add(target);
      const isGone = this.server.room(ROOM).entities.every(({ id }) => id !== target);
      if (operation === "kick" && isGone && this.row?.owner === null)
        this.#removed.add(this.#key(target));
    };
  }

  async carryOut(step: Step): Promise<void> {
    const agent = await this.live();
    if (step.do === "remove" || step.do === "restore") {
      this.#isThere = step.do === "restore";
      const text = this.#isThere ? this.#spec() : null;
      this.#commit({ [pathOf(ROOM)]: text }, step.saying);
    } else if (step.do === "say") this.#commit({}, step.saying);
    else if (step.do === "apply") this.#apply(agent, step.confirm);
    else if (step.do === "stranger")
      this.server.change(ROOM, (room) => joinEntity(room, anEntity({ id: step.name }), 1).room);
    else if (step.do === "fail") this.server.failAt("kick", 1, UNREACHABLE, step.times);
    else if (step.do === "crash") agent.dieAt(step);
    else if (step.do === "restart") await this.#restart(agent);
    else await this.tick();
    await settled();
  }

  async live(): Promise<MortalAgent> {
    if (this.#agent?.dead === true) this.#reopen();
    this.#agent ??= await MortalAgent.start({
      clock: this.clock,
      store: this.store,
      server: this.server,
      source: this.git.source,
      sourceName: "specs",
      isWindowClosed: false,
      prunes: true,
      newId: () => `id-${(this.#ids += 1)}`,
    });
    await settled();
    return this.#agent;
  }

  async tick(): Promise<void> {
    await this.clock.advance(TICK_MS);
  }

  /** Everything works, and time passes: what was confirmed is done, and a room with a file is as it says. */
  async heal(): Promise<void> {
    this.server.heal();
    for (let tick = 0; tick < 30; tick += 1) {
      await this.live();
      await this.tick();
    }
    const { row } = this;
    const there = new Set(this.server.room(ROOM).entities.map(({ id }) => id));
    if (this.#isThere) {
      if (row?.owner?.kind !== "git")
        this.violations.push("a file names the room, and it has no owner");
      const isAsked = row?.dryRun !== null || row.refusals.length > 0;
      if (!isAsked && OURS.some((id) => !there.has(id))) this.violations.push("not restored");
      return;
    }
    const mark = row === null ? null : pendingPrune(row);
    if (row?.dryRun === null && mark !== null && this.#covering("entity/E1").length > 0)
      this.violations.push(`confirmed, and not pruned: ${JSON.stringify(row.refusals)}`);
    if (row?.pruned != null && mark === null && row.prune != null) this.pruned += 1;
  }

  #commit(files: Record<string, string | null>, saying: Saying): void {
    const oid = this.git.commit(files, { saying, roomId: ROOM });
    const isSaid = saying === "confirmNamed";
    if (isSaid && !this.#isThere) this.#allowed.add(oid);
  }

  #apply(agent: MortalAgent, confirm: boolean): void {
    const correlationId = `ask-${(this.#ids += 1)}`;
    if (confirm && this.row !== null && pendingPrune(this.row) !== null)
      this.#allowed.add(correlationId);
    const asked = { roomId: ROOM, confirm, dryRun: false, correlationId, actor: "Ada" };
    agent.operator.applyRoom(asked).catch(() => undefined);
  }

  /** What a kick may take out of a room without an owner. */
  #judge(target: string): void {
    if (this.row?.owner !== null) return;
    const say = (what: string) => this.violations.push(`kick ${target}: ${what}`);
    if (!this.#joined.has(target)) say("the agent did not put it there");
    if (this.#covering(`entity/${target}`).length === 0) say("no confirmation by name covers it");
    if (this.#removed.has(this.#key(target))) say("it was removed under this prune before");
  }

  #covering(item: `entity/${string}`): readonly ConfirmationRow[] {
    const digest = this.#digest();
    return [...this.#confirmations.values()].filter(
      ({ originId, inputs, named, items }) =>
        named && inputs === digest && items.includes(item) && this.#allowed.has(originId),
    );
  }

  #digest(): string {
    const { prune = null, head = null } = this.row ?? {};
    return prune === null ? "" : pruneInputs(ROOM, prune, head).digest;
  }

  #key(target: string): string {
    return `${this.#digest()} ${target}`;
  }

  #spec(): string {
    const draft = { version: this.#version, entities: OURS, artifacts: [] };
    this.#version += 1;
    return writeSpec(ROOM, draft);
  }

  async #restart(agent: MortalAgent): Promise<void> {
    const stopping = agent.stop();
    await this.clock.advance(10_000);
    if (agent.dead) return;
    await stopping;
    this.#reopen();
  }

  #reopen(): void {
    this.#agent = null;
    this.store = this.store.reopen();
    this.git.source.reopen();
    this.#see();
  }

  #see(): void {
    this.store.afterWrite = (changes) => {
      for (const change of changes) {
        if (change.kind === "confirmation") this.#confirmations.set(change.row.id, change.row);
        if (change.kind === "room" && change.row.roomId === ROOM) this.row = change.row;
      }
    };
  }
}

const EMPTY = { version: 1, entities: [], artifacts: [] };

const someSaying = fc.constantFrom<Saying>(
  "nothing",
  "confirmAll",
  "confirmNamed",
  "confirmNamed",
  "dryRunNamed",
  "both",
);

const someStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("remove" as const), saying: someSaying }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restore" as const), saying: someSaying }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("say" as const), saying: someSaying }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("apply" as const), confirm: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("stranger" as const),
      name: fc.constantFrom("X1", "X2", "E1", "E2"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      times: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      nth: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
  { weight: 9, arbitrary: fc.constant({ do: "tick" as const }) },
);

const RUNS = Number(process.env["MODEL_RUNS"] ?? 60);
const SEED = Number(process.env["MODEL_SEED"] ?? 20261129);

describe("any story of a room whose file is removed while its source prunes", () => {
  it(`loses what the agent put there by a confirmation of its own, and nothing else (${RUNS}, seed ${SEED})`, async function () {
    this.timeout(60_000 + RUNS * 2000);
    let pruned = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { maxLength: 25, size: "max" }), async (steps) => {
        const world = new PruneWorld();
        await world.live();
        await world.tick();
        for (const step of steps) await world.carryOut(step);
        await world.heal();
        if (world.violations.length > 0) throw new Error(world.violations.join("; "));
        pruned += world.pruned;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(pruned, "prunes that were carried out").to.be.greaterThan(RUNS / 20);
  });
});
