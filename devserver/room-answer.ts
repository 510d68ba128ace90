import { toIso } from "../agent/kernel/clock.ts";
import type { JsonValue } from "../agent/kernel/json.ts";
import type { Artifact, Entity, Room } from "./room.ts";

/** What a state answer leaves out or says falsely. */
export interface StateView {
  readonly policy: boolean;
  readonly hash: boolean;
  readonly roomId: string;
}

/** The state answer: every member any description of the contract names, less what `view` takes away. */
export function toStateAnswer(
  room: Room,
  view: Partial<StateView> = {},
): Record<string, JsonValue> {
  const { policy = true, hash = true, roomId = room.id } = view;
  return {
    roomId,
    status: room.updatedMs === 0 ? "init" : "active",
    entities: room.entities.map((entity) => omit(toEntityAnswer(entity), policy ? [] : ["policy"])),
    artifacts: room.artifacts.map((artifact) =>
      omit(toArtifactAnswer(artifact), hash ? [] : ["hash", "contentHash"]),
    ),
    policies: room.policies,
    resources: room.resources.map((resource) => ({ ...resource })),
    lastUpdated: toIso(room.updatedMs),
  };
}

function omit(
  members: Record<string, JsonValue>,
  names: readonly string[],
): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

export function toEntityAnswer(entity: Entity): Record<string, JsonValue> {
  const { rateLimit, ...policy } = entity.policy;
  return {
    ...entity,
    policy: { ...policy, rateLimit: rateLimit === null ? null : { ...rateLimit } },
    isConnected: true,
  };
}

function toArtifactAnswer(artifact: Artifact): Record<string, JsonValue> {
  const { name, type, workspace, tags, hash, size, isPromoted } = artifact;
  const createdAt = toIso(artifact.createdMs);
  return { name, type, workspace, tags, hash, contentHash: hash, size, createdAt, isPromoted };
}
