import { expect } from "chai";
import { objectionsTo } from "../../../agent/guardrail/objections.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { aJoin } from "../../support/an-ending.ts";
import { someFacts } from "../../support/some-facts.ts";

const window = { message: "closed until 13:00", nextAllowedAt: "2026-05-01T13:00:00.000Z" };
const refusal = {
  guardrail: "sync-window",
  reason: "SyncWindowClosed",
  effect: "refusal",
  message: window.message,
  items: [],
  confirmable: false,
  nextAllowedAt: window.nextAllowedAt,
};

describe("sync-window", () => {
  it("refuses a plan while the window is closed, one that changes nothing included", () => {
    for (const plan of [aPlan([aJoin("E-1")]), aPlan([])])
      expect(objectionsTo(plan, someFacts({ window }))).to.deep.equal([refusal]);
    expect(objectionsTo(aPlan([aJoin("E-1")]), someFacts())).to.deep.equal([]);
  });

  it("names no time where none is known, which is a reason of its own: a person is needed", () => {
    const [found] = objectionsTo(
      aPlan([]),
      someFacts({ window: { ...window, nextAllowedAt: null } }),
    );
    expect(found).not.to.have.property("nextAllowedAt");
    expect(found?.reason).to.equal("SyncWindowNeverOpens");
  });

  it("comes after what needs a person, with all of it reported, and is lifted by no request", () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const given = { window, limits: { requireConfirm: false }, trigger: "apply" } as const;
    const found = objectionsTo(aPlan(kicks(...ids)), someFacts(given));
    expect(found.map(({ reason }) => reason)).to.deep.equal([
      "KickLimitExceeded",
      "SyncWindowClosed",
    ]);
  });
});
