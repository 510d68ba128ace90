import { expect } from "chai";
import { changeThreshold } from "../../../agent/guardrail/change-threshold.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { aPlan, aPlanInput, deletes, kicks } from "../../support/a-plan-input.ts";
import { someFacts } from "../../support/some-facts.ts";

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, place) => `E-${place}`);
}

describe("change-threshold", () => {
  const cases: readonly {
    readonly name: string;
    readonly kicked: number;
    readonly deleted?: number;
    readonly entities: number;
    readonly artifacts?: number;
    readonly threshold?: number;
    readonly refuses: boolean;
  }[] = [
    { name: "1 of 1", kicked: 1, entities: 1, refuses: true },
    { name: "1 of 2, exactly half", kicked: 1, entities: 2, refuses: false },
    { name: "5 of 10, exactly half", kicked: 5, entities: 10, refuses: false },
    { name: "6 of 10", kicked: 6, entities: 10, refuses: true },
    { name: "2 of 3", kicked: 2, entities: 3, refuses: true },
    { name: "nothing of nothing", kicked: 0, entities: 0, refuses: false },
    { name: "something of a room that was counted empty", kicked: 1, entities: 0, refuses: false },
    {
      name: "kicks and deletes together over half",
      kicked: 1,
      deleted: 2,
      entities: 3,
      artifacts: 2,
      refuses: true,
    },
    {
      name: "all entities among many artifacts",
      kicked: 2,
      entities: 2,
      artifacts: 8,
      refuses: false,
    },
    { name: "3 of 10 at 0.3", kicked: 3, entities: 10, threshold: 0.3, refuses: false },
    { name: "7 of 10 at 0.7", kicked: 7, entities: 10, threshold: 0.7, refuses: false },
    { name: "1 of 1000 at 0", kicked: 1, entities: 1000, threshold: 0, refuses: true },
    { name: "nothing at 0", kicked: 0, entities: 10, threshold: 0, refuses: false },
    { name: "everything at 1", kicked: 9, entities: 9, threshold: 1, refuses: false },
  ];
  for (const { name, kicked, deleted = 0, entities, artifacts = 0, threshold, refuses } of cases) {
    it(`${refuses ? "refuses" : "passes"} ${name}`, () => {
      const plan = aPlan([...kicks(...names(kicked)), ...deletes(...names(deleted))]);
      const facts = someFacts({
        observedEntities: entities,
        observedArtifacts: artifacts,
        limits: threshold === undefined ? {} : { changeThreshold: threshold },
      });
      const refusal = changeThreshold.judge(plan, facts);
      expect(refusal?.reason).to.equal(refuses ? "ChangeThresholdExceeded" : undefined);
      expect(refusal?.items).to.deep.equal(
        refuses ? plan.actions.map(({ item }) => item) : undefined,
      );
    });
  }

  const half = aPlan(kicks("E-a", "E-b", "E-c"));

  it("judges only what no confirmation covers", () => {
    const room = { observedEntities: 4 };
    const confirmed = new Set(["entity/E-a"] as const);
    expect(changeThreshold.judge(half, someFacts(room))?.items).to.have.length(3);
    expect(changeThreshold.judge(half, someFacts({ ...room, confirmed }))).to.equal(undefined);
    const refusal = changeThreshold.judge(half, someFacts({ observedEntities: 3, confirmed }));
    expect(refusal?.items).to.deep.equal(["entity/E-b", "entity/E-c"]);
  });

  it("is lifted when no confirmation is required", () => {
    const facts = someFacts({ observedEntities: 3, limits: { requireConfirm: false } });
    expect(changeThreshold.judge(half, facts)).to.equal(undefined);
  });

  it("does not count a replace", () => {
    const spec = { entities: [{ id: "E-a", kind: "npc" as const }] };
    const plan = makePlan(aPlanInput({ spec, room: { entities: ["E-a"] } }));
    expect(plan.actions.map(({ kind }) => kind)).to.deep.equal(["replace"]);
    expect(changeThreshold.judge(plan, someFacts({ observedEntities: 1 }))).to.equal(undefined);
  });

  it("says how much of what would go, and leaves the items to their list", () => {
    const plan = aPlan(kicks(...names(12)));
    const message = changeThreshold.judge(plan, someFacts({ observedEntities: 16 }))?.message;
    expect(message).to.contain("12 of the room's 16").and.to.contain("75 %");
    expect(message).not.to.match(/entity\/|Confirm: /);
  });
});
