import { expect } from "chai";
import type { ActionResult } from "../../../../agent/reconcile/sending/perform-action.ts";
import { endedIntents } from "../../../../agent/reconcile/sending/end-intents.ts";
import {
  aJoin,
  aKick,
  aReport,
  DONE,
  NOT_DONE,
  REFUSED,
  UNCLEAR,
} from "../../../support/an-ending.ts";
import { aRoomState } from "../../../support/a-room-state.ts";

const ODD: ActionResult = {
  kind: "failed",
  reason: "WrongProtocol",
  status: null,
  message: "a page",
};
const ALREADY: ActionResult = { kind: "already", status: 409 };

const cases: readonly {
  readonly name: string;
  readonly result: ActionResult;
  /** Whether the read-back shows the entity; null: there was none. */
  readonly shows: boolean | null;
  readonly want: string | null;
}[] = [
  { name: "closes what the server did", result: DONE, shows: null, want: "done" },
  { name: "believes a done that does not show", result: DONE, shows: false, want: "done" },
  { name: "closes what was refused", result: REFUSED, shows: null, want: "failed Refused" },
  { name: "settles what was refused and shows", result: REFUSED, shows: true, want: "done read" },
  {
    name: "closes what was refused and does not show",
    result: REFUSED,
    shows: false,
    want: "failed Refused",
  },
  {
    name: "closes what certainly did not happen",
    result: NOT_DONE,
    shows: null,
    want: "notDone RoomServerUnavailable",
  },
  {
    name: "closes what the token was refused for",
    result: { kind: "unauthorized", status: 401, message: "expired" },
    shows: null,
    want: "notDone Unauthorized",
  },
  {
    name: "abandons what was never sent",
    result: { kind: "notSent", reason: "Superseded", message: "newer" },
    shows: true,
    want: "abandoned Superseded",
  },
  { name: "leaves open what is unclear without a read", result: UNCLEAR, shows: null, want: null },
  { name: "leaves open what was there without a read", result: ALREADY, shows: null, want: null },
  { name: "settles what is unclear and shows", result: UNCLEAR, shows: true, want: "done read" },
  {
    name: "settles what is unclear and does not show",
    result: UNCLEAR,
    shows: false,
    want: "notDone read",
  },
  { name: "settles what was there and shows", result: ALREADY, shows: true, want: "done read" },
  {
    name: "settles what was answered oddly and shows",
    result: ODD,
    shows: true,
    want: "done read",
  },
  {
    name: "closes what was answered oddly and does not show",
    result: ODD,
    shows: false,
    want: "failed WrongProtocol",
  },
  {
    name: "leaves open what was answered oddly without a read",
    result: ODD,
    shows: null,
    want: null,
  },
  {
    name: "settles what was said to be there and is not",
    result: ALREADY,
    shows: false,
    want: "notDone read",
  },
];

describe("endedIntents", () => {
  for (const { name, result, shows, want } of cases) {
    it(name, () => {
      const reports = [aReport(aJoin("E-1"), result)];
      const room = { entities: shows === true ? ["E-1"] : [] };
      const observed = shows === null ? null : aRoomState(room);
      const [ended] = endedIntents({ reports, observed, phase: "APPLY" });
      const { settledByRead, reason } = ended?.metadata ?? {};
      const read = settledByRead === true ? "read" : "";
      const got =
        ended === undefined
          ? null
          : [ended.state, typeof reason === "string" ? reason : read].filter(Boolean).join(" ");
      expect(got).to.equal(want);
    });
  }

  it("knows an attempt without effect: refused, not to be seen, and no other call of it is unclear", () => {
    const effectOf = (result: ActionResult, entities: readonly string[] = []) => {
      const observed = aRoomState({ entities: [...entities] });
      const reports = [aReport(aJoin("E-1"), result)];
      const [ended] = endedIntents({ reports, observed, phase: "APPLY" });
      return ended?.hadNoEffect;
    };
    expect(effectOf(REFUSED)).to.equal(true);
    expect(effectOf({ ...REFUSED, touched: true })).to.equal(undefined);
    expect(effectOf(UNCLEAR)).to.equal(undefined);
    expect(effectOf(REFUSED, ["E-1"])).to.equal(undefined);
  });

  it("does not count a removal as done by a read that lacks half and no answer", () => {
    const observed = aRoomState({});
    const endsOf = (result: ActionResult, lacksHalf: boolean) =>
      endedIntents({
        reports: [aReport(aKick("E-1"), result)],
        observed,
        phase: "APPLY",
        lacksHalf,
      }).map(({ state, isUnseen = false, isMissed = false }) => [state, isUnseen, isMissed]);
    expect(endsOf(UNCLEAR, false)).to.deep.equal([["done", false, false]]);
    for (const result of [UNCLEAR, ALREADY])
      expect(endsOf(result, true)).to.deep.equal([["unknown", false, false]]);
    expect(endsOf(REFUSED, true)).to.deep.equal([["failed", false, false]]);
    expect(endsOf({ kind: "done" }, true)).to.deep.equal([["done", true, true]]);
  });

  it("leaves a removal without an answer open while a state that may lag shows its item", () => {
    const statesOf = (result: ActionResult, mayLag: boolean) =>
      endedIntents({
        reports: [aReport(aKick("E-1"), result)],
        observed: aRoomState({ entities: ["E-1"] }),
        phase: "APPLY",
        mayLag,
      }).map(({ state }) => state);
    expect(statesOf(UNCLEAR, true)).to.deep.equal([]);
    expect(statesOf(UNCLEAR, false)).to.deep.equal(["notDone"]);
    expect(statesOf(ALREADY, true)).to.deep.equal(["notDone"]);
  });

  it("keeps the order of the actions", () => {
    const reports = [aReport(aKick("E-2")), aReport(aJoin("E-1"))];
    const ended = endedIntents({ reports, observed: null, phase: "APPLY" });
    expect(ended.map(({ id }) => id)).to.deep.equal(["intent entity/E-2", "intent entity/E-1"]);
  });
});
