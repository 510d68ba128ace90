import { expect } from "chai";
import { adoption } from "../../../agent/guardrail/adoption.ts";
import { allowedRooms } from "../../../agent/guardrail/allowed-rooms.ts";
import { criticalPolicy } from "../../../agent/guardrail/critical-policy.ts";
import { GUARDRAILS, objectionsTo } from "../../../agent/guardrail/objections.ts";
import { historyRewritten } from "../../../agent/guardrail/history-rewritten.ts";
import { ownership } from "../../../agent/guardrail/ownership.ts";
import { suspiciousRead } from "../../../agent/guardrail/suspicious-read.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { aJoin } from "../../support/an-ending.ts";
import type { Refusal } from "../../../agent/guardrail/guardrail.ts";
import { aPlan, aPlanInput, deletes, kicks } from "../../support/a-plan-input.ts";
import { someFacts, type FactsGiven } from "../../support/some-facts.ts";
import type { Reason } from "../../../agent/status/reasons.ts";

const CLOSED = {
  guardrail: "observe-only",
  reason: "ObserveOnly",
  message: "the store was damaged",
  confirmable: true,
} as const;

const DM: Item = "policy/dmVisibilityDefault";
const removal = (value: string) =>
  makePlan(
    aPlanInput({ room: { policies: { dmVisibilityDefault: value } }, dmVisibilityRemoved: true }),
  );

describe("critical-policy", () => {
  it("refuses the removal whether or not it takes a write", () => {
    for (const value of ["public", "team"]) {
      expect(criticalPolicy.judge(removal(value), someFacts())).to.deep.include({
        reason: "CriticalPolicyRemoval",
        effect: "refusal",
        items: [DM],
        confirmable: true,
      });
    }
  });

  it("says which default would be written", () => {
    const { message } = criticalPolicy.judge(removal("owner"), someFacts()) ?? {};
    expect(message).to.include("which is critical; its default, team, would be written.");
  });

  it("passes a confirmed removal, and any where no confirmation is required", () => {
    const confirmed = someFacts({ confirmed: new Set([DM]) });
    const lax = someFacts({ limits: { requireConfirm: false } });
    expect(criticalPolicy.judge(removal("public"), confirmed)).to.equal(undefined);
    expect(criticalPolicy.judge(removal("public"), lax)).to.equal(undefined);
  });

  it("passes another value of the policy", () => {
    const plan = makePlan(aPlanInput({ spec: { policies: { dmVisibilityDefault: "owner" } } }));
    expect(plan.actions).to.have.length(1);
    expect(criticalPolicy.judge(plan, someFacts())).to.equal(undefined);
  });
});

describe("suspicious-read", () => {
  const plan = aPlan([...kicks("E-a"), ...deletes("old")], { removedPolicies: [DM] });
  const all: readonly Item[] = ["entity/E-a", "artifact/old", DM];
  const odd = someFacts({ suspicion: "the room reads empty" });

  it("holds every removal of a plan from a read that is not believed", () => {
    expect(suspiciousRead.judge(plan, odd)).to.deep.include({
      reason: "SuspiciousRead",
      effect: "hold",
      items: all,
      confirmable: false,
    });
    expect(suspiciousRead.judge(plan, odd)?.message).to.match(
      /^the room reads empty; nothing is removed until a second read .* decides; held until then: /,
    );
  });

  it("holds them confirmed or not, and where no confirmation is required", () => {
    const confirmed = { ...odd, confirmed: new Set(all) };
    const lax = someFacts({ suspicion: "odd", limits: { requireConfirm: false } });
    for (const facts of [confirmed, lax])
      expect(suspiciousRead.judge(plan, facts)?.items).to.deep.equal(all);
  });

  it("has nothing to say of a read that is believed, and of a plan without a removal", () => {
    expect(suspiciousRead.judge(plan, someFacts())).to.equal(undefined);
    expect(suspiciousRead.judge(aPlan([]), odd)).to.equal(undefined);
  });

  it("takes what it holds out of what the other rules judge", () => {
    const facts = { ...odd, observedEntities: 1, verifiedBefore: false };
    expect(objectionsTo(plan, facts).map(({ reason }) => reason)).to.deep.equal(["SuspiciousRead"]);
  });
});

describe("adoption", () => {
  const plan = aPlan([...kicks("E-a"), ...deletes("old")], { removedPolicies: [DM] });
  const all: readonly Item[] = ["entity/E-a", "artifact/old", DM];
  const cases: readonly {
    readonly name: string;
    readonly facts: FactsGiven;
    readonly want: readonly Item[] | undefined;
  }[] = [
    { name: "every removal in a room never verified", facts: {}, want: all },
    {
      name: "only what is not confirmed",
      facts: { confirmed: new Set([DM, "entity/E-a"] as const) },
      want: ["artifact/old"],
    },
    { name: "nothing once all is confirmed", facts: { confirmed: new Set(all) }, want: undefined },
    { name: "nothing in a verified room", facts: { verifiedBefore: true }, want: undefined },
    {
      name: "nothing on /apply without required confirmation",
      facts: { trigger: "apply", limits: { requireConfirm: false } },
      want: undefined,
    },
    {
      name: "all on /apply with required confirmation",
      facts: { trigger: "apply" },
      want: all,
    },
    ...(["git", "event", "interval"] as const).map((trigger) => ({
      name: `all on ${trigger} without required confirmation`,
      facts: { trigger, limits: { requireConfirm: false } },
      want: all,
    })),
  ];
  for (const { name, facts, want } of cases) {
    it(`refuses ${name}`, () => {
      const refusal = adoption.judge(plan, someFacts({ verifiedBefore: false, ...facts }));
      expect(refusal?.items).to.deep.equal(want);
      expect(refusal?.reason).to.equal(want === undefined ? undefined : "AdoptionNeedsConfirm");
    });
  }

  it("counts in a room in doubt what is confirmed by its name alone", () => {
    const doubt = { inDoubt: { message: "It is in doubt", ours: new Set<Item>() } };
    const by = (confirmedByName: readonly Item[]) =>
      adoption.judge(
        plan,
        someFacts({ ...doubt, confirmed: new Set(all), confirmedByName: new Set(confirmedByName) }),
      )?.items;
    expect(by([])).to.deep.equal(all);
    expect(by(["entity/E-a"])).to.deep.equal(["artifact/old", DM]);
    expect(by(all)).to.equal(undefined);
  });

  it("lets additions into a room never verified", () => {
    const additions = makePlan(aPlanInput({ spec: { entities: ["E-1"], artifacts: ["a"] } }));
    expect(additions.actions).to.have.length(2);
    expect(adoption.judge(additions, someFacts({ verifiedBefore: false }))).to.equal(undefined);
  });
});

describe("ownership", () => {
  it("refuses with the reason and message it was given", () => {
    const given = { reason: "ClaimedTwice", message: "a.room.yaml and b.room.yaml" } as const;
    const refusal = ownership.judge(aPlan([]), someFacts({ ownership: given }));
    expect(refusal).to.deep.include({ ...given, items: [], confirmable: false });
    expect(ownership.judge(aPlan([]), someFacts())).to.equal(undefined);
  });
});

describe("allowed-rooms", () => {
  it("refuses a room its source may not manage, and no confirmation helps", () => {
    const refusal = allowedRooms.judge(aPlan([]), someFacts({ roomAllowed: false }));
    expect(refusal).to.deep.include({ reason: "RoomNotAllowed", items: [], confirmable: false });
    expect(refusal?.message).to.contain("room-harbor7").and.to.contain("AllowedRooms");
    expect(allowedRooms.judge(aPlan([]), someFacts())).to.equal(undefined);
  });
});

describe("history-rewritten", () => {
  const rewritten = { from: "main@sha1:aaa", to: "main@sha1:bbb" };
  const plan = aPlan([...kicks("E-a", "E-b"), ...deletes("notes")], { removedPolicies: [DM] });

  it("says nothing of a room whose history goes on, nor of a plan that removes nothing", () => {
    expect(historyRewritten.judge(plan, someFacts())).to.equal(undefined);
    expect(historyRewritten.judge(aPlan([]), someFacts({ rewritten }))).to.equal(undefined);
  });

  it("holds every removal, and says between which revisions", () => {
    const refusal = historyRewritten.judge(plan, someFacts({ rewritten }));
    expect(refusal).to.deep.include({
      reason: "HistoryRewritten",
      effect: "hold",
      items: ["entity/E-a", "entity/E-b", "artifact/notes", DM],
      confirmable: true,
    });
    expect(refusal?.message).to.include("rewritten from main@sha1:aaa to main@sha1:bbb");
  });

  it("lets go of what a confirmation by name covers, and of nothing else", () => {
    const confirmed = new Set<Item>(["entity/E-a", "entity/E-b"]);
    const confirmedByName = new Set<Item>(["entity/E-b"]);
    const facts = someFacts({ rewritten, confirmed, confirmedByName });
    const held = ["entity/E-a", "artifact/notes", DM];
    expect(historyRewritten.judge(plan, facts)?.items).to.deep.equal(held);
  });
});

describe("judge", () => {
  it("lets the other rules judge what is left when holds have had their say", () => {
    const facts = someFacts({
      observedEntities: 2,
      verifiedBefore: false,
      rewritten: { from: "a", to: "b" },
      confirmedByName: new Set<Item>(["entity/E-c"]),
      ownership: { reason: "ClaimedTwice", message: "two files" },
    });
    const refusals = objectionsTo(aPlan(kicks("E-a", "E-b", "E-c")), facts);
    expect(refusals.map(({ reason, items }) => [reason, ...items])).to.deep.equal([
      ["ClaimedTwice"],
      ["AdoptionNeedsConfirm", "entity/E-c"],
      ["HistoryRewritten", "entity/E-a", "entity/E-b"],
    ]);
  });

  it("reports every refusal, not the first", () => {
    const names = Array.from({ length: 11 }, (_, place) => `x${place}`);
    const plan = aPlan([...kicks(...names), ...deletes(...names)], { removedPolicies: [DM] });
    const facts = someFacts({
      observedEntities: 11,
      observedArtifacts: 11,
      verifiedBefore: false,
      roomAllowed: false,
      ownership: { reason: "ClaimedTwice", message: "two files" },
    });
    expect(objectionsTo(plan, facts).map(({ reason }) => reason)).to.deep.equal([
      "ClaimedTwice",
      "RoomNotAllowed",
      "AdoptionNeedsConfirm",
      "KickLimitExceeded",
      "DeleteLimitExceeded",
      "ChangeThresholdExceeded",
      "CriticalPolicyRemoval",
    ]);
  });

  it("puts what stops a plan in the order in which it decides, and holds last", () => {
    const refused = (reason: Reason): Refusal => ({
      guardrail: "x",
      reason,
      effect: "refusal",
      message: "",
      items: [],
      confirmable: true,
    });
    const facts = someFacts({
      suspicion: "the room reads empty",
      outdated: refused("ConfirmationOutdated"),
      gate: CLOSED,
      version: refused("SpecVersionRegressed"),
      contested: { message: "changed back", waitMs: 5000 },
    });
    const plan = aPlan([...kicks("E-a"), aJoin("E-b")]);
    const objections = objectionsTo(plan, facts);
    expect(objections.map(({ reason, effect }) => `${effect} ${reason}`)).to.deep.equal([
      "refusal ConfirmationOutdated",
      "observe ObserveOnly",
      "refusal SpecVersionRegressed",
      "wait Contested",
      "hold SuspiciousRead",
    ]);
    expect(objections.find(({ effect }) => effect === "wait")?.afterMs).to.equal(5000);
  });

  it("does not make a plan without actions wait", () => {
    const facts = someFacts({
      gate: CLOSED,
      contested: { message: "changed back", waitMs: 5000 },
    });
    expect(objectionsTo(aPlan([]), facts)).to.deep.equal([]);
  });

  it("passes a plan no rule objects to", () => {
    expect(objectionsTo(aPlan(kicks("E-a")), someFacts())).to.deep.equal([]);
  });

  it("asks only the rules it is given", () => {
    const facts = someFacts({ verifiedBefore: false, roomAllowed: false });
    const refusals = objectionsTo(aPlan(kicks("E-a")), facts, [allowedRooms]);
    expect(refusals.map(({ guardrail }) => guardrail)).to.deep.equal(["allowed-rooms"]);
  });

  it("knows each rule by a name of its own", () => {
    expect(new Set(GUARDRAILS.map(({ name }) => name)).size).to.equal(GUARDRAILS.length);
  });
});
