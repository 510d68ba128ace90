import { expect } from "chai";
import type { IgnoredDrift } from "../../../agent/config/config.ts";
import { ATTRIBUTE_NAMES } from "../../../agent/plan/attribute-names.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { choosePolicy, ignoredBy, withoutDrift } from "../../../agent/room/drift-rule.ts";
import type { RoomInputs } from "../../../agent/room/room.ts";
import { indexState } from "../../../agent/plan/state-index.ts";
import { unseenDifferences } from "../../../agent/plan/unseen-differences.ts";
import { aDriftRule } from "../../support/an-ending.ts";
import { aPlanInput, steps } from "../../support/a-plan-input.ts";
import { aRoomSpec, type RoomSpecGiven } from "../../support/a-room-spec.ts";

describe("choosePolicy", () => {
  const rows = [
    // annotation, source, policy
    [null, null, "correct"],
    [null, "correct", "correct"],
    [null, "report", "report"],
    [null, "off", "off"],
    ["correct", "report", "correct"],
    ["report", null, "report"],
    ["report", "correct", "report"],
    ["off", "report", "off"],
    ["correct", "off", "correct"],
  ] as const;
  for (const [annotation, policy, wanted] of rows) {
    it(`takes ${wanted} of annotation ${annotation} and source ${policy}`, () => {
      const annotations = annotation === null ? {} : { "room-operator/drift": annotation };
      const rules = policy === null ? null : { policy, ignore: [] };
      const chosen = choosePolicy(aRoomSpec({ annotations }), rules);
      expect(chosen.policy).to.equal(wanted);
      expect(chosen.setBy.includes("annotation")).to.equal(annotation !== null);
    });
  }
});

/** A room that differs in one of everything. */
const SPEC: RoomSpecGiven = {
  entities: ["E-gone", { id: "E-1", displayName: "Ada", kind: "npc" }],
  artifacts: [{ name: "notes", tags: ["a"], promoteAfterSeed: true }],
  policies: { maxArtifactsPerEntity: 3 },
  resources: ["search"],
};
const INPUT = aPlanInput({
  spec: SPEC,
  room: {
    entities: [{ id: "E-1", displayName: "Bob", kind: "npc" }, "E-x"],
    artifacts: [{ name: "notes", tags: ["b"], fingerprint: "other", isPromoted: true }, "old"],
    policies: { maxArtifactsPerEntity: 9 },
  },
});
const PLAN = makePlan(INPUT);

/** What is left of the plan. */
function left(ignore: readonly IgnoredDrift[], before: RoomSpecGiven = SPEC): readonly string[] {
  const specs = [SPEC, before].map((given) => ({ spec: aRoomSpec(given), seeds: [] }));
  const ignored = ignoredBy({ policy: "correct", ignore }, specs);
  return steps(withoutDrift(PLAN, aDriftRule({ ignored }), INPUT.observed));
}

const all = (...items: readonly string[]): IgnoredDrift => ({ items, attributes: null });
const only = (items: string, ...attributes: readonly string[]) => ({ items: [items], attributes });

describe("ignored drift", () => {
  const without = (...items: readonly string[]) =>
    steps(PLAN).filter((step) => !items.some((item) => step.endsWith(` ${item}`)));

  it("is left out by item, its promotion with it", () => {
    expect(steps(PLAN)).to.have.length(8);
    expect(left([])).to.deep.equal(steps(PLAN));
    expect(left([all("entity/E-*")])).to.deep.equal(
      without("entity/E-gone", "entity/E-1", "entity/E-x"),
    );
    expect(left([all("artifact/*")])).to.deep.equal(without("artifact/notes", "artifact/old"));
    expect(left([all("policy/*", "resource/search")])).to.deep.equal(
      without("policy/maxArtifactsPerEntity", "resource/search"),
    );
    expect(left([all("entity/e-*", "artifact/E-1")])).to.deep.equal(steps(PLAN));
  });

  it("is left out by attribute where nothing else of the item differs", () => {
    expect(left([only("entity/*", "displayName")])).to.deep.equal(without("entity/E-1"));
    expect(left([only("entity/*", "kind")])).to.deep.equal(steps(PLAN));
    expect(left([only("entity/*", "presence")])).to.deep.equal(
      without("entity/E-gone", "entity/E-x"),
    );
    expect(left([only("artifact/notes", "tags")])).to.deep.equal(steps(PLAN));
    expect(left([only("artifact/notes", "tags"), only("artifact/*", "content")])).to.deep.equal(
      without("artifact/notes"),
    );
  });

  it("never is what the spec changed", () => {
    const before = { ...SPEC, entities: ["E-gone", "E-x"] };
    expect(left([all("entity/*")], before)).to.deep.equal(without("entity/E-gone"));
    const tags = { ...SPEC, artifacts: [{ name: "notes", promoteAfterSeed: true }] };
    expect(left([all("artifact/*")], tags)).to.deep.equal(without("artifact/old"));
  });

  it("never is the content of a seed that a commit changed", () => {
    const given = { ...SPEC, artifacts: [{ name: "notes", seedFrom: "a.md", tags: ["a"] }] };
    const spec = aRoomSpec(given);
    const seeded = (oid: string) =>
      [{ path: "a.md", kind: "present", oid, size: 1 }] as const satisfies RoomInputs["seeds"];
    const leftOf = (oid: string) => {
      const specs = [seeded("one"), seeded(oid)].map((seeds) => ({ spec, seeds }));
      const ignored = ignoredBy({ policy: "correct", ignore: [all("artifact/notes")] }, specs);
      return steps(withoutDrift(PLAN, aDriftRule({ ignored }), INPUT.observed));
    };
    expect(leftOf("one")).to.deep.equal(without("artifact/notes"));
    expect(leftOf("two")).to.deep.equal(steps(PLAN));
  });

  it("looks at each name of a spec a few times, however many drifted", () => {
    let looks = 0;
    const names = Array.from({ length: 1000 }, (_, at) => `a-${at}`);
    const spec = aRoomSpec({ artifacts: names });
    for (const artifact of spec.spec.artifacts) {
      const { name } = artifact;
      Object.defineProperty(artifact, "name", { get: () => ((looks += 1), name) });
    }
    const specs = [spec, spec].map((one) => ({ spec: one, seeds: [] }));
    const ignored = ignoredBy({ policy: "correct", ignore: [all("artifact/*")] }, specs);
    const observed = indexState(INPUT.observed);
    const [step] = PLAN.actions;
    if (step === undefined) throw new Error("the plan is empty");
    for (const name of names)
      expect(ignored({ ...step, item: `artifact/${name}` }, observed)).to.equal(true);
    expect(looks).to.be.below(10 * names.length);
  });

  it("of policy off is all, unless a person or a commit asks", () => {
    const off = aDriftRule({ policy: "off" });
    expect(withoutDrift(PLAN, off, INPUT.observed).actions).to.deep.equal([]);
    const asked = { ...off, isUnasked: false };
    expect(withoutDrift(PLAN, asked, INPUT.observed)).to.deep.equal(PLAN);
  });

  it("has a name for every attribute that can differ", () => {
    const observed = indexState(INPUT.observed);
    const names = PLAN.actions.flatMap((action) => unseenDifferences(action, observed));
    expect(names).to.have.length.above(8);
    for (const { attribute } of names) expect(ATTRIBUTE_NAMES).to.include(attribute);
  });
});
