import { expect } from "chai";
import type { ActionResult } from "../../../agent/reconcile/sending/perform-action.ts";
import { verdict } from "../../../agent/reconcile/verdict.ts";
import {
  aJoin,
  aKick,
  aReport,
  aVerifiedPass,
  DONE,
  NOT_DONE,
  REFUSED,
  UNCLEAR,
  UNVERIFIED,
  type VerifiedGiven,
} from "../../support/an-ending.ts";

const UNAUTHORIZED: ActionResult = { kind: "unauthorized", status: 401, message: "token expired" };
const SUPERSEDED: ActionResult = { kind: "notSent", reason: "Superseded", message: "newer" };

const CLOSED = {
  guardrail: "test",
  reason: "ObserveOnly",
  message: "closed",
  condition: null,
  confirmable: false,
} as const;

const cases: readonly {
  readonly name: string;
  readonly given: VerifiedGiven;
  readonly want: Record<string, unknown>;
}[] = [
  {
    name: "is converged when nothing is left",
    given: { reports: [aReport(aJoin("E-1"))] },
    want: { kind: "converged" },
  },
  {
    name: "is converged when nothing is left although an action failed",
    given: { reports: [aReport(aJoin("E-1"), REFUSED)] },
    want: { kind: "converged" },
  },
  {
    name: "is failed when the token was refused, even with nothing left to do",
    given: { reports: [aReport(aJoin("E-1")), aReport(aJoin("E-2"), UNAUTHORIZED)] },
    want: { kind: "failed", reason: "Unauthorized", status: 401, message: "token expired" },
  },
  {
    name: "is superseded when a newer revision stopped it, whatever is left",
    given: {
      reports: [aReport(aJoin("E-1")), aReport(aJoin("E-2"), SUPERSEDED)],
      stoppedBy: "superseded",
      left: [aJoin("E-2")],
    },
    want: { kind: "superseded" },
  },
  {
    name: "is partial when an action succeeded and another was refused",
    given: {
      reports: [aReport(aJoin("E-1")), aReport(aJoin("E-2"), REFUSED)],
      left: [aJoin("E-2")],
    },
    want: {
      kind: "partial",
      reason: "ActionsFailed",
      message: "1 of 2 actions failed: join entity/E-2: no such kind",
      isRefused: true,
    },
  },
  {
    name: "is failed with the server's status when the only action was refused",
    given: { reports: [aReport(aJoin("E-1"), REFUSED)], left: [aJoin("E-1")] },
    want: { kind: "failed", reason: "Refused", status: 422 },
  },
  {
    name: "is failed when the server answered nothing",
    given: {
      reports: [aReport(aJoin("E-1"), UNCLEAR), aReport(aJoin("E-2"), NOT_DONE)],
      left: [aJoin("E-1"), aJoin("E-2")],
      stoppedBy: "unavailable",
    },
    want: { kind: "failed", reason: "RoomServerUnavailable", status: null, retryAfterMs: null },
  },
  {
    name: "names a refusal before what was not answered",
    given: {
      reports: [aReport(aJoin("E-1"), UNCLEAR), aReport(aJoin("E-2"), REFUSED)],
      left: [aJoin("E-1"), aJoin("E-2")],
    },
    want: { kind: "failed", reason: "Refused", status: 422 },
  },
  {
    name: "waits as long as the most patient answer asks for",
    given: {
      reports: [
        aReport(aJoin("E-1"), { ...NOT_DONE, retryAfterMs: 2000 }),
        aReport(aJoin("E-2"), { ...NOT_DONE, retryAfterMs: 7000 }),
      ],
      left: [aJoin("E-1"), aJoin("E-2")],
    },
    want: { kind: "failed", retryAfterMs: 7000 },
  },
  {
    name: "is partial when writes succeeded and the room still differs",
    given: { reports: [aReport(aJoin("E-1"))], left: [aJoin("E-1")] },
    want: {
      kind: "partial",
      reason: "NotConverged",
      message: "after APPLY the room still differs: join entity/E-1",
    },
  },
  {
    name: "waits for a second read when an unverified one shows nothing left",
    given: { reports: [aReport(aJoin("E-1"))], trust: UNVERIFIED },
    want: { kind: "waiting", reason: "SuspiciousRead", afterMs: 5 },
  },
  {
    name: "waits for a second read when an unverified one shows the room differ",
    given: { reports: [aReport(aJoin("E-1"))], left: [aJoin("E-1")], trust: UNVERIFIED },
    want: { kind: "waiting", reason: "SuspiciousRead" },
  },
  {
    name: "is what the answers say whatever an unverified read shows",
    given: {
      reports: [aReport(aJoin("E-1")), aReport(aJoin("E-2"), REFUSED)],
      left: [aJoin("E-2")],
      trust: UNVERIFIED,
    },
    want: { kind: "partial", reason: "ActionsFailed" },
  },
  {
    name: "only observes when a gate closed under way and something is left",
    given: {
      reports: [aReport(aJoin("E-1"))],
      left: [aJoin("E-2")],
      stoppedBy: "closed",
      closed: CLOSED,
    },
    want: { kind: "observed", reason: "ObserveOnly", isConfirmable: false },
  },
  {
    name: "has converged when a gate closed under way and nothing is left",
    given: { reports: [aReport(aJoin("E-1"))], stoppedBy: "closed", closed: CLOSED },
    want: { kind: "converged" },
  },
  {
    name: "goes on at once with the next batch of removals",
    given: { reports: [aReport(aKick("E-1"))], left: [aKick("E-2")], cut: true },
    want: { kind: "batch", reason: "Batch" },
  },
  {
    name: "does not go on at once when a batch had a failure",
    given: {
      reports: [aReport(aKick("E-1")), aReport(aKick("E-2"), UNCLEAR)],
      left: [aKick("E-2"), aKick("E-3")],
      cut: true,
    },
    want: { kind: "partial", reason: "ActionsFailed" },
  },
  {
    name: "does not go on at once when a batch removed nothing that shows",
    given: {
      reports: [aReport(aKick("E-1"))],
      room: { entities: ["E-1", "E-2"] },
      left: [aKick("E-1"), aKick("E-2")],
      cut: true,
    },
    want: { kind: "partial", reason: "NotConverged" },
  },
  {
    name: "does not go on at once when removals of a batch were held",
    given: {
      reports: [
        aReport(aKick("E-1"), {
          kind: "notSent",
          reason: "HeldByFailedAddition",
          message: "held",
        }),
      ],
      room: { entities: ["E-1", "E-2"] },
      left: [aKick("E-1"), aKick("E-2")],
      cut: true,
    },
    want: { kind: "partial", reason: "NotConverged" },
  },
];

describe("verdict", () => {
  for (const { name, given, want } of cases) {
    it(name, () => {
      expect(verdict(aVerifiedPass(given))).to.deep.include(want);
    });
  }

  it("lists three failed actions and counts the rest", () => {
    const reports = ["E-1", "E-2", "E-3", "E-4", "E-5"].map((id) => aReport(aJoin(id), REFUSED));
    const outcome = verdict(aVerifiedPass({ reports, left: [aJoin("E-1")] }));
    expect("message" in outcome && outcome.message).to.match(
      /^5 of 5 actions failed: .*E-1.*E-2.*E-3[^4]*; … \(5 in all\)$/,
    );
  });

  it("lists five remaining actions and counts the rest", () => {
    const left = ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"].map(aJoin);
    const outcome = verdict(aVerifiedPass({ reports: [aReport(aJoin("E-9"), DONE)], left }));
    expect("message" in outcome && outcome.message).to.match(/E-5, … \(6 in all\)$/);
  });
});
