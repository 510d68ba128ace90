import { expect } from "chai";
import type { Item } from "../../../agent/plan/item.ts";
import { prune } from "../../../agent/guardrail/prune.ts";
import { pruneText } from "../../../agent/room/prune.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { type FactsGiven, someFacts } from "../../support/some-facts.ts";

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

  it("waits for a state that may lag, and then for a person, with what was removed and is still shown", () => {
    const still = (waitMs: number, given: FactsGiven = {}) =>
      prune.judge(
        aPlan(kicks("E-1")),
        someFacts({
          ...given,
          prune: { removal, heldBy: null, removing: { items: ["entity/E-1"], waitMs } },
        }),
      );
    expect(still(7)).to.include({ reason: "NotConverged", effect: "wait", afterMs: 7 });
    expect(still(0)).to.include({ reason: "PruneNeedsConfirm", effect: "hold", confirmable: true });
    const inDoubt = { message: "BaseUrl changed", ours: new Set<Item>() };
    expect(still(7, { inDoubt })).to.include({ effect: "refusal", confirmable: true });
    expect(still(7, { inDoubt })?.message).to.include("whoever put them there");
  });

  it("is carried out where no file names the room", () => {
    expect(judged({})).to.equal(undefined);
  });
});

describe("a prune that is not confirmed", () => {
  const message = "RoomServer.BaseUrl was changed";

  it("says that it takes what others put there where that is in doubt, and only there", () => {
    const saidOf = (ours: Iterable<"entity/E-1">) => {
      const inDoubt = { message, ours: new Set(ours) };
      const facts = someFacts({ inDoubt, prune: { removal, heldBy: null } });
      return prune.judge(aPlan(kicks("E-1")), facts)?.message;
    };
    expect(saidOf([])).to.match(
      /removed\. RoomServer\.BaseUrl was changed: 1 .* whoever put them there$/,
    );
    expect(saidOf(["entity/E-1"])).to.match(/; what others put there stays$/);
  });

  it("says so in the condition of its room", () => {
    const mark = {
      source: "main",
      path: "a.room.yaml",
      revision: "main@sha1:1",
      commit: null,
      author: null,
      committedAt: null,
      since: "2026-01-01T00:00:00.000Z",
    };
    const saidOf = (isAll: boolean) =>
      pruneText(mark, {
        roomId: "room-a",
        inventory: ["entity/E-1"],
        inDoubt: { message, isAll },
      });
    expect(saidOf(true)).to.include(`whoever put them there. ${message}. To keep them`);
    expect(saidOf(true)).to.not.include("stays");
    expect(saidOf(false)).to.include("; what others put there stays. To keep them");
  });
});
