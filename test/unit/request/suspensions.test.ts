import { expect } from "chai";
import type { LogFn } from "pino";
import { refusedAtGate } from "../../../agent/request/request-answers.ts";
import { Suspensions } from "../../../agent/request/suspensions.ts";
import type { SuspendRequest } from "../../../agent/request/suspension-requests.ts";
import { SteadyTime } from "../../../agent/kernel/steady-time.ts";
import { suspensionText, type SuspendScope } from "../../../agent/room/suspension.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { aTrail } from "../../support/a-trail.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const HOUR_MS = 3_600_000;
const START = "2026-01-01T00:00:00.000Z";
const ROOM: SuspendScope = { kind: "room", roomId: "room-a" };
const SOURCE: SuspendScope = { kind: "source", source: "main" };
const ALL: SuspendScope = { kind: "agent" };
const OWNER = { kind: "git", source: "main", path: "a.room.yaml" } as const;

/** An agent's suspensions over a store with `room-a` of source `main` and `room-b` of a posted spec. */
class World {
  readonly clock = new FakeClock(Date.parse(START));
  readonly steady = new SteadyTime(this.clock, null);
  store = new MemoryStore(() => this.clock.nowMs());
  readonly queued: string[] = [];
  readonly lines: string[] = [];
  counts: unknown = null;
  readonly sourceNames = new Set(["main"]);

  static async open(): Promise<World> {
    const world = new World();
    await world.store.write([
      { kind: "room", row: aRoomRow({ roomId: "room-a", owner: OWNER }) },
      { kind: "room", row: aRoomRow({ roomId: "room-b", owner: { kind: "api" } }) },
    ]);
    return world;
  }

  load(): Promise<Suspensions> {
    const note =
      (level: string): LogFn =>
      (fields: unknown, message?: unknown) =>
        void this.lines.push(`${level} ${String(message)} ${JSON.stringify(fields)}`);
    return Suspensions.load({
      store: this.store,
      steady: this.steady,
      clock: this.clock,
      trail: aTrail({ clock: this.clock }),
      queue: { add: (roomId) => void this.queued.push(roomId) },
      log: { info: note("info"), warn: note("warn") },
      metrics: { setSuspensions: (counts) => (this.counts = counts) },
      sourceNames: this.sourceNames,
    });
  }

  async actions(): Promise<readonly string[]> {
    const records = await this.store.readAudit({ count: 99 });
    return records.map(
      ({ type, action, metadata }) => `${type} ${action} ${JSON.stringify(metadata["actor"])}`,
    );
  }
}

const ask = (scope: SuspendScope, given: Partial<SuspendRequest> = {}): SuspendRequest => ({
  scope,
  reason: "database move",
  until: null,
  actor: "Ada",
  correlationId: "c-1",
  ...given,
});

const roomA = { roomId: "room-a", owner: OWNER };
const roomB = { roomId: "room-b", owner: { kind: "api" } as const };

describe("suspensions", () => {
  for (const [what, scope, a, b] of [
    ["one room", ROOM, true, false],
    ["the rooms of a source", SOURCE, true, false],
    ["all rooms", ALL, true, true],
  ] as const) {
    it(`close ${what}, survive a restart, and are lifted by resume`, async () => {
      const world = await World.open();
      const first = await world.load();
      await first.suspend(ask(scope));
      expect(world.queued).to.deep.equal(b ? ["room-a", "room-b"] : ["room-a"]);
      world.store = world.store.reopen();
      const next = await world.load();
      const isClosed = (room: typeof roomA | typeof roomB) => next.closedFor(room) !== null;
      expect([isClosed(roomA), isClosed(roomB)]).to.deep.equal([a, b]);
      expect(next.closedFor(roomA)).to.deep.include({ reason: "Suspended", confirmable: false });
      expect(next.closedFor(roomA)?.message).to.include("Ada").and.include("database move");
      const resumed = await next.resume({ scope, actor: "Bob", correlationId: "c-2" });
      expect(resumed).to.deep.include({ kind: "resumed", still: [] });
      expect([isClosed(roomA), isClosed(roomB)]).to.deep.equal([false, false]);
      expect(await world.actions()).to.deep.equal([
        'command suspend "Ada"',
        'command resume "Bob"',
      ]);
      expect(world.counts).to.deep.equal({ room: 0, source: 0, agent: 0, endingSoon: 0 });
      expect((await world.load()).list).to.deep.equal([]);
    });
  }

  it("replace an earlier one of the same scope, and both are audited", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ROOM));
    const answer = await suspensions.suspend(ask(ROOM, { actor: "Bob", reason: "again" }));
    expect(answer).to.deep.include({ kind: "suspended" });
    expect(answer.kind === "suspended" && answer.replaced?.by).to.equal("Ada");
    expect(suspensions.list.map(({ by, reason }) => `${by} ${reason}`)).to.deep.equal([
      "Bob again",
    ]);
    expect(await world.actions()).to.deep.equal(['command suspend "Ada"', 'command suspend "Bob"']);
  });

  it("say what still suspends a room that was resumed", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ALL));
    await suspensions.suspend(ask(ROOM));
    const answer = await suspensions.resume({ scope: ROOM, actor: "Ada", correlationId: "c" });
    const still = answer.kind === "resumed" ? answer.still.map(({ scope }) => scope) : [];
    expect(still).to.deep.equal([ALL]);
    expect(suspensions.closedFor(roomA)?.message).to.include("--all");
  });

  it("end by themselves at their time, also after a restart, with a record", async () => {
    const world = await World.open();
    const until = "2026-01-01T02:00:00.000Z";
    await (await world.load()).suspend(ask(ROOM, { until }));
    const suspensions = await world.load();
    await world.clock.advance(2 * HOUR_MS - 1);
    await suspensions.look();
    expect(suspensions.closedFor(roomA)).to.not.equal(null);
    world.queued.length = 0;
    await world.clock.advance(1);
    await suspensions.look();
    expect(suspensions.closedFor(roomA)).to.equal(null);
    expect(world.queued).to.deep.equal(["room-a"]);
    expect(await world.actions()).to.deep.equal([
      'command suspend "Ada"',
      'event suspension.ended "operator"',
    ]);
  });

  for (const jumpMs of [-3 * HOUR_MS, 3 * HOUR_MS]) {
    it(`last as long as they were ordered when the clock had jumped by ${jumpMs / HOUR_MS} h`, async () => {
      const world = await World.open();
      world.clock.jumpWall(jumpMs);
      const until = new Date(world.clock.nowMs() + 2 * HOUR_MS).toISOString();
      const answer = await (await world.load()).suspend(ask(ROOM, { until }));
      expect(answer.kind === "suspended" && answer.suspension).not.to.have.property("ends");
      const suspensions = await world.load();
      expect(suspensions.list[0]).to.include({ until }).and.not.have.property("ends");
      await world.clock.advance(2 * HOUR_MS - 1);
      await suspensions.look();
      expect(suspensions.closedFor(roomA)).to.not.equal(null);
      await world.clock.advance(1);
      await suspensions.look();
      expect(suspensions.closedFor(roomA)).to.equal(null);
    });
  }

  it("stay when a person prolongs them at the very moment of their end", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ROOM, { until: "2026-01-01T01:00:00.000Z" }));
    await world.clock.advance(HOUR_MS);
    const later = { until: "2026-01-01T09:00:00.000Z", reason: "longer" };
    // Writes take effect in the order in which they are handed in; the first waits.
    let release: () => void = () => undefined;
    let tail = new Promise<void>((resolve) => (release = resolve));
    world.store.beforeWrite = () => {
      const turn = tail;
      tail = turn.then(settled);
      return turn;
    };
    const prolonged = suspensions.suspend(ask(ROOM, later));
    await settled();
    const looked = suspensions.look();
    await settled();
    release();
    await Promise.all([prolonged, looked]);
    world.store.beforeWrite = () => undefined;
    expect(suspensions.closedFor(roomA)?.message).to.include("longer");
    expect((await world.load()).list.map(({ reason }) => reason)).to.deep.equal(["longer"]);
  });

  it("can be ended when their room is forgotten or their source not configured any more", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ROOM));
    await suspensions.suspend(ask(SOURCE));
    await world.store.write([{ kind: "roomForgotten", roomId: "room-a" }]);
    world.sourceNames.clear();
    for (const scope of [ROOM, SOURCE]) {
      const answer = await suspensions.resume({ scope, actor: "Ada", correlationId: "c" });
      expect(answer.kind === "resumed" && answer.ended?.scope).to.deep.equal(scope);
    }
    expect(suspensions.list).to.deep.equal([]);
  });

  it("warn once an hour before the end, and every day where there is none", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ROOM, { until: "2026-01-01T03:00:00.000Z" }));
    await suspensions.suspend(ask(SOURCE));
    world.lines.length = 0;
    const warnings = () => world.lines.splice(0).map((line) => line.split(" {")[0]);
    const looks: (readonly (string | undefined)[])[] = [];
    for (const hours of [1, 1, 0.5, 24, 1]) {
      await world.clock.advance(hours * HOUR_MS);
      await suspensions.look();
      looks.push(warnings());
    }
    expect(looks).to.deep.equal([
      [],
      ["warn suspension ends soon"],
      [],
      ["info suspension ended", "warn still suspended"],
      [],
    ]);
  });

  it("count what ends within the hour", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ROOM, { until: "2026-01-01T00:30:00.000Z" }));
    await suspensions.suspend(ask(ALL));
    expect(world.counts).to.deep.equal({ room: 1, source: 0, agent: 1, endingSoon: 1 });
  });

  it("stay while the store cannot note their end, and end in a later round", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(ROOM, { until: "2026-01-01T01:00:00.000Z" }));
    await world.clock.advance(HOUR_MS);
    world.store.beforeWrite = () => {
      throw new Error("the disk is full");
    };
    await suspensions.look();
    expect(suspensions.closedFor(roomA)).to.not.equal(null);
    expect(world.lines.at(-1)).to.include("could not be ended");
    world.store.beforeWrite = () => undefined;
    await suspensions.look();
    expect(suspensions.closedFor(roomA)).to.equal(null);
  });

  it("refuse what is unknown, and change nothing", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    const codes: unknown[] = [];
    for (const scope of [
      { kind: "room", roomId: "room-x" },
      { kind: "source", source: "other" },
    ] as const) {
      for (const answer of [
        await suspensions.suspend(ask(scope)),
        await suspensions.resume({ scope, actor: "Ada", correlationId: "c" }),
      ])
        codes.push(answer.kind === "rejected" ? `${answer.status} ${answer.code}` : answer.kind);
    }
    expect(codes).to.deep.equal([
      "404 UnknownRoom",
      "404 UnknownRoom",
      "404 UnknownSource",
      "404 UnknownSource",
    ]);
    expect(await world.actions()).to.deep.equal([]);
  });

  it("refuse a request that would write, and let a dry run be made", async () => {
    const world = await World.open();
    const suspensions = await world.load();
    await suspensions.suspend(ask(SOURCE));
    const [suspension] = suspensions.list;
    const deps = { gates: [suspensions], store: world.store };
    const refused = await refusedAtGate({ roomId: "room-a", dryRun: false }, deps);
    expect(refused).to.deep.equal({
      kind: "rejected",
      status: 409,
      code: "Suspended",
      detail: suspension === undefined ? "" : suspensionText(suspension),
    });
    expect(await refusedAtGate({ roomId: "room-a", dryRun: true }, deps)).to.equal(null);
    expect(await refusedAtGate({ roomId: "room-b", dryRun: false }, deps)).to.equal(null);
  });
});
