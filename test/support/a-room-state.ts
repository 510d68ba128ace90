import type { JsonValue } from "../../agent/kernel/json.ts";
import type {
  Capabilities,
  ObservedArtifact,
  ObservedEntity,
  ObservedResource,
  RoomState,
} from "../../agent/plan/room-state.ts";
import { aSeed } from "./a-desired-room.ts";
import {
  A_ROOM,
  anArtifact,
  anEntity,
  aResource,
  type ArtifactGiven,
  type EntityGiven,
  type ResourceGiven,
} from "./a-room-spec.ts";

export interface RoomStateGiven {
  readonly roomId?: string;
  /** A string is a complete entity with the defaults of `anEntity`; an object is what the server says, word for word. */
  readonly entities?: readonly (string | ObservedEntity)[];
  /** A string is a complete artifact, seeded as `anArtifact` and `aSeed` have it; an object is taken word for word. */
  readonly artifacts?: readonly (string | ObservedArtifact)[];
  /** `null`: the server does not carry policies. Absent: it carries none that is set. */
  readonly policies?: Readonly<Record<string, JsonValue>> | null;
  readonly resources?: readonly (string | ObservedResource)[];
}

/** A room as a server reports it. */
export function aRoomState(given: RoomStateGiven = {}): RoomState {
  const policies = given.policies === undefined ? {} : given.policies;
  return {
    roomId: given.roomId ?? A_ROOM,
    entities: (given.entities ?? []).map((entity) =>
      typeof entity === "string" ? anObservedEntity(entity) : entity,
    ),
    artifacts: (given.artifacts ?? []).map((artifact) =>
      typeof artifact === "string" ? anObservedArtifact(artifact) : artifact,
    ),
    ...(policies === null ? {} : { policies }),
    resources: (given.resources ?? []).map((resource) =>
      typeof resource === "string" ? anObservedResource(resource) : resource,
    ),
  };
}

/** What a server that carries every attribute says of such an entity. */
export function anObservedEntity(given: EntityGiven): ObservedEntity {
  return anEntity(given);
}

/** What a server that carries every attribute says of such an artifact after `aSeed` was uploaded; not promoted. */
export function anObservedArtifact(
  given: ArtifactGiven,
  over: Partial<ObservedArtifact> = {},
): ObservedArtifact {
  const artifact = anArtifact(given);
  return {
    name: artifact.name,
    type: artifact.type,
    workspace: artifact.workspace,
    tags: artifact.tags,
    fingerprint: aSeed(artifact).fingerprint,
    isPromoted: false,
    ...over,
  };
}

export function anObservedResource(given: ResourceGiven): ObservedResource {
  const { name, type, config } = aResource(given);
  return { name, type, config, status: "READY" };
}

/** A server that can do everything but update an entity in place, as dialect `operator-rest`. */
export const REST_CAPABILITIES: Capabilities = {
  kickEntity: true,
  deleteArtifact: true,
  promoteArtifact: true,
  writePolicy: true,
  ensureResource: true,
  readContent: false,
};
