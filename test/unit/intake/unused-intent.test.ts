import { expect } from "chai";
import type { Confirmation } from "../../../agent/room/confirmations.ts";
import { unusedIntent } from "../../../agent/intake/unused-intent.ts";
import type { ConfirmationRow } from "../../../agent/room/rows.ts";
import { aConfirmation } from "../../support/a-row.ts";

const ITEM = "entity/E-1";

const confirmation = (originId: string): Confirmation => ({
  origin: "commit",
  originId,
  actor: "Ada",
  named: true,
  items: [ITEM],
});

const intent = {
  touched: true,
  named: true,
  dryRun: { kind: "unchanged" },
  confirmedByName: false,
  ignored: [],
} as const;

/** What is left of an intent of a commit whose row in the store is `known`. */
function unused(known: ConfirmationRow | null) {
  const said = { ...intent, confirmations: [confirmation("c1")] };
  return unusedIntent("room-a", said, { store: { readConfirmation: async () => known } });
}

describe("unusedIntent", () => {
  it("keeps what no row is there for", async () => {
    expect((await unused(null))?.confirmations).to.deep.equal([confirmation("c1")]);
  });

  it("leaves out what still stands, and says nothing of it", async () => {
    const left = await unused(aConfirmation({ items: [ITEM] }));
    expect(left).to.deep.include({ confirmations: [], ignored: [] });
  });

  it("leaves out what is used up, and says so", async () => {
    const left = await unused(aConfirmation({ items: [ITEM], used: [ITEM] }));
    expect(left?.confirmations).to.deep.equal([]);
    expect(left?.ignored).to.have.length(1);
    expect(left?.ignored[0]).to.include({ commit: "c1", line: "Confirm: room-a" });
    expect(left?.ignored[0]?.reason).to.match(/^AlreadyUsed: /);
  });
});
