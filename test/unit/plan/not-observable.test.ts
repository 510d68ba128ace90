import { expect } from "chai";
import { livingMarks } from "../../../agent/plan/living-marks.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { toNotObservableMarks } from "../../../agent/plan/not-observable.ts";
import type { NotObservableMark, PlanInput } from "../../../agent/plan/plan.ts";
import { aSeed } from "../../support/a-desired-room.ts";
import {
  aPlanInput,
  blockedSteps,
  steps,
  type PlanInputGiven,
} from "../../support/a-plan-input.ts";
import { anArtifact } from "../../support/a-room-spec.ts";
import { anObservedEntity } from "../../support/a-room-state.ts";

/** The marks of a pass whose writes all succeeded and after which the server answers as before: nothing showed. */
function marksOf(input: PlanInput): readonly NotObservableMark[] {
  const plan = makePlan(input);
  return toNotObservableMarks({
    succeeded: plan.actions,
    remaining: plan,
    observed: input.observed,
  });
}

describe("an item that does not show", () => {
  const limited = { id: "E-1", policy: { rateLimit: { perMinute: 5 } } };
  const promoted = { name: "notes", promoteAfterSeed: true };
  const said = { fingerprint: "f".repeat(64), isPromoted: false };
  const cases: readonly {
    readonly name: string;
    readonly given: PlanInputGiven;
    readonly want: string;
  }[] = [
    {
      name: "an attribute",
      given: { spec: { entities: [limited] }, room: { entities: ["E-1"] } },
      want: "NotObservable entity/E-1",
    },
    { name: "a join", given: { spec: { entities: ["E-1"] } }, want: "NotObservable entity/E-1" },
    { name: "a kick", given: { room: { entities: ["E-1"] } }, want: "NotObservable entity/E-1" },
    {
      name: "content",
      given: {
        spec: { artifacts: ["notes"] },
        room: { artifacts: [{ name: "notes", fingerprint: "f" }] },
      },
      want: "NotObservable artifact/notes",
    },
    {
      name: "a delete",
      given: { room: { artifacts: ["notes"] } },
      want: "NotObservable artifact/notes",
    },
    {
      name: "a policy of a server that carries none",
      given: { spec: { policies: { maxArtifactsPerEntity: 5 } }, room: { policies: null } },
      want: "NotObservable policy/maxArtifactsPerEntity",
    },
    {
      name: "a resource",
      given: { spec: { resources: ["search"] } },
      want: "NotObservable resource/search",
    },
  ];
  for (const { name, given, want } of cases) {
    it(`is not written again when it is ${name}`, () => {
      const input = aPlanInput(given);
      expect(makePlan(input).actions).to.have.length(1);
      const again = makePlan({ ...input, notObservable: marksOf(input) });
      expect(steps(again)).to.deep.equal([]);
      expect(blockedSteps(again)).to.deep.equal([want]);
    });
  }

  const notes = { name: "notes", tags: ["a"] };
  const search = { name: "search", config: { url: "x" } };
  const content = {
    name: "notes",
    type: "document",
    workspace: "shared",
    tags: ["a"],
    fingerprint: "f",
  };
  const same = aSeed(anArtifact("notes")).fingerprint;
  const changes: readonly {
    readonly name: string;
    readonly given: PlanInputGiven;
    readonly change: PlanInputGiven;
    readonly want: string;
  }[] = [
    {
      name: "the wanted attribute",
      given: { spec: { entities: [limited] }, room: { entities: ["E-1"] } },
      change: { spec: { entities: [{ ...limited, policy: { rateLimit: { perMinute: 6 } } }] } },
      want: "replace entity/E-1",
    },
    {
      name: "another attribute that the server shows",
      given: { spec: { entities: [limited] }, room: { entities: ["E-1"] } },
      change: { room: { entities: [anObservedEntity({ id: "E-1", kind: "npc" })] } },
      want: "replace entity/E-1",
    },
    {
      name: "who is not to be there",
      given: { room: { entities: ["E-1"] } },
      change: { room: { entities: [anObservedEntity({ id: "E-1", kind: "npc" })] } },
      want: "kick entity/E-1",
    },
    {
      name: "the seed",
      given: { spec: { artifacts: [notes] }, room: { artifacts: [content] } },
      change: { seeds: { notes: "other" } },
      want: "seed artifact/notes",
    },
    ...[{ fingerprint: "e" }, { type: "dataset" }, { workspace: "else" }, { tags: ["b"] }].map(
      (shown) => ({
        name: `the ${Object.keys(shown).join()} that the server shows`,
        given: { spec: { artifacts: [notes] }, room: { artifacts: [content] } },
        change: { room: { artifacts: [{ ...content, ...shown }] } },
        want: "seed artifact/notes",
      }),
    ),
    {
      name: "the content of what is to be deleted",
      given: { room: { artifacts: [content] } },
      change: { room: { artifacts: [{ ...content, fingerprint: "e" }] } },
      want: "delete artifact/notes",
    },
    {
      name: "the content that is promoted",
      given: {
        spec: { artifacts: [promoted] },
        room: { artifacts: [{ name: "notes", fingerprint: same, isPromoted: false }] },
      },
      change: {
        seeds: { notes: "other" },
        room: {
          artifacts: [
            {
              name: "notes",
              fingerprint: aSeed(anArtifact("notes"), "other").fingerprint,
              isPromoted: false,
            },
          ],
        },
      },
      want: "promote artifact/notes",
    },
    {
      name: "the wanted policy",
      given: { spec: { policies: { maxArtifactsPerEntity: 5 } }, room: { policies: null } },
      change: { spec: { policies: { maxArtifactsPerEntity: 6 } } },
      want: "setPolicy policy/maxArtifactsPerEntity",
    },
    {
      name: "the policy that the server shows",
      given: { spec: { policies: { maxArtifactsPerEntity: 5 } }, room: { policies: null } },
      change: { room: { policies: { maxArtifactsPerEntity: 7 } } },
      want: "setPolicy policy/maxArtifactsPerEntity",
    },
    ...[{ type: "else" }, { config: { url: "y" } }].map((shown) => ({
      name: `the ${Object.keys(shown).join()} that the server shows of a resource`,
      given: {
        spec: { resources: [search] },
        room: { resources: [{ name: "search", type: "mcp-tool", config: {} }] },
      },
      change: { room: { resources: [{ name: "search", type: "mcp-tool", config: {}, ...shown }] } },
      want: "ensureResource resource/search",
    })),
    {
      name: "the wanted configuration of a resource",
      given: { spec: { resources: [search] } },
      change: { spec: { resources: [{ ...search, config: { url: "z" } }] } },
      want: "ensureResource resource/search",
    },
  ];
  for (const { name, given, change, want } of changes) {
    it(`is written again when it changes: ${name}`, () => {
      const notObservable = marksOf(aPlanInput(given));
      expect(steps(makePlan(aPlanInput({ ...given, notObservable })))).to.deep.equal([]);
      const plan = makePlan(aPlanInput({ ...given, ...change, notObservable }));
      expect(steps(plan)).to.deep.equal([want]);
    });
  }

  it("stays marked when a resource's status changes by itself", () => {
    const observed = { name: "search", type: "else", status: "PENDING" };
    const given = { spec: { resources: [search] }, room: { resources: [observed] } };
    const notObservable = marksOf(aPlanInput(given));
    const room = { resources: [{ ...observed, status: "READY" }] };
    expect(steps(makePlan(aPlanInput({ ...given, room, notObservable })))).to.deep.equal([]);
  });

  it("stays marked when only the order of a list or a case changes", () => {
    const twice = { ...limited, capabilities: ["a", "b"] };
    const swapped = { ...limited, capabilities: ["b", "a"] };
    const room = (visibility: string) => ({
      entities: [{ id: "E-1", visibility, policy: { rateLimit: null } }],
    });
    const notObservable = marksOf(aPlanInput({ spec: { entities: [twice] }, room: room("team") }));
    const given = { spec: { entities: [swapped] }, room: room("Team") };
    expect(steps(makePlan(aPlanInput({ ...given, notObservable })))).to.deep.equal([]);
  });

  it("marks content and promotion apart", () => {
    const { fingerprint } = aSeed(anArtifact("notes"));
    const given = { spec: { artifacts: [promoted] } };
    const unpromoted = { artifacts: [{ name: "notes", fingerprint, isPromoted: false }] };
    const notObservable = marksOf(aPlanInput({ ...given, room: unpromoted }));
    expect(notObservable.map(({ kind }) => kind)).to.deep.equal(["promote"]);

    const drifted = { artifacts: [{ name: "notes", ...said }] };
    const plan = makePlan(aPlanInput({ ...given, room: drifted, notObservable }));
    expect(steps(plan)).to.deep.equal(["seed artifact/notes", "promote artifact/notes"]);
  });

  it("still promotes content whose own write does not show", () => {
    const input = aPlanInput({
      spec: { artifacts: [promoted] },
      room: { artifacts: [{ name: "notes", ...said }] },
    });
    const notObservable = marksOf(input).filter(({ kind }) => kind === "seed");
    const plan = makePlan({ ...input, notObservable });
    expect(steps(plan)).to.deep.equal(["promote artifact/notes"]);
    expect(blockedSteps(plan)).to.deep.equal(["NotObservable artifact/notes"]);
  });
});

describe("toNotObservableMarks", () => {
  it("marks nothing that was not written in this pass, or that shows", () => {
    const before = aPlanInput({ spec: { entities: ["E-1", "E-2"] } });
    const after = aPlanInput({ spec: { entities: ["E-1", "E-2"] }, room: { entities: ["E-1"] } });
    const [joined] = makePlan(before).actions;
    const marks = toNotObservableMarks({
      succeeded: joined === undefined ? [] : [joined],
      remaining: makePlan(after),
      observed: after.observed,
    });
    expect(joined?.item).to.equal("entity/E-1");
    expect(marks).to.deep.equal([]);
  });

  it("marks what a join did not bring along", () => {
    const entities = [{ id: "E-1", displayName: "Ada" }];
    const before = aPlanInput({ spec: { entities } });
    const after = aPlanInput({ spec: { entities }, room: { entities: ["E-1"] } });
    const marks = toNotObservableMarks({
      succeeded: makePlan(before).actions,
      remaining: makePlan(after),
      observed: after.observed,
    });
    expect(marks.map(({ kind, item }) => `${kind} ${item}`)).to.deep.equal(["replace entity/E-1"]);
    expect(steps(makePlan({ ...after, notObservable: marks }))).to.deep.equal([]);
  });

  it("does not mark a promotion that remains only because its seed does", () => {
    const artifacts = [{ name: "notes", promoteAfterSeed: true }];
    const input = aPlanInput({
      spec: { artifacts },
      room: { artifacts: [{ name: "notes", fingerprint: "f", isPromoted: true }] },
    });
    expect(marksOf(input).map(({ kind }) => kind)).to.deep.equal(["seed"]);
  });
});

describe("livingMarks", () => {
  const given = { spec: { entities: ["E-1"] }, room: { entities: [] } };

  it("keeps a mark that still holds something back", () => {
    const notObservable = marksOf(aPlanInput(given));
    expect(notObservable).to.have.length(1);
    expect(livingMarks(aPlanInput({ ...given, notObservable }))).to.deep.equal(notObservable);
  });

  it("drops a mark whose item shows, changed or is not wanted any more", () => {
    const notObservable = marksOf(aPlanInput(given));
    const changes: readonly PlanInputGiven[] = [
      { room: { entities: ["E-1"] } },
      { spec: { entities: [{ id: "E-1", kind: "npc" }] } },
      { spec: {} },
    ];
    for (const change of changes) {
      expect(livingMarks(aPlanInput({ ...given, ...change, notObservable }))).to.deep.equal([]);
    }
  });
});
