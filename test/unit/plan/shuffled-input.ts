import type { PlanInput } from "../../../agent/plan/plan.ts";

/** The same value with every list of the room and every object's members in another order; tags keep theirs. */
export function shuffled(input: PlanInput, turn: number): PlanInput {
  const list = <T>(values: readonly T[]): readonly T[] =>
    values.map((_, place) => values.at((place + turn) % values.length) as T).reverse();
  const members = <T extends object>(value: T): T =>
    Object.fromEntries(Object.entries(value).reverse()) as T;
  const { desired, observed } = input;
  const { spec } = desired.spec;
  return {
    ...input,
    desired: {
      spec: {
        ...desired.spec,
        spec: members({
          ...spec,
          entities: list(spec.entities).map((entity) =>
            members({ ...entity, capabilities: list(entity.capabilities) }),
          ),
          artifacts: list(spec.artifacts).map((artifact) =>
            members({ ...artifact, dependsOn: list(artifact.dependsOn) }),
          ),
          resources: list(spec.resources).map((one) =>
            members({ ...one, config: members(one.config) }),
          ),
          policies: members(spec.policies),
        }),
      },
      seeds: new Map(list([...desired.seeds])),
    },
    observed: {
      ...observed,
      entities: list(observed.entities).map(members),
      artifacts: list(observed.artifacts).map(members),
      resources: list(observed.resources).map(members),
      ...(observed.policies === undefined ? {} : { policies: members(observed.policies) }),
    },
  };
}
