import { expect } from "chai";
import type { EndedAttempt } from "../../../agent/reconcile/ended-pass.ts";
import { summarize } from "../../../agent/reconcile/summarize.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aPlan } from "../../support/a-plan-input.ts";
import { aCause, aJoin, aReport, REFUSED, UNCLEAR } from "../../support/an-ending.ts";
import {
  aReadBack,
  anAttempt,
  conclude,
  down,
  newer,
  older,
  partial,
  refused,
  verifiedRow,
} from "../../support/an-attempt.ts";
import { aTrail } from "../../support/a-trail.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { DEFAULT_OPTIONS } from "../../support/pass-world.ts";

describe("revisions after a pass", () => {
  const revisions = ({ enforced, ...row }: Room) => ({
    enforced: enforced?.digest,
    attempted: row.attemptedRevision,
    applied: row.appliedRevision,
    version: row.appliedVersion?.specVersion,
    verified: row.verifiedRevision,
  });
  const [one, two] = [older.revision, newer.revision];
  const before = {
    enforced: older.digest,
    attempted: one,
    applied: one,
    version: 1,
    verified: one,
  };
  const attempted = { ...before, enforced: newer.digest, attempted: two };
  const cases: readonly { name: string; attempt: EndedAttempt; want: object }[] = [
    {
      name: "move all when nothing was to be done",
      attempt: anAttempt({ kind: "converged" }, "PLANNING"),
      want: { ...attempted, applied: two, version: 2, verified: two },
    },
    {
      name: "move all when VERIFY found no difference",
      attempt: aReadBack({ kind: "converged" }, { reports: [aReport(aJoin("E-1"))] }),
      want: { ...attempted, applied: two, version: 2, verified: two },
    },
    {
      name: "stay when the room could not be read",
      attempt: anAttempt(down, "PLANNING"),
      want: before,
    },
    {
      name: "stay when the plan was refused",
      attempt: anAttempt(refused, "PRE_CHECKS"),
      want: before,
    },
    {
      name: "stay in a dry run",
      attempt: anAttempt({ kind: "planned" }, "PRE_CHECKS"),
      want: before,
    },
    {
      name: "say attempted when an action failed",
      attempt: aReadBack(partial, { reports: [aReport(aJoin("E-1"), REFUSED)] }),
      want: attempted,
    },
    {
      name: "say attempted when VERIFY could not read and an action is unclear",
      attempt: anAttempt(down, "VERIFY", { reports: [aReport(aJoin("E-1"), UNCLEAR)] }),
      want: attempted,
    },
    {
      name: "say attempted when shutdown ended it",
      attempt: anAttempt({ kind: "stopping", reason: "ShuttingDown", message: "" }, "APPLY", {
        reports: [aReport(aJoin("E-1"))],
      }),
      want: attempted,
    },
    {
      name: "say applied when every action succeeded and the room still differs",
      attempt: aReadBack(partial, { reports: [aReport(aJoin("E-1"))] }),
      want: { ...attempted, applied: two, version: 2 },
    },
    {
      name: "say applied when an unclear action is found to have happened",
      attempt: aReadBack(partial, {
        reports: [aReport(aJoin("E-1"), UNCLEAR)],
        room: { entities: ["E-1"] },
      }),
      want: { ...attempted, applied: two, version: 2 },
    },
    {
      name: "do not say applied when a server only claims that it was so before",
      attempt: aReadBack(partial, {
        reports: [aReport(aJoin("E-1"), { kind: "already", status: 409 })],
      }),
      want: attempted,
    },
    {
      name: "keep the applied version when what was enforced beside head converged",
      attempt: { ...anAttempt({ kind: "converged" }, "PLANNING"), isHead: false },
      want: { ...attempted, applied: two, verified: two },
    },
  ];
  for (const { name, attempt, want } of cases) {
    it(name, () => {
      expect(revisions(conclude([attempt]).row)).to.deep.equal(want);
    });
  }
});

describe("cycles without convergence", () => {
  const count = (attempt: EndedAttempt, cycles = 1) =>
    conclude([attempt], { row: { ...verifiedRow, cyclesSinceConverged: cycles } });

  for (const { name, attempt, want } of [
    { name: "count a pass that read back and differs", attempt: aReadBack(partial), want: 2 },
    { name: "count a failure that was read back", attempt: aReadBack(down), want: 2 },
    { name: "do not count a read that failed", attempt: anAttempt(down, "PLANNING"), want: 1 },
    { name: "do not count a VERIFY that failed", attempt: anAttempt(down, "VERIFY"), want: 1 },
    { name: "do not count a refusal", attempt: anAttempt(refused, "PRE_CHECKS"), want: 1 },
    {
      name: "do not count a batch",
      attempt: aReadBack({ kind: "batch", reason: "Batch", message: "more" }),
      want: 1,
    },
    { name: "are 0 once converged", attempt: aReadBack({ kind: "converged" }), want: 0 },
  ]) {
    it(name, () => {
      expect(count(attempt).row.cyclesSinceConverged).to.equal(want);
    });
  }

  it("end in Stalled at the limit, and passes go on at the room's backoff", () => {
    const { report, requeue, row } = count(aReadBack(partial), 2);
    expect(report.outcome).to.deep.equal({
      kind: "stalled",
      reason: "NotConverged",
      message: "not converged after 3 passes; join entity/E-1",
    });
    expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: 0 });
    expect(row.lastOutcome).to.equal("stalled/NotConverged");
  });

  it("keep the server's Retry-After when they end in Stalled", () => {
    expect(count(aReadBack(down), 2).requeue).to.deep.equal({ kind: "backoff", atLeastMs: 9000 });
  });

  it("never end in Stalled when tracking is off", () => {
    const convergence = { enabled: false, maxCycles: 1 };
    const options = { ...DEFAULT_OPTIONS, convergence };
    const endedPass = { row: verifiedRow, cause: aCause(), problem: null, durationMs: 1 };
    const { report } = summarize(
      { ...endedPass, attempts: [aReadBack(partial)] },
      { clock: new FakeClock(), steady: new FakeClock(), trail: aTrail(), gates: [], options },
    );
    expect(report.outcome).to.deep.equal(partial);
  });
});

describe("warnings after a pass", () => {
  const unknown = anAttempt({ kind: "converged" }, "PLANNING", {
    plan: aPlan([], { unknownPolicies: ["other"] }),
  });
  const reasons = ({ row }: { row: Room }) => row.warnings.map(({ reason }) => reason);

  it("name policies that RoomSpec does not know, as long as the room has them", () => {
    const warned = conclude([unknown]);
    expect(reasons(warned)).to.deep.equal(["UnknownPolicies"]);
    const unread = conclude([anAttempt(down, "PLANNING")], { row: warned.row });
    expect(reasons(unread)).to.deep.equal(["UnknownPolicies"]);
    const gone = conclude([anAttempt({ kind: "converged" }, "PLANNING")], { row: warned.row });
    expect(reasons(gone)).to.deep.equal([]);
  });

  it("keep those of the spec", () => {
    const warnings = [{ reason: "SpecWarning" as const, message: "line 3" }];
    const row = { ...verifiedRow, warnings };
    expect(reasons(conclude([unknown], { row }))).to.deep.equal(["SpecWarning", "UnknownPolicies"]);
  });
});
