import { expect } from "chai";
import { deleteLimit, kickLimit } from "../../../agent/guardrail/removal-limit.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { aPlan, deletes, kicks } from "../../support/a-plan-input.ts";
import { someFacts, type FactsGiven } from "../../support/some-facts.ts";

const LIMITS = [
  {
    guardrail: kickLimit,
    reason: "KickLimitExceeded",
    key: "MaxEntitiesKickPerCycle",
    remove: kicks,
    other: deletes,
    item: (name: string): Item => `entity/${name}`,
    to: (max: number) => ({ maxEntitiesKickPerCycle: max }),
  },
  {
    guardrail: deleteLimit,
    reason: "DeleteLimitExceeded",
    key: "MaxArtifactsDeletePerCycle",
    remove: deletes,
    other: kicks,
    item: (name: string): Item => `artifact/${name}`,
    to: (max: number) => ({ maxArtifactsDeletePerCycle: max }),
  },
];

for (const { guardrail, reason, key, remove, other, item, to } of LIMITS) {
  describe(guardrail.name, () => {
    const cases: readonly {
      readonly name: string;
      readonly removes: readonly string[];
      readonly confirmed?: readonly string[];
      readonly max?: number;
      readonly limits?: FactsGiven["limits"];
      readonly want:
        | { readonly items: readonly string[]; readonly confirmable: boolean }
        | undefined;
    }[] = [
      { name: "nothing to remove", removes: [], want: undefined },
      { name: "exactly the limit", removes: ["a", "b"], want: undefined },
      {
        name: "one more than the limit",
        removes: ["a", "b", "c"],
        want: { items: ["a", "b", "c"], confirmable: true },
      },
      {
        name: "more than the limit, all confirmed: they go in batches",
        removes: ["a", "b", "c"],
        confirmed: ["a", "b", "c"],
        want: undefined,
      },
      {
        name: "confirmed ones beside as many others as the limit allows",
        removes: ["a", "b", "c", "d", "e"],
        confirmed: ["a", "c", "e"],
        want: undefined,
      },
      {
        name: "confirmed ones beside more others than the limit allows",
        removes: ["a", "b", "c", "d"],
        confirmed: ["a"],
        want: { items: ["b", "c", "d"], confirmable: true },
      },
      {
        name: "a confirmation of other items",
        removes: ["a", "b", "c"],
        confirmed: ["x", "y", "z"],
        want: { items: ["a", "b", "c"], confirmable: true },
      },
      {
        name: "more than the limit, confirmed, under OnLimit refuse",
        removes: ["a", "b", "c"],
        confirmed: ["a", "b", "c"],
        limits: { onLimit: "refuse" },
        want: { items: ["a", "b", "c"], confirmable: false },
      },
      {
        name: "exactly the limit under OnLimit refuse",
        removes: ["a", "b"],
        limits: { onLimit: "refuse" },
        want: undefined,
      },
      {
        name: "more than the limit without required confirmation",
        removes: ["a", "b", "c"],
        limits: { requireConfirm: false },
        want: { items: ["a", "b", "c"], confirmable: true },
      },
      {
        name: "a confirmed removal under the limit 0, of which there is no batch",
        removes: ["a"],
        confirmed: ["a"],
        max: 0,
        want: { items: ["a"], confirmable: false },
      },
    ];
    for (const { name, removes, confirmed = [], max = 2, limits, want } of cases) {
      it(`${want === undefined ? "passes" : "refuses"} ${name}`, () => {
        const facts = someFacts({
          confirmed: new Set(confirmed.map(item)),
          limits: { ...to(max), ...limits },
        });
        const refusal = guardrail.judge(aPlan(remove(...removes)), facts);
        if (want === undefined) {
          expect(refusal).to.equal(undefined);
          return;
        }
        expect(refusal).to.deep.include({
          guardrail: guardrail.name,
          reason,
          effect: "refusal",
          items: want.items.map(item),
          confirmable: want.confirmable,
        });
        expect(refusal?.message).to.contain(`${key} = ${max}`);
        expect(refusal?.message.includes("Once confirmed, ")).to.equal(want.confirmable);
      });
    }

    it("does not count the other kind of removal, nor a replace", () => {
      const replaces = ["a", "b", "c"].map(
        (name) => ({ ...kicks(name)[0], kind: "replace", entity: {} }) as never,
      );
      const plan = aPlan([...replaces, ...other("a", "b", "c")]);
      expect(guardrail.judge(plan, someFacts({ limits: to(2) }))).to.equal(undefined);
    });
  });
}
