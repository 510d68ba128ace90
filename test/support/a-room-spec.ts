import type {
  ArtifactSpec,
  EntityPolicy,
  EntitySpec,
  PolicySpec,
  ResourceSpec,
  RoomSpec,
} from "../../agent/spec/room-spec.ts";

/** An entity by its id alone, or with whatever differs from the defaults. */
export type EntityGiven =
  | string
  | (Partial<Omit<EntitySpec, "policy">> & {
      readonly id: string;
      readonly policy?: Partial<EntityPolicy>;
    });
export type ArtifactGiven = string | (Partial<ArtifactSpec> & { readonly name: string });
export type ResourceGiven = string | (Partial<ResourceSpec> & { readonly name: string });

export interface RoomSpecGiven {
  readonly roomId?: string;
  readonly name?: string | null;
  readonly version?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly entities?: readonly EntityGiven[];
  readonly artifacts?: readonly ArtifactGiven[];
  readonly policies?: PolicySpec;
  readonly resources?: readonly ResourceGiven[];
}

/** The room every builder speaks of unless told otherwise. */
export const A_ROOM = "room-harbor7";

/** A parsed RoomSpec: what is not given is the default that parsing fills in; the lists are empty. */
export function aRoomSpec(given: RoomSpecGiven = {}): RoomSpec {
  return {
    apiVersion: "v1",
    kind: "RoomSpec",
    metadata: {
      name: given.name ?? null,
      version: given.version ?? 1,
      annotations: given.annotations ?? {},
    },
    spec: {
      roomId: given.roomId ?? A_ROOM,
      entities: (given.entities ?? []).map(anEntity),
      artifacts: (given.artifacts ?? []).map(anArtifact),
      policies: given.policies ?? {},
      resources: (given.resources ?? []).map(aResource),
    },
  };
}

/** An agent that anyone of the team sees. */
export function anEntity(given: EntityGiven): EntitySpec {
  const fields = typeof given === "string" ? { id: given } : given;
  return {
    kind: "agent",
    displayName: null,
    visibility: "team",
    ownerUserId: null,
    capabilities: [],
    ...fields,
    policy: {
      allow_commands_from: "any",
      sandbox_mode: false,
      env_whitelist: [],
      scopes: [],
      rateLimit: null,
      ...fields.policy,
    },
  };
}

/** A shared document with the seed file `seeds/<name>.md`. */
export function anArtifact(given: ArtifactGiven): ArtifactSpec {
  const fields = typeof given === "string" ? { name: given } : given;
  return {
    type: "document",
    workspace: "shared",
    tags: [],
    seedFrom: `seeds/${fields.name}.md`,
    promoteAfterSeed: false,
    dependsOn: [],
    ...fields,
  };
}

export function aResource(given: ResourceGiven): ResourceSpec {
  const fields = typeof given === "string" ? { name: given } : given;
  return { type: "mcp-tool", config: {}, dependsOn: [], onMissingDependency: "skip", ...fields };
}
