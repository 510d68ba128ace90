import { expect } from "chai";
import { convergedConfirmations } from "../../../agent/reconcile/pass-confirmations.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { aPlan } from "../../support/a-plan-input.ts";
import { aConfirmation } from "../../support/a-row.ts";
import { anAttempt, newer, older, partial, refused } from "../../support/an-attempt.ts";

const CONVERGED: Outcome = { kind: "converged" };
const items = ["entity/E-1", "entity/E-2"] as const;
const row = aConfirmation({ items: [...items], used: ["entity/E-1"] });
const spent = [{ kind: "confirmationUsed", id: row.id, items: ["entity/E-2"] }];

describe("convergedConfirmations", () => {
  for (const phase of ["PLANNING", "PRE_CHECKS", "VERIFY"] as const) {
    it(`spends what is left once the room is as its newest spec says (${phase})`, () => {
      expect(convergedConfirmations(anAttempt(CONVERGED, phase), [row])).to.deep.equal(spent);
    });
  }

  for (const origin of ["commit", "request", "return"] as const) {
    for (const named of [true, false]) {
      it(`does so with each kind of row (${origin}, ${named ? "named" : "true"})`, () => {
        const standing = [{ ...row, origin, named }];
        expect(convergedConfirmations(anAttempt(CONVERGED, "PLANNING"), standing)).to.deep.equal(
          spent,
        );
      });
    }
  }

  it("spends the confirmation of the pass's own request", () => {
    const own = { ...row, origin: "request" as const };
    const attempt = anAttempt(CONVERGED, "VERIFY", { confirmations: [own] });
    expect(convergedConfirmations(attempt, [])).to.deep.equal(spent);
    expect(convergedConfirmations(attempt, [own])).to.deep.equal(spent);
  });

  it("leaves alone what a commit confirmed while the pass was under way", () => {
    const attempt = anAttempt(CONVERGED, "VERIFY", { confirmations: [row] });
    expect(convergedConfirmations(attempt, [])).to.deep.equal([]);
  });

  it("spends nothing for what is enforced beside a newest spec", () => {
    const attempt = anAttempt(CONVERGED, "VERIFY", { isHead: false, inputs: older });
    expect(convergedConfirmations(attempt, [row])).to.deep.equal([]);
  });

  const unfinished: readonly Outcome[] = [
    partial,
    refused,
    { kind: "batch", reason: "Batch", message: "" },
    { kind: "denied", reason: "NotObservable", message: "" },
    { kind: "planned" },
    { kind: "superseded" },
    { kind: "waiting", reason: "SuspiciousRead", message: "", afterMs: 1 },
  ];
  for (const outcome of unfinished) {
    const { kind } = outcome;
    it(`spends nothing before that (${"reason" in outcome ? outcome.reason : kind})`, () => {
      expect(convergedConfirmations(anAttempt(outcome, "VERIFY"), [row])).to.deep.equal([]);
    });
  }

  it("spends nothing of what counts for another spec alone", () => {
    const attempt = anAttempt(CONVERGED, "PLANNING", { inputs: newer });
    expect(convergedConfirmations(attempt, [{ ...row, inputs: older.digest }])).to.deep.equal([]);
    const bound = [{ ...row, inputs: newer.digest }];
    expect(convergedConfirmations(attempt, bound)).to.deep.equal(spent);
  });

  it("keeps what cannot be removed yet", () => {
    const blocked = [{ item: "entity/E-2", reason: "Unsupported", message: "" }] as const;
    const plan = { ...aPlan([]), blocked: [...blocked] };
    const attempt = anAttempt(CONVERGED, "PLANNING", { plan });
    expect(convergedConfirmations(attempt, [row])).to.deep.equal([]);
  });
});
