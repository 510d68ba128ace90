import { expect } from "chai";
import type { ENDS } from "../../../agent/room/ends.ts";
import type { Phase } from "../../../agent/room/outcome.ts";
import type { ActionKind } from "../../../agent/plan/plan.ts";
import type { RoomServer } from "../../../agent/roomserver/room-server.ts";
import type { SourceFailureReason } from "../../../agent/status/source-failures.ts";
import {
  ACTION_KINDS,
  PHASES,
  CLONE_RESULTS,
  POLL_RESULTS,
  toRequestResult,
} from "../../../agent/telemetry/labels.ts";
import type {
  ActionKindLabel,
  OperationLabel,
  OutcomeLabel,
  PhaseLabel,
  PollResultLabel,
} from "../../../agent/telemetry/labels.ts";
import { createMetrics } from "../../../agent/telemetry/metrics.ts";
import type { Metrics } from "../../../agent/telemetry/metrics.ts";

/** Fails to compile when a label set and the type whose values it counts drift apart. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const labelSetsAreWhole: readonly true[] = [
  true satisfies Same<ActionKindLabel, ActionKind>,
  true satisfies Same<OutcomeLabel, (typeof ENDS)[keyof typeof ENDS]["word"]>,
  true satisfies Same<PhaseLabel, Phase>,
  true satisfies Same<PollResultLabel, SourceFailureReason | "changed" | "unchanged">,
  true satisfies Same<OperationLabel, Exclude<keyof RoomServer, "capabilities" | "close">>,
];

async function samples(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const { body } = await metrics.render();
  const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const blank = line.lastIndexOf(" ");
      return [line.slice(0, blank), Number(line.slice(blank + 1))];
    }),
  );
}

describe("createMetrics", () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = createMetrics({
      version: "1.0.0",
      sources: ["specs"],
      guardrails: ["kick-limit"],
      process: false,
    });
  });

  afterEach(() => metrics.close());

  /** The value of `room_operator_<name>` after `report`. */
  const after = async (name: string, report: (of: Metrics) => void) => {
    report(metrics);
    return (await samples(metrics)).get(`room_operator_${name}`);
  };

  it("has the six metrics of the specification, at 0, from the start", async () => {
    const start = await samples(metrics);
    for (const name of [
      "reconcile_attempts_total",
      "reconcile_successes_total",
      "reconcile_failures_total",
      "reconcile_duration_seconds_count",
      "queued_requests",
      "active_reconciliations",
    ]) {
      expect(start.get(`room_operator_${name}`), name).to.equal(0);
    }
  });

  it("has every series at 0 from the start", async () => {
    const start = await samples(metrics);
    const counted = [...start].filter(([name]) => !/build_info|event_loop/.test(name));
    expect(counted.filter(([, value]) => value !== 0)).to.deep.equal([]);
    const has = (part: string) => [...start.keys()].filter((name) => name.includes(part)).length;
    expect(has("actions_total{")).to.equal(ACTION_KINDS.length * 4 + ACTION_KINDS.length);
    expect(has("source_polls_total{")).to.equal(POLL_RESULTS.length);
    expect(has("source_clone_rotations_total{")).to.equal(CLONE_RESULTS.length);
    expect(has("guardrail_refusals_total{")).to.equal(2);
    expect(has("phase_duration_seconds_count{")).to.equal(PHASES.length);
    expect(labelSetsAreWhole).to.have.length(5);
  });

  const passed = { outcome: "converged", result: "success", durationMs: 1500 } as const;
  const action = { kind: "join", result: "done", durationMs: 20 } as const;
  const request = { operation: "readState", result: "2xx", durationMs: 30 } as const;
  const reports: readonly (readonly [string, (of: Metrics) => void, number])[] = [
    ["reconcile_attempts_total", (m) => m.reconcileStarted(), 1],
    ["reconcile_successes_total", (m) => m.reconcileEnded(passed), 1],
    ["reconcile_failures_total", (m) => m.reconcileEnded(passed), 0],
    ["reconcile_failures_total", (m) => m.reconcileEnded({ ...passed, result: "failure" }), 1],
    ["reconcile_successes_total", (m) => m.reconcileEnded({ ...passed, result: "neither" }), 0],
    ['reconcile_outcomes_total{outcome="converged"}', (m) => m.reconcileEnded(passed), 1],
    ["reconcile_duration_seconds_sum", (m) => m.reconcileEnded(passed), 1.5],
    ['phase_duration_seconds_sum{phase="APPLY"}', (m) => m.phaseEnded("APPLY", 250), 0.25],
    ["queued_requests", (m) => m.setQueue({ queued: 7, active: 2 }), 7],
    ["active_reconciliations", (m) => m.setQueue({ queued: 7, active: 2 }), 2],
    ['actions_total{kind="join",result="done"}', (m) => m.actionEnded(action), 1],
    ['action_duration_seconds_sum{kind="join"}', (m) => m.actionEnded(action), 0.02],
    ['drift_actions_total{kind="kick"}', (m) => m.driftFound("kick"), 1],
    [
      'guardrail_refusals_total{guardrail="kick-limit"}',
      (m) => m.guardrailRefused("kick-limit"),
      1,
    ],
    ['guardrail_refusals_total{guardrail="other"}', (m) => m.guardrailRefused("new-rule"), 1],
    ["commit_to_verified_seconds_sum", (m) => m.commitVerified(120), 0.12],
    [
      'source_polls_total{source="specs",result="Timeout"}',
      (m) => m.pollEnded("specs", "Timeout"),
      1,
    ],
    ['source_fetch_duration_seconds_sum{source="specs"}', (m) => m.fetchEnded("specs", 900), 0.9],
    [
      'source_last_success_timestamp_seconds{source="specs"}',
      (m) => m.sourceSucceeded("specs", 1_700_000_000_500),
      1_700_000_000.5,
    ],
    [
      'source_next_poll_due_timestamp_seconds{source="specs"}',
      (m) => m.setNextPollDue("specs", 1_700_000_000_500),
      1_700_000_000.5,
    ],
    [
      'source_clone_rotations_total{source="specs",result="packs"}',
      (m) => m.cloneRotated("specs", "packs"),
      1,
    ],
    [
      'roomserver_requests_total{operation="readState",result="2xx"}',
      (m) => m.roomServerRequest(request),
      1,
    ],
    [
      'roomserver_request_duration_seconds_sum{operation="readState"}',
      (m) => m.roomServerRequest(request),
      0.03,
    ],
    ['store_writes_total{result="failed"}', (m) => m.storeWrite({ ok: false, durationMs: 4 }), 1],
    ['spec_errors{source="specs"}', (m) => m.setSpecErrors("specs", 3), 3],
    [
      'source_warning{source="specs",reason="NoSpecsFound"}',
      (m) => m.setSnapshotWarning("specs", "NoSpecsFound", true),
      1,
    ],
    ["store_write_duration_seconds_sum", (m) => m.storeWrite({ ok: true, durationMs: 4 }), 0.004],
  ];
  for (const [name, report, want] of reports) {
    it(`sets ${name} to ${want}`, async () => {
      expect(await after(name, report)).to.equal(want);
    });
  }

  it("grows no series for names it was not told at the start", async () => {
    const before = (await samples(metrics)).size;
    metrics.pollEnded("other", "changed");
    metrics.fetchEnded("other", 1);
    metrics.sourceSucceeded("other", 1);
    metrics.cloneRotated("other", "packs");
    metrics.setSpecErrors("other", 1);
    metrics.guardrailRefused("other");
    expect((await samples(metrics)).size).to.equal(before);
  });

  it("has no room label anywhere", () => {
    expect(metrics.describe().flatMap(({ labels }) => labels)).to.not.include("room");
  });

  it("keeps two agents of one process apart", async () => {
    const options = { version: "1", sources: [], guardrails: [], process: false };
    const other = createMetrics(options);
    metrics.reconcileStarted();
    expect((await samples(other)).get("room_operator_reconcile_attempts_total")).to.equal(0);
    other.close();
  });

  it("answers in the text format of Prometheus", async () => {
    const { contentType, body } = await metrics.render();
    expect(contentType).to.match(/^text\/plain; version=0\.0\.4/);
    expect(body).to.include("# TYPE room_operator_reconcile_attempts_total counter");
  });
});

describe("toRequestResult", () => {
  for (const [status, want] of [
    [200, "2xx"],
    [204, "2xx"],
    [302, "3xx"],
    [400, "4xx"],
    [401, "401"],
    [404, "404"],
    [422, "4xx"],
    [429, "429"],
    [503, "5xx"],
    [100, "invalid"],
    [999, "invalid"],
  ] as const) {
    it(`counts ${status} as ${want}`, () => {
      expect(toRequestResult(status)).to.equal(want);
    });
  }
});
