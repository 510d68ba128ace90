import { expect } from "chai";
import { attentionOf, blockedByReason, troubleFields } from "../../../agent/status/attention.ts";
import type { Reason } from "../../../agent/status/reasons.ts";
import { aCondition } from "../../support/explain-facts.ts";

const blocked = (reason: Reason) => [{ item: "artifact/a", reason, message: "no such file" }];

/** What a room has while the RoomServer is away. */
const AWAY = [
  aCondition({ reason: "RoomServerUnavailable" }),
  aCondition({ type: "Reconciling", status: "True", reason: "RoomServerUnavailable" }),
];

describe("why a room needs a person", () => {
  for (const [name, conditions, reason, want] of [
    ["an item that cannot be done", [], "SeedMissing", "SeedMissing"],
    ["that item while the agent tries the room again", AWAY, "SeedMissing", "SeedMissing"],
    ["nothing where the RoomServer cannot do the item", AWAY, "Unsupported", null],
    ["nothing where the next pass may do the item", AWAY, "DependencyFailed", null],
    [
      "what the item waits for, once the room is ready",
      [aCondition({ status: "True" })],
      "DependencyFailed",
      "DependencyFailed",
    ],
    ["nothing in a dry run", [aCondition({ reason: "DryRun" })], "SeedMissing", null],
    ["why it is not ready", [aCondition({ reason: "Refused" })], "SeedMissing", "Refused"],
  ] as const) {
    it(`is ${name}`, () => {
      const attention = attentionOf({ conditions, blocked: blocked(reason) });
      expect(attention?.reason ?? null).to.equal(want);
    });
  }
});

describe("the words of what is wrong with a room", () => {
  it("have one message once where another says the same and more", () => {
    const fields = troubleFields([
      { reason: "SuspiciousRead", message: "the RoomServer shows an empty room" },
      {
        reason: "SuspiciousRead",
        message: "the RoomServer shows an empty room. 1 removal is held",
      },
    ]);
    expect(fields["detail"]).to.equal("the RoomServer shows an empty room. 1 removal is held");
  });

  it("have no two marks between the messages of items", () => {
    const [first] = blockedByReason([
      { item: "entity/a", reason: "Unsupported", message: "not on this RoomServer." },
      { item: "entity/b", reason: "Unsupported", message: "nor that." },
    ]);
    expect(first?.message).to.equal("entity/a: not on this RoomServer; entity/b: nor that.");
  });
});
