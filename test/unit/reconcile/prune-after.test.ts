import { expect } from "chai";
import { pruneAfter } from "../../../agent/reconcile/row-after.ts";
import { endingAt } from "../../../agent/reconcile/pass.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { pendingPrune, pruneInputs } from "../../../agent/room/prune.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { PRUNE_MARK } from "../../support/a-prune-mark.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";
import { aPlan } from "../../support/a-plan-input.ts";

const MARK = { ...PRUNE_MARK, path: "rooms/lab.room.yaml" };

const CONVERGED: Outcome = { kind: "converged" };
const PARTIAL: Outcome = { kind: "partial", reason: "ActionsFailed", message: "1 of 2 failed" };

/** A verified room whose file is gone, after an attempt that pruned and ended so. */
function after(outcome: Outcome, left: readonly Item[] = ["entity/E-1"], blocked = false) {
  const inDoubt = { message: "It may be that of others", isAll: true };
  const row = { ...aVerifiedRoom(), owner: null, prune: MARK, inventory: left, inDoubt } as const;
  const inputs = pruneInputs(row.roomId, MARK, row.head);
  const plan = {
    ...aPlan([]),
    blocked: blocked ? [{ item: "entity/E-1", reason: "Unsupported", message: "" } as const] : [],
  };
  const ending = endingAt("VERIFY", outcome, { plan });
  return pruneAfter(row, { inputs, isHead: true, namesDmVisibility: false, ending }, []);
}

describe("a room after a pass that pruned", () => {
  it("is what no spec says, however the pass ended: a file that comes back is new", () => {
    for (const outcome of [CONVERGED, PARTIAL])
      expect(after(outcome)).to.include({ verified: null, enforced: null, verifiedRevision: null });
  });

  it("is done once a read shows nothing more, and holds nothing of the agent's then", () => {
    const row = after(CONVERGED, ["policy/dmVisibilityDefault"]);
    expect(pendingPrune(row)).to.equal(null);
    expect(row).to.deep.include({ inventory: [], verifiedBefore: false, inDoubt: null });
  });

  it("keeps its inventory and its prune while something failed, cannot be removed or was not seen gone", () => {
    for (const row of [after(PARTIAL), after(CONVERGED), after(CONVERGED, ["entity/E-1"], true)]) {
      expect(pendingPrune(row)).to.equal(MARK);
      expect(row.inventory).to.deep.equal(["entity/E-1"]);
      expect(row.inDoubt).to.include({ isAll: true });
    }
  });
});
