import { expect } from "chai";
import { dryRunProblem } from "../../../agent/room/dry-run-text.ts";
import { ENDS } from "../../../agent/room/ends.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { roomConditions, type ConditionFacts } from "../../../agent/room/room-conditions.ts";

const SAID = { reason: "ActionsFailed", message: "why" } as const;
const NO_ANSWER = { status: null, retryAfterMs: null } as const;

/** One outcome of each kind, and of those whose data decides. */
const OF_EACH_KIND = {
  converged: [{ kind: "converged" }],
  planned: [{ kind: "planned" }],
  partial: [
    { kind: "partial", ...SAID },
    { kind: "partial", ...SAID, isRefused: true },
  ],
  held: [{ kind: "held", ...SAID }],
  denied: [{ kind: "denied", ...SAID }],
  batch: [{ kind: "batch", ...SAID }],
  stalled: [{ kind: "stalled", ...SAID }],
  observed: [{ kind: "observed", ...SAID, isConfirmable: false }],
  stopping: [{ kind: "stopping", ...SAID }],
  waiting: [{ kind: "waiting", ...SAID, afterMs: null }],
  superseded: [{ kind: "superseded" }],
  refused: [{ kind: "refused", refusals: [] }],
  rolledBack: [
    { kind: "rolledBack", ...SAID, notUndone: [], pending: 0 },
    { kind: "rolledBack", ...SAID, notUndone: [], pending: 1 },
  ],
  failed: [
    { kind: "failed", reason: "Unauthorized", message: "401", ...NO_ANSWER },
    { kind: "failed", reason: "RoomServerUnavailable", message: "503", ...NO_ANSWER },
  ],
} as const satisfies { readonly [kind in Outcome["kind"]]: readonly Outcome[] };
const EACH_END: readonly Outcome[] = Object.values(OF_EACH_KIND).flat();

const problem = { reason: "SpecInvalid", message: "line 3" } as const;

const ALONE: ConditionFacts = {
  owned: true,
  outcome: null,
  problem: null,
  refusals: [],
  blocked: [],
  drifted: false,
  revision: "main@sha1:1",
  dryRun: dryRunProblem({ roomId: "lab-01", dryRun: { commit: "c1" } }),
};

describe("the conditions Stalled and Reconciling", () => {
  it("are never there together, however the passes over a room ended", () => {
    const ends: readonly (Outcome | null)[] = [null, ...EACH_END];
    const seen = new Set<string>();
    for (const outcome of ends)
      for (const enforcing of ends)
        for (const given of [
          {},
          { failing: true },
          { problem },
          { prune: { isDone: false, message: "prune" } },
        ]) {
          const facts = { outcome, ...(enforcing === null ? {} : { enforcing }), ...given };
          const types = roomConditions({ ...ALONE, ...facts }, [], "").map(({ type }) => type);
          const found = types.filter((type) => type === "Reconciling" || type === "Stalled");
          expect(found.length, JSON.stringify(facts)).to.be.at.most(1);
          for (const type of found) seen.add(type);
        }
    expect([...seen].sort()).to.deep.equal(["Reconciling", "Stalled"]);
    const both = Object.values(ENDS).filter((end) => end.isReconciling && end.needsPerson);
    expect(both).to.deep.equal([]);
  });
});
