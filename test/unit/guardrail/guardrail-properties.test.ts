import { expect } from "chai";
import * as fc from "fast-check";
import { changeThreshold } from "../../../agent/guardrail/change-threshold.ts";
import type { Facts } from "../../../agent/guardrail/guardrail.ts";
import { GUARDRAILS, objectionsTo } from "../../../agent/guardrail/objections.ts";
import { toItem, type Item } from "../../../agent/plan/item.ts";
import type { Plan } from "../../../agent/plan/plan.ts";
import { removalsOf } from "../../../agent/plan/removals.ts";
import { aPlan, deletes, kicks } from "../../support/a-plan-input.ts";

const RUNS = { numRuns: 300 };
const NAMES = Array.from({ length: 9 }, (_, place) => `n${place}`);
const DM: Item = "policy/dmVisibilityDefault";
const ITEMS: readonly Item[] = [
  ...NAMES.flatMap((name) => [toItem("entity", name), toItem("artifact", name)]),
  DM,
];

interface Removed {
  readonly kicked: readonly string[];
  readonly deleted: readonly string[];
  readonly policy: boolean;
}

function toPlan({ kicked, deleted, policy }: Removed): Plan {
  return aPlan([...kicks(...kicked), ...deletes(...deleted)], {
    removedPolicies: policy ? [DM] : [],
  });
}

/** A plan's removals and, in `more`, a superset of them. */
const nested = fc
  .record({
    kicked: fc.subarray(NAMES),
    deleted: fc.subarray(NAMES),
    policy: fc.boolean(),
  })
  .chain((more) =>
    fc
      .record({
        kicked: fc.subarray([...more.kicked]),
        deleted: fc.subarray([...more.deleted]),
        policy: more.policy ? fc.boolean() : fc.constant(false),
      })
      .map((fewer) => ({ fewer: toPlan(fewer), more: toPlan(more) })),
  );

const someRoom: fc.Arbitrary<Facts> = fc.record({
  limits: fc.record({
    maxEntitiesKickPerCycle: fc.nat(6),
    maxArtifactsDeletePerCycle: fc.nat(6),
    changeThreshold: fc.constantFrom(0, 0.25, 0.5, 1),
    requireConfirm: fc.boolean(),
    onLimit: fc.constantFrom("batch", "refuse"),
  }),
  observedEntities: fc.integer({ min: 9, max: 12 }),
  observedArtifacts: fc.integer({ min: 9, max: 12 }),
  confirmed: fc.subarray([...ITEMS]).map((items) => new Set(items)),
  confirmedByName: fc.subarray([...ITEMS]).map((items) => new Set(items)),
  rewritten: fc.constantFrom(null, { from: "main@sha1:1", to: "main@sha1:2" }),
  unknownIntent: fc.constantFrom(null, "the forge does not answer"),
  verifiedBefore: fc.boolean(),
  inDoubt: fc.constantFrom(null, { message: "It may be another room", ours: new Set<Item>() }),
  trigger: fc.constantFrom("apply", "git", "event", "interval"),
  ownership: fc.constant(null),
  suspicion: fc.constant(null),
  roomAllowed: fc.constant(true),
  version: fc.constant(null),
  unreviewed: fc.constant(null),
  outdated: fc.constant(null),
  gate: fc.constant(null),
  reported: fc.constantFrom(null, "drift that is only reported"),
  window: fc.constantFrom(null, { message: "closed", nextAllowedAt: "2026-05-01T13:00:00.000Z" }),
  prune: fc.constantFrom(
    null,
    { removal: "the spec file was removed", heldBy: null },
    { removal: "the spec file was removed", heldBy: "a.room.yaml" },
  ),
  contested: fc.constantFrom(null, { message: "changed back", waitMs: 1000 }),
});

describe("guardrail properties", () => {
  for (const guardrail of GUARDRAILS) {
    it(`${guardrail.name} refuses more removals where it refuses fewer`, () => {
      fc.assert(
        fc.property(nested, someRoom, ({ fewer, more }, facts) => {
          if (guardrail.judge(fewer, facts) === undefined) return;
          expect(guardrail.judge(more, facts)).not.to.equal(undefined);
        }),
        RUNS,
      );
    });

    it(`${guardrail.name} does not refuse with a further confirmation what it passed without`, () => {
      fc.assert(
        fc.property(nested, someRoom, fc.constantFrom(...ITEMS), ({ more }, facts, item) => {
          if (guardrail.judge(more, facts) !== undefined) return;
          const confirmed = new Set([...facts.confirmed, item]);
          const confirmedByName = new Set([...facts.confirmedByName, item]);
          const further = { ...facts, confirmed, confirmedByName };
          expect(guardrail.judge(more, further)).to.equal(undefined);
        }),
        RUNS,
      );
    });
  }

  it("the confirmation a refusal asks for lifts it", () => {
    fc.assert(
      fc.property(nested, someRoom, ({ more }, room) => {
        // What is held is judged by the other rules only once it is held no more.
        const facts = { ...room, rewritten: null, unknownIntent: null };
        const refusals = objectionsTo(more, facts);
        const asked = refusals.filter(({ confirmable }) => confirmable);
        const named = asked.flatMap(({ items }) => items);
        const confirmed = new Set([...facts.confirmed, ...named]);
        const confirmedByName = new Set([...facts.confirmedByName, ...named]);
        const further = { ...facts, confirmed, confirmedByName };
        const left = objectionsTo(more, further).map(({ guardrail }) => guardrail);
        const hard = refusals.filter(({ confirmable }) => !confirmable);
        expect(left).to.deep.equal(hard.map(({ guardrail }) => guardrail));
      }),
      RUNS,
    );
  });

  it("a hold takes out of the plan of a rewritten room, or of one whose labels are not known, every removal that no name covers, and asks no more", () => {
    fc.assert(
      fc.property(nested, someRoom, ({ more }, facts) => {
        const refusals = objectionsTo(more, facts);
        const held = new Set(
          refusals.filter(({ effect }) => effect === "hold").flatMap(({ items }) => items),
        );
        const unnamed = removalsOf(more).filter((item) => !facts.confirmedByName.has(item));
        expect([...held]).to.deep.equal(
          facts.rewritten === null && facts.unknownIntent === null ? [] : unnamed,
        );
        const others = refusals.filter(({ effect }) => effect === "refusal");
        expect(others.flatMap(({ items }) => items).filter((item) => held.has(item))).to.deep.equal(
          [],
        );
      }),
      RUNS,
    );
  });

  it("a refusal names only removals of the plan that nothing covers, or that nothing can", () => {
    fc.assert(
      fc.property(nested, someRoom, ({ more }, facts) => {
        const removals = new Set(removalsOf(more));
        for (const { items, confirmable, effect, guardrail } of objectionsTo(more, facts)) {
          expect(items.filter((item) => !removals.has(item))).to.deep.equal([]);
          const isInDoubt = guardrail === "adoption" && facts.verifiedBefore;
          const isByName = effect === "hold" || isInDoubt;
          const covered = isByName ? facts.confirmedByName : facts.confirmed;
          if (confirmable) {
            expect(items.filter((item) => covered.has(item))).to.deep.equal([]);
          }
        }
      }),
      RUNS,
    );
  });

  it("the threshold never counts what is confirmed", () => {
    fc.assert(
      fc.property(nested, someRoom, ({ more }, facts) => {
        const uncovered = more.actions.filter(({ item }) => !facts.confirmed.has(item));
        const bare: Facts = { ...facts, confirmed: new Set() };
        expect(changeThreshold.judge(more, facts)).to.deep.equal(
          changeThreshold.judge({ ...more, actions: uncovered }, bare),
        );
      }),
      RUNS,
    );
  });
});
