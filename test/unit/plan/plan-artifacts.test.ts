import { expect } from "chai";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { toNotObservableMarks } from "../../../agent/plan/not-observable.ts";
import type { SeedState } from "../../../agent/plan/plan.ts";
import type { ObservedArtifact } from "../../../agent/plan/room-state.ts";
import { aSeed } from "../../support/a-desired-room.ts";
import { aPlan, aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { anArtifact } from "../../support/a-room-spec.ts";
import { REST_CAPABILITIES, anObservedArtifact } from "../../support/a-room-state.ts";

const NOTES = anArtifact("notes");
const PROMOTED = { name: "notes", promoteAfterSeed: true };

function planNotes(
  observed: Partial<ObservedArtifact> | null,
  given: Parameters<typeof aPlanInput>[0] = {},
) {
  const artifacts = observed === null ? [] : [{ name: "notes", ...observed }];
  return makePlan(aPlanInput({ spec: { artifacts: ["notes"] }, room: { artifacts }, ...given }));
}

describe("plan of artifacts", () => {
  it("seeds what is absent, writes again what differs, deletes what is not named", () => {
    const spec = { artifacts: ["absent", "differs", "same"] };
    const differs = anObservedArtifact("differs", { fingerprint: "0".repeat(64) });
    const stranger = anObservedArtifact("stranger");
    const seed = (name: string) => aSeed(anArtifact(name));
    const plan = makePlan(aPlanInput({ spec, room: { artifacts: [stranger, "same", differs] } }));
    expect(plan).to.deep.equal(
      aPlan([
        {
          kind: "seed",
          item: "artifact/absent",
          artifact: anArtifact("absent"),
          oid: seed("absent").oid,
          fingerprint: seed("absent").fingerprint,
          size: seed("absent").size,
        },
        {
          kind: "seed",
          item: "artifact/differs",
          artifact: anArtifact("differs"),
          oid: seed("differs").oid,
          fingerprint: seed("differs").fingerprint,
          size: seed("differs").size,
          previous: differs,
        },
        { kind: "delete", item: "artifact/stranger", previous: stranger },
      ]),
    );
  });

  it("only protects an artifact without a seed from deletion", () => {
    const spec = {
      artifacts: [
        { name: "absent", seedFrom: null, promoteAfterSeed: true },
        { name: "present", seedFrom: null, promoteAfterSeed: true, type: "dataset" },
      ],
    };
    const room = { artifacts: [anObservedArtifact("present")] };
    expect(makePlan(aPlanInput({ spec, room }))).to.deep.equal(aPlan([]));
  });

  const attributes: readonly {
    name: string;
    observed: Partial<ObservedArtifact>;
    writes: boolean;
  }[] = [
    { name: "another type", observed: { type: "dataset" }, writes: true },
    { name: "another workspace", observed: { workspace: "else" }, writes: true },
    { name: "tags in another order", observed: { tags: ["b", "a"] }, writes: true },
    { name: "fewer tags", observed: { tags: ["a"] }, writes: true },
    { name: "tags that travel as the same text", observed: { tags: ["a,b"] }, writes: false },
    { name: "nothing but the same content", observed: {}, writes: false },
  ];
  for (const { name, observed, writes } of attributes) {
    it(`${writes ? "writes again" : "leaves alone"} an artifact with ${name}`, () => {
      const spec = { artifacts: [{ name: "notes", tags: ["a", "b"] }] };
      const { fingerprint } = aSeed(anArtifact({ name: "notes", tags: ["a", "b"] }));
      const plan = planNotes({ fingerprint, ...observed }, { spec });
      expect(steps(plan)).to.deep.equal(writes ? ["seed artifact/notes"] : []);
    });
  }

  it("writes no content it cannot compare, and says so", () => {
    const plan = planNotes({ type: "document" });
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal(["NotObservable artifact/notes"]);
    expect(plan.blocked[0]?.message).to.contain("fingerprint");
  });

  it("writes an artifact without a fingerprint for a difference that shows", () => {
    expect(steps(planNotes({ type: "dataset" }))).to.deep.equal(["seed artifact/notes"]);
  });

  const unusable: SeedState = { kind: "unusable", reason: "SeedTooLarge", message: "50 MB" };

  it("blocks an artifact with an unusable seed and goes on with the rest", () => {
    const spec = { artifacts: [PROMOTED, "other"] };
    const plan = makePlan(aPlanInput({ spec, seeds: { notes: unusable } }));
    expect(steps(plan)).to.deep.equal(["seed artifact/other"]);
    expect(plan.blocked).to.deep.equal([
      { item: "artifact/notes", reason: "SeedTooLarge", message: "50 MB" },
    ]);
  });

  it("neither deletes nor promotes an artifact whose seed is unusable", () => {
    const spec = { artifacts: [PROMOTED] };
    const plan = planNotes(anObservedArtifact("notes"), { spec, seeds: { notes: unusable } });
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal(["SeedTooLarge artifact/notes"]);
  });

  it("blocks an artifact whose seed nobody looked for", () => {
    const input = aPlanInput({ spec: { artifacts: ["notes"] } });
    const plan = makePlan({ ...input, desired: { spec: input.desired.spec, seeds: new Map() } });
    expect(blockedSteps(plan)).to.deep.equal(["SeedMissing artifact/notes"]);
    expect(plan.blocked[0]?.message).to.contain("seeds/notes.md");
  });
});

describe("plan of promotions", () => {
  const same = { fingerprint: aSeed(NOTES).fingerprint };
  const other = { fingerprint: "0".repeat(64) };
  const cases: readonly {
    readonly name: string;
    readonly observed: Partial<ObservedArtifact> | null;
    readonly want: readonly string[];
  }[] = [
    { name: "an absent artifact with its seed", observed: null, want: ["seed", "promote"] },
    {
      name: "new content although the old was promoted",
      observed: { ...other, isPromoted: true },
      want: ["seed", "promote"],
    },
    { name: "unpromoted content", observed: { ...same, isPromoted: false }, want: ["promote"] },
    { name: "nothing that is promoted", observed: { ...same, isPromoted: true }, want: [] },
    { name: "nothing where the server does not say", observed: same, want: [] },
    {
      name: "content it cannot compare when it is unpromoted",
      observed: { isPromoted: false },
      want: ["promote"],
    },
  ];
  for (const { name, observed, want } of cases) {
    it(`promotes ${name}`, () => {
      const plan = planNotes(observed, { spec: { artifacts: [PROMOTED] } });
      expect(steps(plan)).to.deep.equal(want.map((kind) => `${kind} artifact/notes`));
    });
  }

  it("does not promote what the spec does not ask for", () => {
    expect(steps(planNotes({ ...same, isPromoted: false }))).to.deep.equal([]);
  });

  const unable = { ...REST_CAPABILITIES, promoteArtifact: false, deleteArtifact: false };

  it("reports promotions and deletes that the dialect has no call for", () => {
    const spec = { artifacts: [PROMOTED] };
    const room = { artifacts: ["stranger"] };
    const plan = makePlan(aPlanInput({ spec, room, capabilities: unable }));
    expect(steps(plan)).to.deep.equal(["seed artifact/notes"]);
    expect(blockedSteps(plan)).to.deep.equal([
      "Unsupported artifact/notes",
      "Unsupported artifact/stranger",
    ]);
  });

  it("keeps reporting a promotion that the dialect can neither do nor show", () => {
    const plan = planNotes(same, { spec: { artifacts: [PROMOTED] }, capabilities: unable });
    expect(blockedSteps(plan)).to.deep.equal(["Unsupported artifact/notes"]);
  });

  it("reports no promotion that the dialect cannot do where it was done before", () => {
    const promoted = { ...same, isPromoted: true };
    const plan = planNotes(promoted, { spec: { artifacts: [PROMOTED] }, capabilities: unable });
    expect(blockedSteps(plan)).to.deep.equal([]);
  });

  it("promotes nothing that is absent and not written now", () => {
    const input = aPlanInput({ spec: { artifacts: [PROMOTED] } });
    const remaining = makePlan(input);
    const notObservable = toNotObservableMarks({
      succeeded: remaining.actions,
      remaining,
      observed: input.observed,
    });
    const plan = makePlan({ ...input, notObservable });
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal(["NotObservable artifact/notes"]);
  });
});
