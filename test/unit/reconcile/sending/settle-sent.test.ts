import { expect } from "chai";
import { settleSent } from "../../../../agent/reconcile/sending/settle-sent.ts";
import type { IntentRow } from "../../../../agent/room/rows.ts";
import { aRoomState } from "../../../support/a-room-state.ts";

function aKick(id: string, over: Partial<IntentRow> = {}): IntentRow {
  return {
    id: `intent-${id}`,
    roomId: "room-harbor7",
    correlationId: "pass-1",
    revision: "main@sha1:1",
    specVersion: 1,
    phase: "APPLY",
    action: { kind: "kick", item: `entity/${id}`, previous: { id } },
    state: "open",
    createdAt: "2026-01-01T00:00:00.000Z",
    ...over,
  };
}

function statesOf(intents: readonly IntentRow[], shown: readonly string[], lacksHalf = false) {
  const observed = aRoomState({ entities: [...shown] });
  return settleSent(intents, observed, lacksHalf).map(({ state }) => state);
}

describe("open removals by a read", () => {
  const kicks = ["E-1", "E-2", "E-3"].map((id) => aKick(id));

  it("are done where the item is gone, and not done where it is there and nothing later was done", () => {
    expect(statesOf(kicks, ["E-2", "E-3"])).to.deep.equal(["done", "notDone", "notDone"]);
  });

  it("may have been done where a later one of the same pass was done", () => {
    expect(statesOf(kicks, ["E-1", "E-3"])).to.deep.equal(["unknown", "done", "notDone"]);
    const [first = aKick("E-1"), ...others] = kicks;
    const earlier = [{ ...first, correlationId: "pass-0" }, ...others];
    expect(statesOf(earlier, ["E-1", "E-3"])).to.deep.equal(["notDone", "done", "notDone"]);
    const undo = [first, aKick("E-2", { phase: "ROLLBACK" })];
    expect(statesOf(undo, ["E-1"])).to.deep.equal(["notDone", "done"]);
  });

  it("may have been done where the read lacks half", () => {
    expect(statesOf(kicks, [], true)).to.deep.equal(["unknown", "unknown", "unknown"]);
  });
});
