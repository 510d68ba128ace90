import { expect } from "chai";
import { nextDryRun } from "../../../agent/intent/next-dry-run.ts";
import { NO_SPEC } from "../../../agent/room/rehearsals.ts";
import type { DryRunWord } from "../../../agent/intent/room-intent.ts";

const before = { commit: "old" };
const touch = { history: "descends", inputsChanged: true, oid: "blob1", wasHeldTo: false } as const;
const same = { ...touch, inputsChanged: false };
const intent = (dryRun: DryRunWord) => ({
  touched: true,
  named: false,
  dryRun,
  confirmations: [],
  confirmedByName: false,
  ignored: [],
});
const asked = { oid: "blob1", dryRun: { commit: "c1" } };

describe("nextDryRun", () => {
  it("begins where a commit asks for it, changed inputs or not", () => {
    for (const given of [touch, same]) {
      const next = nextDryRun(before, intent({ kind: "on", commit: "c1" }), given);
      expect(next).to.deep.equal({ commit: "c1" });
    }
  });

  it("is about no spec where the room has no good file", () => {
    const next = nextDryRun(null, intent({ kind: "on", commit: "c1" }), { ...same, oid: null });
    expect(next).to.deep.equal({ commit: "c1", oid: NO_SPEC });
  });

  it("ends when commits change the room, and stands when they leave its inputs as they are", () => {
    for (const word of [undefined, { kind: "unchanged" }, { kind: "off" }] as const) {
      const silent = word && intent(word);
      expect(nextDryRun(before, silent, touch)).to.equal(null);
      expect(nextDryRun(before, silent, same)).to.equal(before);
    }
  });

  it("ends when a commit names the room in Confirm, whatever its inputs are", () => {
    const named = intent({ kind: "off", byName: true });
    expect(nextDryRun(before, named, same)).to.equal(null);
    expect(nextDryRun(before, named, { ...same, oid: null })).to.equal(null);
  });

  it("stands for the spec that it was asked for in the same fetch", () => {
    const off = intent({ kind: "off", asked });
    expect(nextDryRun(null, off, touch)).to.deep.equal({ commit: "c1" });
    expect(nextDryRun(null, off, { ...touch, oid: "blob2" })).to.equal(null);
  });

  it("waits for the spec that it was asked for while the file is broken", () => {
    const held = nextDryRun(null, intent({ kind: "off", asked }), { ...same, oid: null });
    expect(held).to.deep.equal({ commit: "c1", oid: "blob1" });
    expect(nextDryRun(held, undefined, touch)).to.equal(held);
    expect(nextDryRun(held, undefined, { ...touch, oid: "blob2" })).to.equal(null);
  });

  it("ends where a force-push brings inputs that the room was held to, unless it was asked for them", () => {
    const back = { ...touch, history: "rewritten", wasHeldTo: true } as const;
    expect(nextDryRun(before, undefined, back)).to.equal(null);
    expect(nextDryRun(before, undefined, { ...back, inputsChanged: false })).to.equal(before);
    const asked = { ...before, oid: "blob1" };
    expect(nextDryRun(asked, undefined, back)).to.equal(asked);
    expect(nextDryRun(before, undefined, { ...back, history: "first" })).to.equal(before);
  });

  it("stands when the commits are not known", () => {
    for (const history of ["first", "rewritten"] as const) {
      const given = { ...touch, history };
      expect(nextDryRun(before, undefined, given)).to.equal(before);
      expect(nextDryRun(null, undefined, given)).to.equal(null);
    }
  });
});
