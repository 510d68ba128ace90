import { expect } from "chai";
import type { ActionResult } from "../../../agent/reconcile/sending/perform-action.ts";
import { verdict } from "../../../agent/reconcile/verdict.ts";
import {
  aJoin,
  aKick,
  aReport,
  aVerifiedPass,
  REFUSED,
  UNCLEAR,
  UNVERIFIED,
  type VerifiedGiven,
} from "../../support/an-ending.ts";

const ALREADY = { kind: "already", status: 404 } satisfies ActionResult;

const cases: readonly {
  readonly name: string;
  readonly given: VerifiedGiven;
  readonly want: Record<string, unknown>;
}[] = [
  {
    name: "says of a 409 to a join of who is not there that it was refused",
    given: {
      reports: [aReport(aJoin("E-1")), aReport(aJoin("E-2"), { kind: "already", status: 409 })],
      room: { entities: ["E-1"] },
      left: [aJoin("E-2")],
    },
    want: {
      kind: "partial",
      reason: "ActionsFailed",
      message:
        "after APPLY the room still differs: join entity/E-2; the RoomServer answered 409 to the join of entity/E-2, and the room does not have it",
      isRefused: true,
    },
  },
  {
    name: "tries a kick again that was answered 404 while the state still shows the entity",
    given: {
      reports: [aReport(aKick("E-1"), ALREADY)],
      room: { entities: ["E-1"] },
      left: [aKick("E-1")],
    },
    want: {
      kind: "partial",
      reason: "ActionsFailed",
      message:
        "after APPLY the room still differs: kick entity/E-1; the RoomServer answered 404 to the removal of entity/E-1, and its state still shows it: the state may lag behind, or the RoomServer does not remove it",
    },
  },
  {
    name: "quotes the RoomServer and counts items where it denies removals and its state shows them",
    given: {
      reports: ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"].map((id) =>
        aReport(aKick(id), { ...ALREADY, said: '{"error":"no such entity"}' }),
      ),
      room: { entities: ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6"] },
      left: [aKick("E-1")],
    },
    want: {
      reason: "ActionsFailed",
      message:
        'after APPLY the room still differs: kick entity/E-1; the RoomServer answered 404 ({"error":"no such entity"}) to the removal of entity/E-1, entity/E-2, entity/E-3, entity/E-4, entity/E-5, … (6 in all), and its state still shows them: the state may lag behind, or the RoomServer does not remove them',
    },
  },
  {
    name: "names next to what failed the removal that was denied",
    given: {
      reports: [aReport(aJoin("E-2"), REFUSED), aReport(aKick("E-1"), ALREADY)],
      room: { entities: ["E-1"] },
      left: [aJoin("E-2"), aKick("E-1")],
    },
    want: {
      kind: "partial",
      reason: "ActionsFailed",
      message:
        "1 of 2 actions failed: join entity/E-2: no such kind; the RoomServer answered 404 to the removal of entity/E-1, and its state still shows it: the state may lag behind, or the RoomServer does not remove it",
    },
  },
  {
    name: "does not go on with the next batch where a removal of this one was denied",
    given: {
      reports: [aReport(aKick("E-1"), ALREADY)],
      room: { entities: ["E-1", "E-2"] },
      left: [aKick("E-1"), aKick("E-2")],
      cut: true,
    },
    want: { kind: "partial", reason: "ActionsFailed" },
  },
  {
    name: "takes a 404 to a kick of who is gone for success",
    given: { reports: [aReport(aKick("E-1"), ALREADY)], left: [aJoin("E-2")] },
    want: { kind: "partial", reason: "NotConverged" },
  },
  {
    name: "does not take a 409 to a join of who differs for the wrong route",
    given: {
      reports: [aReport(aJoin("E-1"), { kind: "already", status: 409 })],
      room: { entities: [{ id: "E-1", displayName: "other" }] },
      left: [aJoin("E-1")],
    },
    want: { kind: "partial", reason: "NotConverged" },
  },
];

describe("verdict on 404 and 409 that the read-back denies", () => {
  for (const { name, given, want } of cases) {
    it(name, () => {
      expect(verdict(aVerifiedPass(given))).to.deep.include(want);
    });
  }

  it("waits for a second read before it says that a 409 to a join was refused", () => {
    const reports = [aReport(aJoin("E-2"), { kind: "already", status: 409 })];
    const given = { reports, room: { entities: [] }, left: [aJoin("E-2")], trust: UNVERIFIED };
    expect(verdict(aVerifiedPass(given))).to.include({ kind: "waiting", reason: "SuspiciousRead" });
  });

  for (const { name, given } of [
    {
      name: "what the RoomServer did not answer",
      given: {
        reports: [aReport(aJoin("E-1")), aReport(aJoin("E-2"), UNCLEAR)],
        left: [aJoin("E-2")],
      },
    },
    {
      name: "a 404 to a kick of who is still there",
      given: {
        reports: [aReport(aKick("E-1"), ALREADY)],
        room: { entities: ["E-1"] },
        left: [aKick("E-1")],
      },
    },
    {
      name: "a 409 to a join of who is there and differs",
      given: {
        reports: [aReport(aJoin("E-1"), { kind: "already", status: 409 } as const)],
        room: { entities: [{ id: "E-1", displayName: "other" }] },
        left: [aJoin("E-1")],
      },
    },
  ])
    it(`does not say of ${name} that it was refused`, () => {
      expect(verdict(aVerifiedPass(given))).to.not.have.property("isRefused");
    });
});
