import { expect } from "chai";
import type { EndedAttempt } from "../../../agent/reconcile/ended-pass.ts";
import type { StoreChange } from "../../../agent/store/store.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { aCause, aJoin, aReport, NOT_DONE, REFUSED } from "../../support/an-ending.ts";
import {
  aReadBack,
  anAttempt,
  conclude,
  down,
  newer,
  older,
  partial,
  refusal,
  refused,
} from "../../support/an-attempt.ts";

function audits(changes: readonly StoreChange[]): readonly string[] {
  return changes.flatMap((change) => (change.kind === "audit" ? [change.record.action] : []));
}

function histories(changes: readonly StoreChange[]): readonly string[] {
  return changes.flatMap((change) =>
    change.kind === "history" ? [`${change.row.outcome} ${change.row.revision}`] : [],
  );
}

describe("the next look at a room", () => {
  const cases: readonly { name: string; attempts: readonly EndedAttempt[]; want: object }[] = [
    {
      name: "comes with the interval after convergence",
      attempts: [anAttempt({ kind: "converged" }, "PLANNING")],
      want: { kind: "interval" },
    },
    {
      name: "comes with the interval after a dry run",
      attempts: [anAttempt({ kind: "planned" }, "PRE_CHECKS")],
      want: { kind: "interval" },
    },
    {
      name: "comes with the interval after a refusal",
      attempts: [anAttempt(refused, "PRE_CHECKS")],
      want: { kind: "interval" },
    },
    {
      name: "comes at once after being superseded",
      attempts: [anAttempt({ kind: "superseded" }, "VERIFY")],
      want: { kind: "now" },
    },
    {
      name: "comes at once after a batch",
      attempts: [aReadBack({ kind: "batch", reason: "Batch", message: "" })],
      want: { kind: "now" },
    },
    {
      name: "comes at the backoff when work is left",
      attempts: [aReadBack(partial)],
      want: { kind: "backoff", atLeastMs: 0 },
    },
    {
      name: "comes not before the server said, also when some actions succeeded",
      attempts: [
        aReadBack(partial, {
          reports: [
            aReport(aJoin("E-1")),
            aReport(aJoin("E-2"), { ...NOT_DONE, retryAfterMs: 4000 }),
          ],
        }),
      ],
      want: { kind: "backoff", atLeastMs: 4000 },
    },
    {
      name: "comes not before the server said after a failed read",
      attempts: [anAttempt(down, "PLANNING")],
      want: { kind: "backoff", atLeastMs: 9000 },
    },
    {
      name: "comes not before a known time",
      attempts: [
        anAttempt(
          { kind: "waiting", reason: "Contested", message: "", afterMs: 60_000 },
          "PRE_CHECKS",
        ),
      ],
      want: { kind: "backoff", atLeastMs: 60_000, isFirst: true },
    },
    {
      name: "comes when a second read may decide, as after a first failure",
      attempts: [
        anAttempt(
          { kind: "waiting", reason: "SuspiciousRead", message: "", afterMs: 5000 },
          "PLANNING",
        ),
      ],
      want: { kind: "backoff", atLeastMs: 5000, isFirst: true },
    },
    {
      name: "comes as after failures where a wait knows no time",
      attempts: [
        anAttempt(
          { kind: "waiting", reason: "SuspiciousRead", message: "", afterMs: 0 },
          "PLANNING",
        ),
      ],
      want: { kind: "backoff", atLeastMs: 0 },
    },
    {
      name: "comes as after failures where a wait is beside one",
      attempts: [
        anAttempt(
          { kind: "waiting", reason: "SuspiciousRead", message: "", afterMs: 5000 },
          "PLANNING",
        ),
        anAttempt(down, "PLANNING", { isHead: false }),
      ],
      want: { kind: "backoff", atLeastMs: 9000 },
    },
    {
      name: "comes when something changes, where that alone helps",
      attempts: [],
      want: { kind: "never" },
    },
    {
      name: "comes at the backoff of what is enforced beside a refused head",
      attempts: [anAttempt(refused, "PRE_CHECKS"), anAttempt(down, "PLANNING", { isHead: false })],
      want: { kind: "backoff", atLeastMs: 9000 },
    },
  ];
  for (const { name, attempts, want } of cases) {
    it(name, () => {
      expect(conclude(attempts).requeue).to.deep.equal(want);
    });
  }
});

describe("records of a pass", () => {
  const idle = anAttempt({ kind: "converged" }, "PLANNING", { inputs: older });

  it("are none, and the row stays, when nothing is news", () => {
    const first = conclude([idle]);
    const second = conclude([idle], { row: first.row });
    expect(second.changed).to.equal(false);
    expect(second.changes).to.deep.equal([]);
  });

  it("are an audit record for each request of a person, news or not", () => {
    const { row } = conclude([idle]);
    const cause = aCause({ trigger: "apply" });
    const { changes, changed } = conclude([idle], { row, cause });
    expect(audits(changes)).to.deep.equal(["room.converged"]);
    expect(changed).to.equal(false);
  });

  it("tell a refusal when it begins and when its items change, not in every pass", () => {
    const attempt = anAttempt(refused, "PRE_CHECKS", { refusals: [refusal] });
    const began = conclude([attempt]);
    expect(audits(began.changes)).to.deep.equal(["room.refused"]);
    expect(histories(began.changes)).to.deep.equal([`refused ${newer.revision}`]);
    const again = conclude([attempt], { row: began.row });
    expect(again.changes).to.deep.equal([]);
    const more = { ...refusal, items: [...refusal.items, "entity/E-2" as const] };
    const changed = conclude([anAttempt(refused, "PRE_CHECKS", { refusals: [more] })], {
      row: began.row,
    });
    expect(audits(changed.changes)).to.deep.equal(["room.refused"]);
  });

  it("tell a failure when it begins, changes and ends, not in every pass", () => {
    const began = conclude([anAttempt(down, "PLANNING")]);
    expect(audits(began.changes)).to.deep.equal(["room.failed"]);
    expect(conclude([anAttempt(down, "PLANNING")], { row: began.row }).changes).to.deep.equal([]);
    const other = { ...down, reason: "Unauthorized" as const };
    expect(
      audits(conclude([anAttempt(other, "PLANNING")], { row: began.row }).changes),
    ).to.deep.equal(["room.failed"]);
    expect(audits(conclude([idle], { row: began.row }).changes)).to.deep.equal(["room.converged"]);
  });

  it("call a batch with more to come no failure", () => {
    const batch = aReadBack({ kind: "batch", reason: "Batch", message: "" });
    expect(audits(conclude([batch]).changes)).to.not.include("room.failed");
  });

  it("tell an action that fails in every pass, but the room's failure only once", () => {
    const attempt = aReadBack(partial, { reports: [aReport(aJoin("E-1"), REFUSED)] });
    const { row } = conclude([attempt]);
    expect(audits(conclude([attempt], { row }).changes)).to.deep.equal(["entity.joined"]);
  });

  it("tell that drift was repaired", () => {
    const repaired = aReadBack({ kind: "converged" }, { reports: [aReport(aJoin("E-1"))] });
    const { row } = conclude([idle]);
    const { changes } = conclude([{ ...repaired, inputs: older }], { row });
    expect(audits(changes)).to.deep.equal(["entity.joined", "room.drifted", "room.converged"]);
  });

  for (const { name, attempt, want } of [
    {
      name: "a verified revision",
      attempt: anAttempt({ kind: "converged" }, "PLANNING"),
      want: "verified",
    },
    { name: "an applied one", attempt: aReadBack(partial), want: "applied" },
    { name: "a failed one", attempt: anAttempt(down, "PLANNING"), want: "failed" },
    { name: "a refused one", attempt: anAttempt(refused, "PRE_CHECKS"), want: "refused" },
    { name: "no dry run", attempt: anAttempt({ kind: "planned" }, "PRE_CHECKS"), want: null },
    {
      name: "no superseded pass",
      attempt: anAttempt({ kind: "superseded" }, "VERIFY"),
      want: null,
    },
  ]) {
    it(`put ${name} into the history`, () => {
      expect(histories(conclude([attempt]).changes)).to.deep.equal(
        want === null ? [] : [`${want} ${newer.revision}`],
      );
    });
  }

  it("put nothing into the history for what is enforced beside a broken head", () => {
    const attempt = anAttempt({ kind: "converged" }, "PLANNING", { isHead: false });
    const problem = { reason: "SpecInvalid" as const, message: "line 3" };
    const { changes } = conclude([attempt], { problem });
    expect(histories(changes)).to.deep.equal([]);
  });

  it("report the head's plan and all refusals", () => {
    const head = anAttempt(refused, "PRE_CHECKS", {
      plan: aPlan(kicks("E-1")),
      refusals: [refusal],
      warnings: [{ reason: "SpecVersionReused", message: "raise it" }],
    });
    const beside = anAttempt({ kind: "converged" }, "PLANNING", { isHead: false });
    const { report, row } = conclude([head, beside]);
    expect(report).to.deep.include({
      outcome: refused,
      phase: "PRE_CHECKS",
      refusals: [refusal],
      warnings: ["SpecVersionReused: raise it"],
      durationMs: 12,
    });
    expect(report.diff.toKick).to.deep.equal(["E-1"]);
    expect(row.pendingDiff?.toKick).to.deep.equal(["E-1"]);
    expect(row.warnings).to.deep.equal([{ reason: "SpecVersionReused", message: "raise it" }]);
  });
});
