import { expect } from "chai";
import type { Item } from "../../../../agent/plan/item.ts";
import type { Action } from "../../../../agent/plan/plan.ts";
import {
  endIntents,
  type EndedIntent,
  type EndingIntents,
} from "../../../../agent/reconcile/sending/end-intents.ts";
import { aCause, aJoin, aKick } from "../../../support/an-ending.ts";
import { aConfirmation, aRoomRow, anInput } from "../../../support/a-row.ts";
import { aTrail } from "../../../support/a-trail.ts";

const subject = { row: aRoomRow(), cause: aCause(), inputs: anInput() };

function ended(action: Action, state: EndedIntent["state"]): EndedIntent {
  return { id: `intent ${action.item}`, action, phase: "APPLY", state, metadata: {} };
}

function close(given: Partial<EndingIntents>) {
  const deps = { trail: aTrail() };
  return endIntents({ ended: [], confirmations: [], inventory: [], ...given }, subject, deps);
}

const unset: Action = {
  kind: "setPolicy",
  item: "policy/dmVisibilityDefault",
  policy: "dmVisibilityDefault",
  value: "team",
  previous: "owner",
  removal: true,
};

describe("endIntents", () => {
  it("closes each intent and tells the audit how it ended", () => {
    const { changes } = close({
      ended: [
        { ...ended(aJoin("E-1"), "done"), metadata: { settledByRead: true } },
        ended(aKick("E-2"), "failed"),
      ],
    });
    expect(changes.slice(0, 2)).to.deep.equal([
      { kind: "intentEnded", id: "intent entity/E-1", state: "done" },
      {
        kind: "audit",
        record: {
          type: "event",
          action: "entity.joined",
          correlationId: "pass-1",
          timestamp: "2026-01-01T00:00:00.000Z",
          operatorVersion: "0.1.0",
          specVersion: 1,
          metadata: {
            room: "room-harbor7",
            revision: "main@sha1:1",
            actor: "operator",
            entityId: "E-1",
            item: "entity/E-1",
            before: null,
            after: {
              kind: "agent",
              visibility: "team",
              "policy.allow_commands_from": "any",
              "policy.sandbox_mode": false,
            },
            phase: "APPLY",
            outcome: "done",
            requestId: "intent entity/E-1",
            settledByRead: true,
          },
        },
      },
    ]);
    expect(changes).to.have.length(4);
  });

  for (const { state, uses } of [
    { state: "done", uses: true },
    { state: "unknown", uses: true },
    { state: "notDone", uses: false },
    { state: "failed", uses: false },
    { state: "abandoned", uses: false },
  ] as const) {
    it(`${uses ? "uses up" : "keeps"} the confirmation of a removal that ended ${state}`, () => {
      const confirmations = [aConfirmation({ items: ["entity/E-1", "entity/E-2"] })];
      const { changes } = close({ ended: [ended(aKick("E-1"), state)], confirmations });
      const used = changes.filter(({ kind }) => kind === "confirmationUsed");
      expect(used).to.deep.equal(
        uses ? [{ kind: "confirmationUsed", id: "confirmation-1", items: ["entity/E-1"] }] : [],
      );
    });
  }

  it("uses up an item in every confirmation that covers it", () => {
    const confirmations = [aConfirmation({ id: "one" }), aConfirmation({ id: "two" })];
    const { changes } = close({ ended: [ended(aKick("E-1"), "done")], confirmations });
    expect(changes.filter(({ kind }) => kind === "confirmationUsed")).to.have.length(2);
  });

  it("keeps the confirmation of an item that was joined", () => {
    const { changes } = close({
      ended: [ended(aJoin("E-1"), "done")],
      confirmations: [aConfirmation()],
    });
    expect(changes.map(({ kind }) => kind)).to.deep.equal(["intentEnded", "audit"]);
  });

  it("uses up the confirmation of a policy that is unset, with a write or without", () => {
    const confirmations = [aConfirmation({ items: [unset.item] })];
    for (const given of [{ ended: [ended(unset, "done")] }, { settledItems: [unset.item] }]) {
      const { changes } = close({ ...given, confirmations });
      expect(changes).to.deep.include({
        kind: "confirmationUsed",
        id: "confirmation-1",
        items: [unset.item],
      });
    }
  });

  describe("the inventory", () => {
    const cases: readonly {
      readonly name: string;
      readonly before: readonly Item[];
      readonly ended: readonly EndedIntent[];
      readonly want: readonly Item[];
    }[] = [
      {
        name: "gains what was added",
        before: ["entity/E-2"],
        ended: [ended(aJoin("E-1"), "done")],
        want: ["entity/E-1", "entity/E-2"],
      },
      {
        name: "loses what was removed",
        before: ["entity/E-1", "entity/E-2"],
        ended: [ended(aKick("E-1"), "done")],
        want: ["entity/E-2"],
      },
      {
        name: "keeps what may have been removed",
        before: ["entity/E-1"],
        ended: [ended(aKick("E-1"), "unknown"), ended(aKick("E-1"), "failed")],
        want: ["entity/E-1"],
      },
      {
        name: "does not gain what may have been added",
        before: [],
        ended: [ended(aJoin("E-1"), "unknown"), ended(aJoin("E-2"), "notDone")],
        want: [],
      },
    ];
    for (const { name, before, ended: intents, want } of cases) {
      it(name, () => {
        expect(close({ ended: intents, inventory: before }).inventory).to.deep.equal(want);
      });
    }

    it("is the very same list when nothing changed", () => {
      const inventory: readonly Item[] = ["entity/E-2", "entity/E-1"];
      expect(close({ ended: [ended(aJoin("E-1"), "done")], inventory }).inventory).to.equal(
        inventory,
      );
    });
  });
});
