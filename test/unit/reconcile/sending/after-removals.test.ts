import { expect } from "chai";
import { removingAfter } from "../../../../agent/reconcile/sending/after-removals.ts";
import type { EndedIntent } from "../../../../agent/reconcile/sending/end-intents.ts";
import type { Action } from "../../../../agent/plan/plan.ts";
import { anEntity } from "../../../support/a-room-spec.ts";

const ENTITY = anEntity("E-1");
const KICK: Action = { kind: "kick", item: "entity/E-1", previous: { id: "E-1" } };
const JOIN: Action = { kind: "join", item: "entity/E-1", entity: ENTITY };
const at = "2026-01-01T00:00:00.000Z";
const before = { removing: { items: ["entity/E-1", "entity/E-2"], at } } as const;

function after(action: Action, over: Partial<EndedIntent> = {}) {
  const end = { id: "i", action, phase: "APPLY", state: "done", metadata: {}, ...over } as const;
  const inventory = ["entity/E-1", "entity/E-2"] as const;
  return removingAfter(before, { ended: [end], inventory, nowMs: 0 }).removing;
}

describe("what was removed by an answer alone", () => {
  it("does not hold what was put into the room again", () => {
    expect(after(JOIN)).to.deep.equal({ items: ["entity/E-2"], at });
    expect(after(JOIN, { state: "failed" })).to.deep.equal(before.removing);
  });

  it("counts from the last such answer, each item once", () => {
    const since = "1970-01-01T00:00:00.000Z";
    expect(after(KICK, { isUnseen: true })).to.deep.equal({
      items: ["entity/E-1", "entity/E-2"],
      at: since,
    });
  });

  it("is missing since a read that lacked half", () => {
    const since = "1970-01-01T00:00:00.000Z";
    expect(after(KICK, { isUnseen: true, isMissed: true })?.missing).to.deep.equal({
      items: ["entity/E-1"],
      since,
      seenAt: since,
    });
  });

  it("was not shown since the last such answer", () => {
    const fresh = { id: "i", action: KICK, phase: "APPLY", state: "done", metadata: {} } as const;
    const inventory = ["entity/E-1", "entity/E-2"] as const;
    const row = { removing: { ...before.removing, shown: inventory } };
    const ended = [{ ...fresh, isUnseen: true }] as const;
    expect(removingAfter(row, { ended, inventory, nowMs: 0 }).removing?.shown).to.deep.equal([
      "entity/E-2",
    ]);
  });

  it("ends with what has left the inventory", () => {
    const ended: readonly EndedIntent[] = [];
    expect(removingAfter(before, { ended, inventory: [], nowMs: 0 })).to.deep.equal({
      removing: null,
    });
    expect(removingAfter({}, { ended, inventory: [], nowMs: 0 })).to.deep.equal({});
  });
});
