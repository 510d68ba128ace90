import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { A_CONFIRM, aPasses, aRequest, GRACE_MS, ids, ROOM, type End } from "./a-passes.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { aRefusal } from "../../support/explain-facts.ts";
import { aCause } from "../../support/an-ending.ts";
import { anInput, aRoomRow } from "../../support/a-row.ts";
import { settled } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

describe("RoomPasses", () => {
  it("gives a pass nobody asked for its trigger and an id of its own", async () => {
    const world = aPasses();
    await world.handle("git");
    await world.handle("interval");
    expect(world.passes.map(({ cause }) => cause)).to.deep.equal([
      aCause({ trigger: "git", correlationId: "id-1" }),
      aCause({ trigger: "interval", correlationId: "id-2" }),
    ]);
  });

  it("warns once of a room that stays as it is, until its words or its spec change", async () => {
    const world = aPasses();
    world.isChanged = true;
    const after = async (
      message: string | null,
      head = "v1",
      priority: "apply" | "git" = "git",
    ) => {
      const ready = {
        type: "Ready",
        reason: "RoomServerUnavailable",
        lastTransitionTime: "",
      } as const;
      const conditions = message === null ? [] : [{ ...ready, status: "False" as const, message }];
      world.row = { ...aRoomRow(), head: { ...anInput(), revision: head }, conditions };
      if (priority === "apply") world.requests.add(ROOM, aRequest("asked", []));
      await world.handle(priority);
      return world.levels.splice(0).join();
    };
    expect(await after("503")).to.equal("warn");
    expect(await after("503")).to.equal("debug");
    expect(await after("503", "v1", "apply")).to.equal("warn");
    expect(await after("500")).to.equal("warn");
    expect(await after("not converged after 10 passes; 500")).to.equal("debug");
    const traced = (time: string, id: string) =>
      `the server answered 500 ({"at":"${time}","traceId":"${id}"})`;
    expect(
      await after(traced("2026-11-30T10:00:00Z", "00-0af7651916cd43dd8448eb211c80319c-01")),
    ).to.equal("warn");
    expect(
      await after(traced("2026-11-30T10:05:00Z", "00-9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d-01")),
    ).to.equal("debug");
    expect(await after("500")).to.equal("warn");
    expect(await after("not converged after 11 passes; 500")).to.equal("debug");
    expect(await after("500", "v2")).to.equal("warn");
    expect(await after(null)).to.equal("info");
    expect(await after("500", "v2")).to.equal("warn");
    expect(await after("500", "v2")).to.equal("debug");
  });

  it("names the removals that are refused, each once, the first ten of many", async () => {
    const world = aPasses();
    world.isChanged = true;
    const refused = (items: readonly Item[]) => ({ ...aRefusal({}), items });
    world.row = aRoomRow({ refusals: [refused(["entity/a", "entity/b"]), refused(["entity/b"])] });
    await world.handle();
    const many = Array.from({ length: 40 }, (_, at): Item => `entity/e-${at}`);
    world.row = aRoomRow({ refusals: [refused(many)] });
    await world.handle();
    world.row = aRoomRow();
    await world.handle();
    const [few, some, none] = world.lines.map(({ removals, moreRemovals }) => ({
      removals,
      moreRemovals,
    }));
    expect(few).to.deep.equal({ removals: ["entity/a", "entity/b"], moreRemovals: undefined });
    expect(some).to.deep.equal({ removals: many.slice(0, 10), moreRemovals: 30 });
    expect(none).to.deep.equal({ removals: undefined, moreRemovals: undefined });
  });

  it("gives each request a pass of its own, first come first served", async () => {
    const world = aPasses();
    const ends: End[] = [];
    world.requests.add(ROOM, aRequest("one", ends, { confirm: A_CONFIRM }));
    world.requests.add(ROOM, aRequest("two", ends));
    world.requests.add("room-b", aRequest("other", ends));
    expect(await world.handle("apply")).to.deep.include({ kind: "after" });
    expect(world.added).to.deep.equal(["apply"]);
    expect(await world.handle("apply")).to.deep.include({ kind: "after" });
    expect(world.added).to.deep.equal(["apply"]);
    expect(
      world.passes.map(({ cause }) => [cause.correlationId, cause.confirm, cause.actor]),
    ).to.deep.equal([
      ["one", A_CONFIRM, "ada"],
      ["two", null, "ada"],
    ]);
    expect(
      ends.map((end) => (end.kind === "report" ? end.report.correlationId : "error")),
    ).to.deep.equal(["one", "two"]);
  });

  it("gives equal requests one pass, each its own answer", async () => {
    const world = aPasses();
    const ends: End[] = [];
    world.requests.add(ROOM, aRequest("one", ends));
    world.requests.add(ROOM, aRequest("two", ends, { confirm: A_CONFIRM }));
    world.requests.add(ROOM, aRequest("three", ends, { actor: "bob" }));
    await world.handle("apply");
    expect(ids(ends)).to.deep.equal(["one", "three"]);
    expect(world.passes[0]?.cause).to.deep.include({ correlationId: "one", alsoFor: ["three"] });
    await world.handle("apply");
    expect(ids(ends)).to.deep.equal(["one", "three", "two"]);
    expect(world.passes).to.have.length(2);
  });

  it("runs no pass for a caller that went away before it began", async () => {
    const world = aPasses();
    const ends: End[] = [];
    const gone = new AbortController();
    world.requests.add(ROOM, {
      ...aRequest("one", ends, { confirm: A_CONFIRM }),
      gone: gone.signal,
    });
    gone.abort();
    expect(ends).to.deep.equal([{ kind: "dropped" }]);
    expect(world.requests.has(ROOM)).to.equal(false);
    expect(await world.handle("apply")).to.deep.equal({ kind: "unspent" });
    expect(world.passes).to.deep.equal([]);
  });

  it("runs no pass but for a person while the room waits for the first poll of its source", async () => {
    const world = aPasses();
    world.waitMs = 12_000;
    for (const priority of ["git", "interval"] as const)
      expect(await world.handle(priority)).to.deep.equal({
        kind: "after",
        priority: "interval",
        delayMs: 12_000,
      });
    expect(world.passes).to.deep.equal([]);
    world.requests.add(ROOM, aRequest("c-1", []));
    await world.handle("apply");
    expect(world.passes).to.have.length(1);
  });

  it("finishes the pass of a caller that went away after it began", async () => {
    const world = aPasses();
    const ends: End[] = [];
    const gone = new AbortController();
    world.requests.add(ROOM, { ...aRequest("one", ends), gone: gone.signal });
    world.work = async () => gone.abort();
    await world.handle("apply");
    expect(ids(ends)).to.deep.equal(["one"]);
  });

  it("answers with what took the place of the inputs that a request carried", async () => {
    const world = aPasses();
    const ends: End[] = [];
    const by = { revision: "api@sha256:2", correlationId: "two" };
    world.replacements.of = async (_room, carried) => (carried === null ? null : by);
    world.requests.add(ROOM, aRequest("one", ends, { carried: anInput("1") }));
    await world.handle("apply");
    expect(ends.map((end) => (end.kind === "report" ? end.replacedBy : end))).to.deep.equal([by]);
  });

  it("leaves a request that comes during a pass to the next one", async () => {
    const world = aPasses();
    const ends: End[] = [];
    world.work = async () => {
      if (world.passes.length === 1) world.requests.add(ROOM, aRequest("late", ends));
    };
    expect(await world.handle("git")).to.deep.include({ kind: "after" });
    expect(world.added).to.deep.equal(["apply"]);
    expect(ends).to.deep.equal([]);
    await world.handle("apply");
    expect(ends).to.have.length(1);
  });

  for (const { requeue, intervalMs, want } of [
    {
      requeue: { kind: "interval" },
      intervalMs: 30_000,
      want: { kind: "after", priority: "interval", delayMs: 30_000 },
    },
    { requeue: { kind: "interval" }, intervalMs: null, want: { kind: "settled" } },
    { requeue: { kind: "now" }, intervalMs: null, want: { kind: "again", priority: "git" } },
    {
      requeue: { kind: "backoff", atLeastMs: 7 },
      intervalMs: null,
      want: { kind: "backoff", priority: "interval", atLeastMs: 7 },
    },
    { requeue: { kind: "never" }, intervalMs: 30_000, want: { kind: "settled" } },
  ] as const) {
    const mode = intervalMs === null ? "without intervals" : "with intervals";
    it(`tells the queue of "${requeue.kind}" ${mode}`, async () => {
      expect(await aPasses({ requeue, intervalMs }).handle()).to.deep.equal(want);
    });
  }

  it("tells a request that its pass threw, and the pool too", async () => {
    const world = aPasses();
    const ends: End[] = [];
    const error = new OperatorError("StoreUnavailable", "the disk is full");
    world.requests.add(ROOM, aRequest("one", ends));
    world.work = async () => {
      throw error;
    };
    expect(await rejection(world.handle("apply"))).to.equal(error);
    expect(ends).to.deep.equal([{ kind: "error", error }]);
    expect([...world.state.reconciling]).to.deep.equal([]);
  });

  it("shows which rooms a pass runs over", async () => {
    const world = aPasses();
    world.work = async () => {
      expect([...world.state.reconciling]).to.deep.equal([ROOM]);
    };
    await world.handle();
    expect([...world.state.reconciling]).to.deep.equal([]);
  });

  it("asks the queue whether a newer revision waits", async () => {
    const world = aPasses();
    world.work = async () => {
      const { superseded } = world.passes[0]!.signals;
      expect(superseded()).to.equal(false);
      world.newer = true;
      expect(superseded()).to.equal(true);
    };
    await world.handle();
  });

  describe("when the agent stops", () => {
    const abortable = (world: ReturnType<typeof aPasses>) => async () => {
      const { signal } = world.passes[0]!.signals;
      await new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    };

    it("tells the pass at once and cuts its call off only after the grace period", async () => {
      const world = aPasses();
      const ends: End[] = [];
      world.requests.add(ROOM, aRequest("one", ends));
      world.work = abortable(world);
      const stopping = new AbortController();
      const handled = world.handle("apply", stopping.signal);
      await settled();
      const { signals } = world.passes[0]!;
      expect(signals.stopping()).to.equal(false);
      stopping.abort();
      expect(signals.stopping()).to.equal(true);
      await world.clock.advance(GRACE_MS - 1);
      expect(signals.signal.aborted).to.equal(false);
      await world.clock.advance(1);
      expect(signals.signal.aborted).to.equal(true);
      expect(await handled).to.deep.equal({ kind: "settled" });
      expect(ends[0]?.kind === "error" && ends[0].error).to.include({ code: "ShuttingDown" });
    });

    it("leaves no timer behind when the pass ends in time", async () => {
      const world = aPasses();
      const stopping = new AbortController();
      world.work = async () => {
        stopping.abort();
        await settled();
        expect(world.clock.sleeping).to.equal(1);
      };
      await world.handle("git", stopping.signal);
      await settled();
      expect(world.clock.sleeping).to.equal(0);
    });

    it("gives a pass that begins then no more than the grace period", async () => {
      const world = aPasses();
      world.work = abortable(world);
      const handled = world.handle("git", AbortSignal.abort());
      await world.clock.advance(GRACE_MS);
      expect(await handled).to.deep.equal({ kind: "settled" });
    });
  });
});
