import type { Item } from "../../agent/plan/item.ts";
import { pendingPrune, pruneInputs } from "../../agent/room/prune.ts";
import type { Room } from "../../agent/room/room.ts";
import type { ConfirmationRow } from "../../agent/room/rows.ts";
import type { WriteResult } from "../../agent/roomserver/room-server.ts";
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

export type Step =
  | { readonly do: "remove" | "restore" | "say"; readonly saying: Saying }
  | { readonly do: "apply"; readonly confirm: boolean }
  | { readonly do: "stranger"; readonly name: string }
  | { readonly do: "fail"; readonly times: number }
  | { readonly do: "odd"; readonly kicks: "done" | "absent" | "lost"; readonly shows: number }
  | ({ readonly do: "crash" } & CrashPoint)
  | { readonly do: "restart" | "tick" };

/** An agent whose source prunes, and the law over it: what may leave a room that no file names any more. */
export class PruneWorld {
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
  /** How often an item was removed, and what was to be removed, under each prune. */
  readonly #removed = new Map<string, number>();
  readonly #kicked = new Set<string>();
  /** What others put there, be it called as what the agent put there. */
  readonly #others = new Set<string>();
  /** A RoomServer that does no kick from the next one on, and shows so many entities for a time. */
  #odd: Extract<Step, { readonly do: "odd" }> | null = null;
  #oddUntilMs = 0;

  constructor() {
    this.#see();
    this.git.commit(
      { [pathOf(ROOM)]: this.#spec(), [pathOf("room-beta")]: writeSpec("room-beta", EMPTY) },
      { saying: "nothing", roomId: "" },
    );
    this.server.before = ({ operation, roomId, target }) => {
      if (roomId !== ROOM || operation !== "kick") return;
      this.#judge(target);
      this.#kicked.add(this.#key(target));
      if (this.#odd !== null) this.#beOdd(this.#odd);
    };
    this.server.after = ({ operation, roomId, target }) => {
      if (roomId !== ROOM) return;
      if (operation === "join") {
        this.#joined.add(target);
        this.#others.delete(target);
      }
      const isGone = this.server.room(ROOM).entities.every(({ id }) => id !== target);
      if (operation === "kick" && isGone && this.row?.owner === null)
        this.#removed.set(this.#key(target), (this.#removed.get(this.#key(target)) ?? 0) + 1);
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
    else if (step.do === "stranger") this.#stranger(step.name);
    else if (step.do === "odd") this.#odd = step;
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
    this.#odd = null;
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
    const asked = (row?.refusals ?? []).flatMap(({ items }) => items);
    // A confirmation counts once: what was to be removed under it and is there needs another one.
    const isUsed =
      asked.length > 0 && asked.every((item) => this.#kicked.has(this.#key(nameOf(item))));
    const isSaid = this.#covering("entity/E1").length > 0 && !isUsed;
    if (row?.dryRun === null && mark !== null && isSaid)
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
    const most = this.#covering(`entity/${target}`).length;
    if ((this.#removed.get(this.#key(target)) ?? 0) >= most)
      say("it was removed as often as that was confirmed");
  }

  #stranger(name: string): void {
    const isThere = this.server.room(ROOM).entities.some(({ id }) => id === name);
    if (!isThere) {
      this.#others.add(name);
      // What a crash left open is settled by reading (L3), and no read shows that it was removed and put there again.
      const isOpen = this.store.allIntents.some(
        ({ state, action }) => state === "open" && action.item === `entity/${name}`,
      );
      if (isOpen) this.#removed.delete(this.#key(name));
    }
    this.server.change(ROOM, (room) => joinEntity(room, anEntity({ id: name }), 1).room);
  }

  #beOdd({ kicks, shows }: Extract<Step, { readonly do: "odd" }>): void {
    this.#odd = null;
    this.#oddUntilMs = this.clock.nowMs() + ODD_MS;
    this.server.failAt("kick", 1, KICKS[kicks], OURS.length);
    this.server.view = (state) =>
      state.roomId === ROOM && this.clock.nowMs() < this.#oddUntilMs
        ? { ...state, entities: state.entities.slice(0, shows) }
        : state;
  }

  /** After a prune nothing watches the room. */
  #judgePruned(row: Room): void {
    const isNew =
      row.pruned?.since === row.prune?.since && this.row?.pruned?.since !== row.pruned?.since;
    if (row.pruned == null || !isNew) return;
    for (const { id } of this.server.room(ROOM).entities)
      if (this.#joined.has(id) && !this.#others.has(id))
        this.violations.push(`pruned, and ${id} is still there`);
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
        if (change.kind !== "room" || change.row.roomId !== ROOM) continue;
        this.#judgePruned(change.row);
        this.row = change.row;
      }
    };
  }
}

/** As long as a state may lag, and less. */
const ODD_MS = 4999;

const KICKS = {
  done: { kind: "done" },
  absent: { kind: "already", status: 404 },
  lost: { kind: "unavailable", message: "no answer", maybeDone: true },
} as const satisfies Record<string, WriteResult>;

function nameOf(item: Item): string {
  return item.slice(item.indexOf("/") + 1);
}

const EMPTY = { version: 1, entities: [], artifacts: [] };
