import { expect } from "chai";
import { prune } from "../../../agent/guardrail/prune.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { someFacts } from "../../support/some-facts.ts";

const removal = "the spec file was removed";
const confirmedByName = new Set(["entity/E-1"] as const);

describe("a prune that was confirmed by name", () => {
  const judged = (fact: object) =>
    prune.judge(
      aPlan(kicks("E-1")),
      someFacts({
        confirmed: confirmedByName,
        confirmedByName,
        prune: { removal, heldBy: null, ...fact },
      }),
    );

  it("waits while a file of another source names the room, or a broken one may be the room's", () => {
    const claimed = judged({ claimedBy: 'b.yaml of source "other"' });
    expect(claimed).to.include({ reason: "WaitsForSource", confirmable: false });
    expect(claimed?.message).to.include('b.yaml of source "other"');
    expect(judged({ heldBy: "a.yaml" })).to.include({ reason: "SpecUnreadable" });
  });

  it("is carried out where no file names the room", () => {
    expect(judged({})).to.equal(undefined);
  });
});
