import { join } from "node:path";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import type { ReasonNote } from "../../../agent/status/reason-note.ts";
import { REASONS } from "../../../agent/status/reasons.ts";
import { emptyRoom } from "../../../devserver/room.ts";
import { anEntity } from "../../support/a-room-spec.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import {
  checkHealth,
  describeRow,
  gauges,
  healthOf,
  logOf,
  settledAs,
  sum,
} from "../../support/attention-checks.ts";
import { NO_ROW } from "./attention-no-rows.ts";
import { ROOM_ROWS, SOURCE_ROWS } from "./attention-rows.ts";
import { START_ROWS, worldOfStartRows } from "./attention-start-rows.ts";
import { damagePage } from "../../support/damage.ts";
import { putRoom, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

describe("states of a room that need a person", () => {
  let world: AgentWorld;

  before(async function () {
    this.timeout(60_000);
    world = await AgentWorld.create({
      Git__Sources__0__Limits__SeedBytes: "1000",
      Git__Sources__0__Limits__SeedTotalBytes: "2500",
      Operator__Reconciliation__IntervalSeconds: "2",
      Operator__Reconciliation__ParallelRooms: "8",
      Operator__Reconciliation__StateConsistency__StaleTolerance: "60s",
      Operator__Reconciliation__Guardrails__MaxArtifactsDeletePerCycle: "1",
      Operator__Reconciliation__ConvergenceTracking__MaxCyclesUntilConverged: "2",
    });
    world.commit(Object.assign({}, ...ROOM_ROWS.map(({ before: files = {} }) => files)));
    for (const { room: id, there = [] } of ROOM_ROWS)
      if (there.length > 0) {
        const held = there.map((entity) => anEntity(entity));
        await putRoom(world.roomServerUrl, { ...emptyRoom(id), entities: held });
      }
    await world.start();
    for (const { room, before: files } of ROOM_ROWS) if (files) await world.verified(room);
    await setFaults(world.roomServerUrl, ...ROOM_ROWS.flatMap(({ faults = [] }) => faults));
    world.commit(Object.assign({}, ...ROOM_ROWS.map(({ after: files = {} }) => files)));
    for (const { act } of ROOM_ROWS) await act?.(world);
    await settledAs(ROOM_ROWS, world);
  });

  after(() => world.remove());

  for (const row of ROOM_ROWS) describeRow(row, () => world);

  it("make /health degraded, which counts them and names the first", () => checkHealth(world));

  it("are told of their source where a file cannot be used", async () => {
    const [source] = (await world.status()).sources;
    const errors = source?.specErrors.length ?? 0;
    expect(errors).to.be.above(0);
    const detail = logOf(world).findLast(
      ({ message }) => message === "spec files have errors",
    )?.detail;
    const record = (await world.audit("source.specErrors")).at(-1);
    const { problems } = await healthOf(world);
    const told = problems.find(
      ({ check, message }) => check === "source specs" && message === detail,
    );
    expect(told?.message).to.match(/^\d+ errors in spec files: rooms\/.*:\d+:\d+: /);
    expect(record?.metadata).to.include({ count: errors, message: detail });
    expect(sum(await gauges(world), "spec_errors", { source: "specs" })).to.equal(errors);
  });
});

describe("states of a room that another start or many passes lead to", () => {
  let world: AgentWorld;

  before(async function () {
    this.timeout(60_000);
    world = await worldOfStartRows();
    await settledAs(START_ROWS, world);
  });

  after(() => world.remove());

  for (const row of START_ROWS) describeRow(row, () => world);

  it("make /health degraded, which counts them and names the first", () => checkHealth(world));
});

describe("states of a source that need a person", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Limits__PackBytes: "1000000",
      Git__Sources__0__PollTimeoutSeconds: "6",
      Operator__Reconciliation__IntervalSeconds: "60",
      Operator__Reconciliation__StateConsistency__StaleTolerance: "60s",
    });
    world.commit({ "rooms/desk.room.yaml": specYaml({ roomId: "room-desk" }) });
    await world.start();
    await world.verified("room-desk");
  });

  after(() => world.remove());

  for (const { reason, begin, says } of SOURCE_ROWS) {
    it(`${reason} is in log, audit, gauge, health and explain, in the same words`, async () => {
      await begin(world);
      const message = await eventually(`the source fails with ${reason}`, async () => {
        const { lastError } = (await world.status()).sources[0] ?? {};
        return lastError?.reason === reason ? lastError.message : undefined;
      });
      expect(message).to.match(says);
      const line = await eventually("a line in the log", () =>
        logOf(world).findLast((one) => one.message === "source failed" && one.reason === reason),
      );
      expect(line).to.include({ level: "warn", source: "specs", reason, detail: message });
      const record = await eventually("a record in the audit", async () =>
        (await world.audit("source.failed")).findLast(
          ({ metadata }) => metadata["reason"] === reason,
        ),
      );
      expect(record.metadata).to.include({ source: "specs", reason, message });
      const failed = { source: "specs", result: reason };
      expect(sum(await gauges(world), "source_polls_total", failed)).to.be.above(0);
      const { status, problems } = await healthOf(world);
      expect(status).to.equal("degraded");
      expect(problems).to.deep.include({ check: "source specs", message: `${reason}: ${message}` });
      const { body } = await world.get<ExplainAnswer>("/rooms/room-desk/explain");
      expect(body.atHead, "nobody knows what head is").to.equal(null);
      const cause = body.blockedBy.find((one) => one.reason === reason);
      expect(cause?.message).to.include(message);
    });
  }
});

describe("ObserveOnly", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create();
    world.commit({ "rooms/desk.room.yaml": specYaml({ roomId: "room-desk" }) });
    await world.start();
    await world.verified("room-desk");
    await world.stop();
    damagePage(join(world.data, "store.db"), { page: 2, from: 0, bytes: 4096 });
    await world.joinByHand("room-desk", "E-09");
    await world.start();
    await world.reason("room-desk", "ObserveOnly");
  });

  after(() => world.remove());

  it("is in log, audit, gauge, health and explain, in the same words", async () => {
    const { observeOnly } = await world.status();
    const message = observeOnly?.message ?? "";
    expect(message).to.not.equal("");
    const line = logOf(world).find((one) => one.message === "observe-only: no room is written to");
    expect(line).to.include({ level: "warn", detail: message });
    expect((await world.audit("store.damaged"))[0]?.metadata).to.include({ message });
    expect(sum(await gauges(world), "observe_only")).to.equal(1);
    const { problems } = await healthOf(world);
    expect(problems.find(({ check }) => check === "observeOnly")?.message).to.include(message);
    const { body } = await world.get<ExplainAnswer>("/rooms/room-desk/explain");
    expect(body.blockedBy[0]?.reason).to.equal("ObserveOnly");
    expect(body.blockedBy[0]?.message).to.include(message);
    expect((await world.room("room-desk")).needsPerson?.reason).to.equal("ObserveOnly");
  });
});

describe("reasons that ask something of a person", () => {
  const rows = new Set(
    [...ROOM_ROWS, ...START_ROWS, ...SOURCE_ROWS, { reason: "ObserveOnly" }].map(
      ({ reason }) => reason,
    ),
  );
  const notes: readonly [string, ReasonNote][] = Object.entries(REASONS);

  it("have a row here, or stand in NO_ROW with the reason why not", () => {
    const asking = notes.filter(([, { next }]) => next !== null && !/^(?:None|Wait)\b/.test(next));
    const missing = asking.filter(
      ([reason]) => !rows.has(reason) && !Object.hasOwn(NO_ROW, reason),
    );
    expect(missing.map(([reason]) => reason)).to.deep.equal([]);
  });

  it("do not stand in NO_ROW when they have a row or are no reasons", () => {
    const wrong = Object.keys(NO_ROW).filter(
      (reason) => rows.has(reason) || !Object.hasOwn(REASONS, reason),
    );
    expect(wrong).to.deep.equal([]);
  });
});
