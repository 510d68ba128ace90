import { expect } from "chai";
import * as fc from "fast-check";
import { canonicalJson } from "../../../agent/kernel/json.ts";
import { makeInverse, type HeldContent, type Undo } from "../../../agent/plan/inverse.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { splitItem, type Item } from "../../../agent/plan/item.ts";
import type { Action } from "../../../agent/plan/plan.ts";
import { hasPolicy } from "../../../agent/plan/policy-values.ts";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { POLICY_NAMES, type ArtifactSpec } from "../../../agent/spec/room-spec.ts";
import { aSeed } from "../../support/a-desired-room.ts";
import { anArtifact } from "../../support/a-room-spec.ts";
import { REST_CAPABILITIES } from "../../support/a-room-state.ts";
import { applyAction } from "./apply-plan.ts";
import { someCapabilities, someDesiredRoom, someRoomState } from "../../support/arbitraries.ts";

const RUNS = { numRuns: 200 };

const someStory = fc.record({
  observed: someRoomState("complete"),
  desired: someDesiredRoom("present"),
  dmVisibilityRemoved: fc.boolean(),
  /** Which actions succeed, by place. */
  luck: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  /** Which artifacts' bytes the store still holds. */
  kept: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
});

type Story = typeof someStory extends fc.Arbitrary<infer T> ? T : never;

function tell({ observed, desired, dmVisibilityRemoved, luck, kept }: Story) {
  const capabilities = REST_CAPABILITIES;
  const ask = { desired, observed, capabilities, notObservable: [], dmVisibilityRemoved };
  const plan = makePlan({ ...ask, resources: true });
  const held = new Map(
    observed.artifacts.filter((_, at) => kept[at]).map((one) => [one.name, contentOf(one)]),
  );
  const undos = makeInverse(plan, { observed, capabilities, entities: new Map(), held });
  const lucky = undos.filter((_, at) => luck[at % luck.length]);
  const done = lucky.filter(({ of }) => !isOrphan(of, lucky) && !hasUnluckySeed(of, undos, lucky));
  return { plan, undos, done };
}

/** A promotion is tried only when its own seed succeeded. */
function hasUnluckySeed(of: Action, undos: readonly Undo[], lucky: readonly Undo[]): boolean {
  const seeds = (list: readonly Undo[]) =>
    list.some((one) => one.of.kind === "seed" && one.of.item === of.item);
  return of.kind === "promote" && seeds(undos) && !seeds(lucky);
}

/** A promotion of an artifact that was not there has no effect. */
function isOrphan(of: Action, lucky: readonly Undo[]): boolean {
  return of.kind === "promote" && lucky.every((one) => one.of.item !== of.item);
}

function contentOf({ name, type, workspace, tags, fingerprint }: RoomState["artifacts"][number]) {
  const artifact: ArtifactSpec = {
    ...anArtifact(name),
    type: type ?? "",
    workspace: workspace ?? "",
    tags: tags ?? [],
  };
  for (const content of ["hello", "other", "third"]) {
    const seed = aSeed(artifact, content);
    if (seed.fingerprint === fingerprint)
      return { artifact, oid: seed.oid, fingerprint } satisfies HeldContent;
  }
  throw new Error(`no content has the fingerprint ${String(fingerprint)}`);
}

/** One thing of a room in comparable form; a policy that is not listed is its default. */
function part(state: RoomState, item: Item): string {
  const { kind, name } = splitItem(item);
  switch (kind) {
    case "entity":
      return canonicalJson(state.entities.filter(({ id }) => id === name));
    case "artifact":
      return canonicalJson(state.artifacts.filter((one) => one.name === name));
    case "resource":
      return canonicalJson(
        state.resources
          .filter((one) => one.name === name)
          .map(({ type, config }) => ({ type, config })),
      );
    case "policy":
      return canonicalJson(
        ["team", "owner", "public", true, false, 1, 3, 7, 100].filter((value) =>
          POLICY_NAMES.some(
            (policy) => policy === name && hasPolicy(state.policies ?? {}, policy, value),
          ),
        ),
      );
  }
}

function allItems(...states: readonly RoomState[]): ReadonlySet<Item> {
  return new Set(
    states.flatMap(({ entities, artifacts, resources, policies }): Item[] => [
      ...entities.map(({ id }): Item => `entity/${id}`),
      ...artifacts.map(({ name }): Item => `artifact/${name}`),
      ...resources.map(({ name }): Item => `resource/${name}`),
      ...Object.keys(policies ?? {}).map((name): Item => `policy/${name}`),
    ]),
  );
}

describe("the inverse of any plan", () => {
  it("takes back, in reverse order, whatever part of the plan was done", () => {
    let restored = 0;
    fc.assert(
      fc.property(someStory, (story) => {
        const { done } = tell(story);
        const after = done.map(({ of }) => of).reduce(applyAction, story.observed);
        const back = done
          .toReversed()
          .flatMap((undo) => (undo.kind === "undo" ? undo.actions : []))
          .reduce(applyAction, after);
        const lost = new Set(done.flatMap((undo) => (undo.kind === "cannot" ? undo.of.item : [])));
        for (const item of allItems(story.observed, after, back)) {
          if (lost.has(item)) continue;
          expect(part(back, item), item).to.equal(part(story.observed, item));
          restored += Number(part(after, item) !== part(story.observed, item));
        }
      }),
      RUNS,
    );
    expect(restored).to.be.greaterThan(100);
  });

  it("removes only what the plan added, and speaks of each action once", () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const { plan, undos } = tell(story);
        expect(undos.map(({ of }) => of)).to.deep.equal(plan.actions);
        const there = allItems(story.observed);
        for (const undo of undos) {
          const actions = undo.kind === "undo" ? undo.actions : [];
          for (const { kind, item } of actions) {
            expect(item).to.equal(undo.of.item);
            if (kind === "kick" || kind === "delete") expect(there.has(item), item).to.equal(false);
          }
        }
      }),
      RUNS,
    );
  });

  it("uses no call that the protocol does not have", () => {
    fc.assert(
      fc.property(someStory, someCapabilities, (story, capabilities) => {
        const { plan } = tell(story);
        const { observed } = story;
        const input = { observed, capabilities, entities: new Map(), held: new Map() };
        const kinds = makeInverse(plan, input).flatMap((undo) =>
          undo.kind === "undo" ? undo.actions.map(({ kind }) => kind) : [],
        );
        if (!capabilities.kickEntity) expect(kinds).to.not.include("kick");
        if (!capabilities.deleteArtifact) expect(kinds).to.not.include("delete");
        if (!capabilities.writePolicy) expect(kinds).to.not.include("setPolicy");
      }),
      RUNS,
    );
  });
});
