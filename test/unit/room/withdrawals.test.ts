import { expect } from "chai";
import type { Item } from "../../../agent/plan/item.ts";
import { toConfirmationRow, type Confirmation } from "../../../agent/room/confirmations.ts";
import type { ConfirmationRow } from "../../../agent/room/rows.ts";
import {
  boundToOthers,
  orphanedBy,
  returnedTo,
  takenOverBy,
  withdrawals,
  type WithdrawalCause,
} from "../../../agent/room/withdrawals.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const TIME = { seenAtMs: 0, expiresAfterMs: 1000 };

function aRow(given: Partial<Confirmation> = {}, used: readonly Item[] = []): ConfirmationRow {
  const origin = given.origin ?? "commit";
  const confirmation = {
    origin,
    originId: "c1",
    actor: "Ada",
    named: false,
    items: ["entity/a", "entity/b"],
    ...(origin === "commit" ? { source: "specs" } : {}),
    ...given,
  } satisfies Confirmation;
  return { ...toConfirmationRow("room-a", confirmation, TIME), used };
}

function lost(row: ConfirmationRow, ...causes: readonly WithdrawalCause[]): readonly string[] {
  return withdrawals([row], causes).flatMap(({ items }) => items);
}

const ALL = ["entity/a", "entity/b"];

describe("withdrawals", () => {
  it("take what the newest spec names again, and nothing else", () => {
    const row = aRow({ items: ["entity/a", "artifact/a", "policy/dmVisibilityDefault"] });
    const named = aRoomSpec({ entities: ["a"], policies: { dmVisibilityDefault: "team" } });
    expect(lost(row, returnedTo(named))).to.deep.equal(["entity/a", "policy/dmVisibilityDefault"]);
    expect(lost(row, returnedTo(aRoomSpec({})))).to.deep.equal([]);
  });

  it("take what is left of a row, each item for the first cause that covers it", () => {
    const row = aRow({ items: ["entity/a", "entity/b", "entity/c"] }, ["entity/c"]);
    const causes = [returnedTo(aRoomSpec({ entities: ["a"] })), orphanedBy("specs")];
    expect(
      withdrawals([row, aRow({}, ["entity/a", "entity/b"])], causes).map(({ items, why }) => [
        why,
        items,
      ]),
    ).to.deep.equal([
      ["the room's spec names again what was to be removed", ["entity/a"]],
      ["the room lost its spec", ["entity/b"]],
    ]);
  });

  for (const { name, row, bound = [], orphaned = ALL, taken = ALL } of [
    { name: "a commit of its source", row: aRow() },
    { name: "a commit from before sources were noted", row: { ...aRow(), source: undefined } },
    { name: "a label of its source", row: aRow({ origin: "label", source: "specs" }) },
    { name: "a request", row: aRow({ origin: "request" }) },
    { name: "a request for a spec", row: aRow({ origin: "request", inputs: "d1" }) },
    {
      name: "a request for an older spec",
      row: aRow({ origin: "request", inputs: "d0" }),
      bound: ALL,
    },
    {
      name: "a commit of the other source, for its file",
      row: aRow({ source: "other", inputs: "d1" }),
      orphaned: [],
      taken: [],
    },
    {
      name: "a commit of the other source, for an older file",
      row: aRow({ source: "other", inputs: "d0" }),
      bound: ALL,
      orphaned: [],
    },
    { name: "a commit of the other source, for no file", row: aRow({ source: "other" }) },
    {
      name: "a commit of its source for the removal of its file",
      row: aRow({ inputs: "d1" }),
    },
  ]) {
    it(`of ${name}: where the room gets other inputs, loses its spec, gets another owner, gets a posted spec`, () => {
      const { source, ...rest } = row;
      const one: ConfirmationRow = source === undefined ? rest : { ...rest, source };
      expect(lost(one, boundToOthers("d1")), "other inputs").to.deep.equal(bound);
      expect(lost(one, orphanedBy("specs")), "no spec").to.deep.equal(orphaned);
      expect(lost(one, takenOverBy("other", "d1")), "other owner").to.deep.equal(taken);
      expect(lost(one, takenOverBy(null, "d1")), "posted").to.deep.equal(ALL);
    });
  }

  it("leave what counts for the file of a new owner whose file is broken", () => {
    const row = aRow({ source: "other", inputs: "d1" });
    expect(lost(row, takenOverBy("other", null))).to.deep.equal([]);
  });
});
