import { dryRunProblem } from "../../../agent/room/dry-run-text.ts";
import { expect } from "chai";
import type { Refusal } from "../../../agent/guardrail/guardrail.ts";
import { roomConditions, type ConditionFacts } from "../../../agent/room/room-conditions.ts";
import type { Suspicion } from "../../../agent/room/suspicion.ts";

const NOW = "2026-01-02T00:00:00.000Z";
const EARLIER = "2026-01-01T00:00:00.000Z";

const kicks: Refusal = {
  guardrail: "kick-limit",
  reason: "KickLimitExceeded",
  effect: "refusal",
  message: "8 kicks",
  items: ["entity/E-1"],
  confirmable: true,
};
const notAllowed: Refusal = {
  guardrail: "allowed-rooms",
  reason: "RoomNotAllowed",
  effect: "refusal",
  message: "not allowed",
  items: [],
  confirmable: false,
};
const aDryRun = { roomId: "lab-01", dryRun: { commit: "c1" } };
const noSeed = (name: string) => ({
  item: `artifact/${name}`,
  reason: "SeedMissing" as const,
  message: "no file",
});
const held: Refusal = {
  ...kicks,
  effect: "hold",
  reason: "HistoryRewritten",
  message: "rewritten",
};
const suspicion: Suspicion = {
  kind: "foreign",
  message: "none of ours",
  since: EARLIER,
  digest: "d",
  seenAt: EARLIER,
  acceptedAt: null,
};
const unauthorized = {
  kind: "failed",
  reason: "Unauthorized",
  message: "token expired",
  status: 401,
  retryAfterMs: null,
} as const;
const down = {
  ...unauthorized,
  reason: "RoomServerUnavailable",
  message: "503",
  status: null,
} as const;
const problem = { reason: "SpecInvalid", message: "line 3", revision: "main@sha1:2" } as const;

const cases: readonly {
  readonly name: string;
  readonly facts: Partial<ConditionFacts>;
  readonly want: readonly string[];
}[] = [
  {
    name: "a room that no pass has been over",
    facts: { outcome: null },
    want: ["Ready Unknown NotYetReconciled: no pass has ended yet"],
  },
  {
    name: "a room that matches its spec",
    facts: { outcome: { kind: "converged" } },
    want: ["Ready True Converged: the room matches main@sha1:1"],
  },
  {
    name: "a room of which only blocked items are left",
    facts: { outcome: { kind: "converged" }, blocked: [noSeed("a")] },
    want: [
      "Ready True Converged: the room matches main@sha1:1, apart from 1 item that cannot be done now",
      "PartlyManaged True ItemsBlocked: 1 item that cannot be done now: SeedMissing: artifact/a: no file",
    ],
  },
  {
    name: "a room whose removals are held",
    facts: {
      outcome: { kind: "held", reason: "HistoryRewritten", message: "rewritten" },
      refusals: [held],
      blocked: [noSeed("a"), noSeed("b")],
    },
    want: [
      "Ready False HistoryRewritten: rewritten",
      "AwaitingConfirm True HistoryRewritten: rewritten",
      "PartlyManaged True ItemsBlocked: 2 items that cannot be done now: SeedMissing: artifact/a, artifact/b: no file",
    ],
  },
  {
    name: "a room that reads as it cannot be",
    facts: {
      outcome: { kind: "waiting", reason: "SuspiciousRead", message: "wait", afterMs: 5000 },
      suspicion,
    },
    want: [
      "Ready False SuspiciousRead: wait",
      "Reconciling True SuspiciousRead: wait",
      "Suspicious True SuspiciousRead: none of ours",
    ],
  },
  {
    name: "a room that read oddly until a second read agreed",
    facts: { outcome: { kind: "converged" }, suspicion: { ...suspicion, acceptedAt: EARLIER } },
    want: ["Ready True Converged: the room matches main@sha1:1"],
  },
  {
    name: "a room that reads as another one",
    facts: { outcome: { ...down, reason: "SuspiciousRead", message: "lab-02" } },
    want: [
      "Ready False SuspiciousRead: lab-02",
      "Reconciling True SuspiciousRead: lab-02",
      "Suspicious True SuspiciousRead: lab-02",
    ],
  },
  {
    name: "a dry run whose plan would be refused",
    facts: { outcome: { kind: "planned" }, refusals: [kicks] },
    want: [
      "Ready False DryRun: commit c1 asks for a dry run; its plan is in pendingDiff and not carried out",
      "AwaitingConfirm True KickLimitExceeded: 8 kicks",
    ],
  },
  {
    name: "a dry run whose plan is empty",
    facts: { outcome: { kind: "planned" }, dryRun: dryRunProblem(aDryRun, { isEmpty: true }) },
    want: ["Ready False DryRun: commit c1 asks for a dry run; its plan is empty"],
  },
  {
    name: "a dry run by a line that only looks like one",
    facts: {
      outcome: { kind: "planned" },
      dryRun: dryRunProblem({
        roomId: "lab-01",
        dryRun: { commit: "c1", lookAlike: { line: "dry-run: true", reason: "not exact" } },
      }),
    },
    want: [
      "Ready False DryRunLookAlike: the line `dry-run: true` of commit c1 looks as if it asked for a dry run, but does not count: not exact. The room is held as a dry run; its plan is in pendingDiff and not carried out. To carry the plan out, name the room in `Confirm: lab-01` of a new commit, or change it in one without such a line",
    ],
  },
  {
    name: "a plan that a confirmation would allow and one that nothing would",
    facts: {
      outcome: { kind: "refused", refusals: [notAllowed, kicks] },
      refusals: [notAllowed, kicks],
    },
    want: [
      "Ready False RoomNotAllowed: not allowed; 8 kicks",
      "AwaitingConfirm True KickLimitExceeded: 8 kicks",
    ],
  },
  {
    name: "work that is left",
    facts: { outcome: { kind: "partial", reason: "ActionsFailed", message: "1 of 2" } },
    want: ["Ready False ActionsFailed: 1 of 2", "Reconciling True ActionsFailed: 1 of 2"],
  },
  {
    name: "work that the RoomServer refuses for good",
    facts: {
      outcome: { kind: "partial", reason: "ActionsFailed", message: "1 of 2", isRefused: true },
    },
    want: ["Ready False ActionsFailed: 1 of 2", "Stalled True ActionsFailed: 1 of 2"],
  },
  {
    name: "a room that is stalled",
    facts: { outcome: { kind: "stalled", reason: "NotConverged", message: "after 3" } },
    want: ["Ready False NotConverged: after 3", "Stalled True NotConverged: after 3"],
  },
  {
    name: "a room that waits",
    facts: {
      outcome: { kind: "stopping", reason: "ShuttingDown", message: "stopping" },
    },
    want: ["Ready False ShuttingDown: stopping", "Reconciling True ShuttingDown: stopping"],
  },
  {
    name: "a pass that made room for a newer one",
    facts: { outcome: { kind: "superseded" } },
    want: [
      "Ready False Superseded: a newer revision is being worked on",
      "Reconciling True Superseded: a newer revision is next",
    ],
  },
  {
    name: "a failure that passes",
    facts: { outcome: down, drifted: true },
    want: [
      "Ready False RoomServerUnavailable: 503",
      "Reconciling True RoomServerUnavailable: 503",
      "Drifted True DriftDetected: the room differs from the inputs it was verified at",
    ],
  },
  {
    name: "a failure that needs a person",
    facts: { outcome: unauthorized },
    want: ["Ready False Unauthorized: token expired", "Stalled True Unauthorized: token expired"],
  },
  {
    name: "a broken spec while the older one is enforced",
    facts: { outcome: { kind: "converged" }, problem },
    want: ["Ready False SpecInvalid: line 3", "Stalled True SpecInvalid: line 3"],
  },
  {
    name: "a broken spec before any pass",
    facts: { outcome: null, problem },
    want: ["Ready False SpecInvalid: line 3", "Stalled True SpecInvalid: line 3"],
  },
  {
    name: "a refused spec beside which the older one cannot be enforced now",
    facts: { outcome: { kind: "refused", refusals: [notAllowed] }, enforcing: down },
    want: [
      "Ready False RoomNotAllowed: not allowed",
      "Reconciling True RoomServerUnavailable: 503",
    ],
  },
  {
    name: "a refused spec beside which the older one needs a person",
    facts: { outcome: { kind: "refused", refusals: [notAllowed] }, enforcing: unauthorized },
    want: ["Ready False RoomNotAllowed: not allowed", "Stalled True Unauthorized: token expired"],
  },
  {
    name: "a room that nobody owns, whatever else is known",
    facts: { owned: false, outcome: unauthorized, problem, blocked: [noSeed("a")], drifted: true },
    want: [
      "Ready False Orphaned: no spec names this room any more: it is left as it is; add its spec file, whose name ends in .room.yaml, again to manage it",
      "Orphaned True NoSpec: no spec names this room any more: it is left as it is; add its spec file, whose name ends in .room.yaml, again to manage it",
    ],
  },
];

function conditionsOf(
  facts: Partial<ConditionFacts>,
  before: Parameters<typeof roomConditions>[1] = [],
) {
  return roomConditions(
    {
      owned: true,
      outcome: null,
      problem: null,
      refusals: [],
      blocked: [],
      drifted: false,
      revision: "main@sha1:1",
      dryRun: dryRunProblem({ roomId: "lab-01", dryRun: { commit: "c1" } }),
      ...facts,
    },
    before,
    NOW,
  );
}

describe("roomConditions", () => {
  for (const { name, facts, want } of cases) {
    it(`tells ${name}`, () => {
      const conditions = conditionsOf(facts);
      expect(
        conditions.map(
          ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`,
        ),
      ).to.deep.equal(want);
    });
  }

  it("carries the five members of a condition and no other", () => {
    for (const condition of conditionsOf({ problem, outcome: unauthorized, refusals: [kicks] })) {
      expect(condition).to.have.all.keys(
        "type",
        "status",
        "reason",
        "message",
        "lastTransitionTime",
      );
    }
  });

  it("moves the time of a condition only when its status does", () => {
    const before = conditionsOf({ outcome: down }).map((condition) => ({
      ...condition,
      lastTransitionTime: EARLIER,
    }));
    const still = conditionsOf({ outcome: { ...down, reason: "StoreUnavailable" } }, before);
    expect(still.map((one) => `${one.type} ${one.lastTransitionTime}`)).to.deep.equal([
      `Ready ${EARLIER}`,
      `Reconciling ${EARLIER}`,
    ]);
    const [ready] = conditionsOf({ outcome: { kind: "converged" } }, before);
    expect(ready?.lastTransitionTime).to.equal(NOW);
  });
});
