import { expect } from "chai";
import { convergedConfirmations } from "../../../agent/reconcile/converged-confirmations.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { aPlan } from "../../support/a-plan-input.ts";
import { aConfirmation } from "../../support/a-row.ts";
import { aTrack, newer, older, partial, refused } from "../../support/a-track.ts";

const CONVERGED: Outcome = { kind: "converged" };
const items = ["entity/E-1", "entity/E-2"] as const;
const row = aConfirmation({ items: [...items], used: ["entity/E-1"] });
const spent = [{ kind: "confirmationUsed", id: row.id, items: ["entity/E-2"] }];

describe("convergedConfirmations", () => {
  for (const phase of ["PLANNING", "PRE_CHECKS", "VERIFY"] as const) {
    it(`spends what is left once the room is as its newest spec says (${phase})`, () => {
      expect(convergedConfirmations(aTrack(CONVERGED, phase), [row])).to.deep.equal(spent);
    });
  }

  for (const origin of ["commit", "request", "return"] as const) {
    for (const named of [true, false]) {
      it(`does so with each kind of row (${origin}, ${named ? "named" : "true"})`, () => {
        const standing = [{ ...row, origin, named }];
        expect(convergedConfirmations(aTrack(CONVERGED, "PLANNING"), standing)).to.deep.equal(
          spent,
        );
      });
    }
  }

  it("spends the confirmation of the pass's own request", () => {
    const own = { ...row, origin: "request" as const };
    const track = aTrack(CONVERGED, "VERIFY", { confirmations: [own] });
    expect(convergedConfirmations(track, [])).to.deep.equal(spent);
    expect(convergedConfirmations(track, [own])).to.deep.equal(spent);
  });

  it("leaves alone what a commit confirmed while the pass was under way", () => {
    const track = aTrack(CONVERGED, "VERIFY", { confirmations: [row] });
    expect(convergedConfirmations(track, [])).to.deep.equal([]);
  });

  it("spends nothing for what is enforced beside a newest spec", () => {
    const track = aTrack(CONVERGED, "VERIFY", { isHead: false, inputs: older });
    expect(convergedConfirmations(track, [row])).to.deep.equal([]);
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
      expect(convergedConfirmations(aTrack(outcome, "VERIFY"), [row])).to.deep.equal([]);
    });
  }

  it("spends nothing of what counts for another spec alone", () => {
    const track = aTrack(CONVERGED, "PLANNING", { inputs: newer });
    expect(convergedConfirmations(track, [{ ...row, inputs: older.digest }])).to.deep.equal([]);
    const bound = [{ ...row, inputs: newer.digest }];
    expect(convergedConfirmations(track, bound)).to.deep.equal(spent);
  });

  it("keeps what cannot be removed yet", () => {
    const blocked = [{ item: "entity/E-2", reason: "Unsupported", message: "" }] as const;
    const plan = { ...aPlan([]), blocked: [...blocked] };
    const track = aTrack(CONVERGED, "PLANNING", { plan });
    expect(convergedConfirmations(track, [row])).to.deep.equal([]);
  });
});
