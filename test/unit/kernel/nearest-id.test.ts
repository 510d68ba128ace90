import { expect } from "chai";
import { nearestId } from "../../../agent/kernel/nearest-id.ts";

describe("nearestId", () => {
  for (const [name, known, want] of [
    ["ai-lab", ["ai-lab-01", "help-desk-01"], "ai-lab-01"],
    ["AI-LAB", ["ai-lab-01", "help-desk-01"], "ai-lab-01"],
    ["ai-lab", ["ai-lab-01", "ai-lab-02"], undefined],
    ["ai-lab", ["ai-labor"], "ai-labor"],
    ["hel", ["help-desk-01"], undefined],
    ["lab", ["lab_north-east"], "lab_north-east"],
    ["la", ["la-north-east"], undefined],
    ["ai-lab-10", ["ai-lab-01", "help-desk-01"], "ai-lab-01"],
    ["ailab11", ["ai-lab-1", "ai-lab-11"], "ai-lab-11"],
    ["kitchen", ["ai-lab-01"], undefined],
    ["", ["-ai-lab-01"], undefined],
  ] as const) {
    it(`takes ${JSON.stringify(name)} for ${want ?? "nothing"} of ${known.join(", ")}`, () => {
      expect(nearestId(name, known)).to.equal(want);
    });
  }

  it("compares no more than 5,000 ids", () => {
    const known = Array.from({ length: 5_000 }, (_, at) => `room-${at}`);
    expect(nearestId("room-1", known)).to.equal("room-1");
    expect(nearestId("room-1", [...known, "lab-01"])).to.equal(undefined);
  });
});
