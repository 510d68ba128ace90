import * as fc from "fast-check";
import type { DesiredRoom, PlanInput, SeedState } from "../../agent/plan/plan.ts";
import type {
  Capabilities,
  ObservedArtifact,
  ObservedEntity,
  ObservedResource,
  RoomState,
} from "../../agent/plan/room-state.ts";
import type {
  ArtifactSpec,
  EntitySpec,
  PolicySpec,
  ResourceSpec,
  RoomSpec,
} from "../../agent/spec/room-spec.ts";
import { aSeed } from "./a-desired-room.ts";
import { aRoomSpec } from "./a-room-spec.ts";

/**
 * Random rooms. Names come from small pools, so that two independent ones overlap, agree and differ often. No name means
 * two things: a spec that depends on such a name is refused.
 */
const ENTITY_IDS = ["E-ada", "E-bob", "E-cyd", "E-dee", "E-eve", "E-zoë"];
const ARTIFACT_NAMES = ["notes", "plan", "data/set", "Readme", "relatório"];
const RESOURCE_NAMES = ["search", "mail", "feed"];

const someOf = (names: readonly string[]) =>
  fc.subarray([...names], { maxLength: Math.min(2, names.length) });
const someText = fc.constantFrom("", "a", "B", "team", "ação", "x,y");
const someList = fc.uniqueArray(fc.constantFrom("a", "b", "b.c", "net:*"), { maxLength: 3 });
const someVisibility = fc.constantFrom("public", "team", "owner", "private");
const someKind = fc.constantFrom("human", "agent", "npc", "orchestrator");

export function someEntity(id: string): fc.Arbitrary<EntitySpec> {
  return fc.record({
    id: fc.constant(id),
    kind: someKind,
    displayName: fc.option(someText),
    visibility: someVisibility,
    ownerUserId: fc.option(fc.constantFrom("U-1", "U-2")),
    capabilities: someList,
    policy: fc.record({
      allow_commands_from: fc.constantFrom("any", "orchestrator", "owner", "none"),
      sandbox_mode: fc.boolean(),
      env_whitelist: someList,
      scopes: someList,
      rateLimit: fc.option(fc.record({ perMinute: fc.integer({ min: 1, max: 3 }) })),
    }),
  });
}

/** `needs` are what it may depend on: names that come before it, so that there is no circle. */
export function someArtifact(name: string, needs: readonly string[]): fc.Arbitrary<ArtifactSpec> {
  return fc.record({
    name: fc.constant(name),
    type: fc.constantFrom("document", "dataset"),
    workspace: fc.constantFrom("shared", "análise"),
    tags: someList,
    seedFrom: fc.option(fc.constant(`seeds/${name}.md`), { freq: 5 }),
    promoteAfterSeed: fc.boolean(),
    dependsOn: someOf(needs),
  });
}

export function someResource(name: string, needs: readonly string[]): fc.Arbitrary<ResourceSpec> {
  return fc.record({
    name: fc.constant(name),
    type: fc.constantFrom("mcp-tool", "mcp-store"),
    config: fc.dictionary(fc.constantFrom("url", "timeout"), fc.constantFrom("1s", "2s", 3)),
    dependsOn: someOf(needs),
    onMissingDependency: fc.constantFrom("skip", "fail", "wait"),
  });
}

export const somePolicies: fc.Arbitrary<PolicySpec> = fc.record(
  {
    dmVisibilityDefault: fc.constantFrom("team", "owner", "public"),
    allowResourceCreation: fc.boolean(),
    maxArtifactsPerEntity: fc.constantFrom(1, 100),
  },
  { requiredKeys: [] },
);

/** A spec that parsing could have made: unique names, dependencies that exist, no circle. */
export const someRoomSpec: fc.Arbitrary<RoomSpec> = fc
  .record({
    ids: fc.subarray(ENTITY_IDS),
    names: fc.shuffledSubarray(ARTIFACT_NAMES),
    resources: fc.subarray(RESOURCE_NAMES),
    version: fc.integer({ min: 1, max: 9 }),
    policies: somePolicies,
  })
  .chain(({ ids, names, resources, version, policies }) =>
    fc
      .record({
        entities: fc.tuple(...ids.map(someEntity)),
        artifacts: fc.tuple(
          ...names.map((name, place) => someArtifact(name, [...ids, ...names.slice(0, place)])),
        ),
        resources: fc.tuple(...resources.map((name) => someResource(name, [...ids, ...names]))),
      })
      .map((lists) => aRoomSpec({ version, policies, ...lists })),
  );

const someUnusableSeed: fc.Arbitrary<SeedState> = fc.record({
  kind: fc.constant("unusable" as const),
  reason: fc.constantFrom("SeedMissing" as const, "SeedTooLarge" as const),
  message: fc.constant("not usable"),
});

/** A spec with its seeds; `seeds: "present"` makes all of them usable. */
export function someDesiredRoom(seeds: "any" | "present" = "any"): fc.Arbitrary<DesiredRoom> {
  return someRoomSpec.chain((spec) => {
    const states = spec.spec.artifacts
      .filter((artifact) => artifact.seedFrom !== null)
      .map((artifact) => {
        const present = fc
          .constantFrom("hello", "other")
          .map((content): SeedState => aSeed(artifact, content));
        const state =
          seeds === "present"
            ? present
            : fc.oneof({ arbitrary: present, weight: 4 }, someUnusableSeed);
        return state.map((one): [string, SeedState] => [artifact.name, one]);
      });
    return fc.tuple(...states).map((entries) => ({ spec, seeds: new Map(entries) }));
  });
}

/** With every attribute, or (`partial`) with any of them left out or null, as lesser servers answer. */
function someObservedEntity(id: string, partial: boolean): fc.Arbitrary<ObservedEntity> {
  if (!partial) return someEntity(id);
  return fc.record(
    {
      id: fc.constant(id),
      kind: fc.constantFrom("AGENT", "agent", "human"),
      displayName: fc.option(someText),
      visibility: fc.option(fc.constantFrom("Team", "team", "owner")),
      ownerUserId: fc.option(fc.constantFrom("U-1")),
      capabilities: fc.option(someList),
      policy: fc.record(
        {
          allow_commands_from: fc.option(fc.constantFrom("any", "owner")),
          sandbox_mode: fc.option(fc.boolean()),
          env_whitelist: fc.option(someList),
          scopes: fc.option(someList),
          rateLimit: fc.option(fc.record({ perMinute: fc.constantFrom(1, 2) })),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["id"] },
  );
}

function someObservedArtifact(name: string, partial: boolean): fc.Arbitrary<ObservedArtifact> {
  const known = someArtifact(name, []).chain((artifact) =>
    fc.constantFrom("hello", "other", "third").map((content) => ({
      fingerprint: aSeed(artifact, content).fingerprint,
      type: artifact.type,
      workspace: artifact.workspace,
      tags: artifact.tags,
    })),
  );
  return fc
    .tuple(known, fc.boolean(), fc.subarray(["fingerprint", "type", "tags", "isPromoted"] as const))
    .map(([attributes, isPromoted, unsaid]) => {
      const full: ObservedArtifact = { name, ...attributes, isPromoted };
      if (!partial) return full;
      return unsaid.reduce(
        (rest, key) =>
          Object.fromEntries(
            Object.entries(rest).filter(([member]) => member !== key),
          ) as unknown as ObservedArtifact,
        full,
      );
    });
}

function someObservedResource(name: string): fc.Arbitrary<ObservedResource> {
  return someResource(name, []).map(({ type, config }) => ({ name, type, config }));
}

const someObservedPolicies = fc.dictionary(
  fc.constantFrom("dmVisibilityDefault", "maxArtifactsPerEntity", "other"),
  fc.constantFrom("team", "Owner", 1, 100, null),
);

/** A room as found; `complete` makes its server carry every attribute. */
export function someRoomState(says: "complete" | "partial" = "partial"): fc.Arbitrary<RoomState> {
  const partial = says === "partial";
  return fc
    .record({
      ids: fc.shuffledSubarray(ENTITY_IDS),
      names: fc.shuffledSubarray(ARTIFACT_NAMES),
      resources: fc.shuffledSubarray(RESOURCE_NAMES),
      policies: partial
        ? fc.option(someObservedPolicies, { nil: undefined })
        : someObservedPolicies,
    })
    .chain(({ ids, names, resources, policies }) =>
      fc
        .record({
          entities: fc.tuple(...ids.map((id) => someObservedEntity(id, partial))),
          artifacts: fc.tuple(...names.map((name) => someObservedArtifact(name, partial))),
          resources: fc.tuple(...resources.map(someObservedResource)),
        })
        .map((lists) => ({
          roomId: aRoomSpec().spec.roomId,
          ...lists,
          ...(policies === undefined ? {} : { policies }),
        })),
    );
}

export const someCapabilities: fc.Arbitrary<Capabilities> = fc.record({
  kickEntity: fc.boolean(),
  deleteArtifact: fc.boolean(),
  promoteArtifact: fc.boolean(),
  writePolicy: fc.boolean(),
  ensureResource: fc.boolean(),
  readContent: fc.boolean(),
});

/** Anything a plan can be asked for, without marks. */
export const somePlanInput: fc.Arbitrary<PlanInput> = fc.record({
  desired: someDesiredRoom(),
  observed: someRoomState(),
  capabilities: someCapabilities,
  notObservable: fc.constant([]),
  dmVisibilityRemoved: fc.boolean(),
  resources: fc.boolean(),
});
