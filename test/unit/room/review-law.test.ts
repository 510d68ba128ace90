import { expect } from "chai";
import type { PlanDigest } from "../../../agent/plan/plan-digest.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import { judgeReview, type ReviewRule } from "../../../agent/room/review-law.ts";
import type { Room } from "../../../agent/room/room.ts";
import { someInputs } from "../../support/some-inputs.ts";

const digest = (mark: string): PlanDigest => `sha256:${mark.repeat(64)}`;
const SHOWN = digest("a");
const OTHER = digest("b");
const inputs = someInputs({ digest: "new" });
const seen = (plan: string | null) => ({ inputs: "new", pullRequest: 7, plan });
const REQUIRED: ReviewRule = { isRequired: true };
const REPORTED: ReviewRule = { isRequired: false };

const rows: readonly (readonly [string, Partial<Room>, PlanDigest, ReviewRule, string])[] = [
  ["the plan that was shown", { reviewed: seen(SHOWN) }, SHOWN, REQUIRED, "ok"],
  ["another plan", { reviewed: seen(SHOWN) }, OTHER, REPORTED, "warning PlanChanged"],
  ["another plan", { reviewed: seen(SHOWN) }, OTHER, REQUIRED, "refused PlanChanged"],
  ["no plan of the room", { reviewed: seen(null) }, OTHER, REPORTED, "ok"],
  ["no plan of the room", { reviewed: seen(null) }, OTHER, REQUIRED, "refused PlanNotReviewed"],
  ["no pull request", {}, OTHER, REPORTED, "ok"],
  ["no pull request", {}, OTHER, REQUIRED, "refused PlanNotReviewed"],
  [
    "a plan of other inputs",
    { reviewed: { ...seen(OTHER), inputs: "old" } },
    OTHER,
    REQUIRED,
    "refused PlanNotReviewed",
  ],
  ["inputs that were accepted", { enforced: inputs }, OTHER, REQUIRED, "ok"],
  ["inputs that a person accepted", { planConfirmed: "new" }, OTHER, REQUIRED, "ok"],
  [
    "other inputs than the newest",
    { head: someInputs({ digest: "newer" }) },
    OTHER,
    REQUIRED,
    "ok",
  ],
  ["a source that shows no plans", {}, OTHER, null, "ok"],
];

describe("judgeReview", () => {
  for (const [name, given, plan, rule, expected] of rows) {
    const how = rule === null ? "" : rule.isRequired ? ", required" : ", reported";
    it(`answers ${expected} for ${name}${how}`, () => {
      const owner = { kind: "git", source: "specs", path: "a.room.yaml" } as const;
      const row = { ...emptyRoom("room-a", owner), head: inputs, ...given };
      const verdict = judgeReview(row, { inputs, plan: () => plan }, rule);
      const shown =
        verdict.kind === "ok"
          ? "ok"
          : verdict.kind === "warning"
            ? `warning ${verdict.warning.reason}`
            : `refused ${verdict.refusal.reason}`;
      expect(shown).to.equal(expected);
      if (verdict.kind === "refused") expect(verdict.refusal.confirmable).to.equal(true);
    });
  }

  it("never judges a posted spec", () => {
    const posted = someInputs({ digest: "new", path: null });
    const row = { ...emptyRoom("room-a", { kind: "api" }), head: posted };
    expect(judgeReview(row, { inputs: posted, plan: () => OTHER }, REQUIRED).kind).to.equal("ok");
  });
});
