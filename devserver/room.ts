import { canonicalJson } from "../agent/kernel/json.ts";
import type { JsonValue } from "../agent/kernel/json.ts";
import type { EntityPolicy } from "../agent/spec/room-spec.ts";
import { artifactFingerprint } from "../agent/spec/fingerprint.ts";

/** One room as the devserver keeps it. Never changed in place: each operation gives the next room. */
export interface Room {
  readonly id: string;
  readonly entities: readonly Entity[];
  readonly artifacts: readonly Artifact[];
  readonly policies: Readonly<Record<string, JsonValue>>;
  readonly resources: readonly Resource[];
  /** Wall time of the last change in ms; 0 for a room nothing ever happened in. */
  readonly updatedMs: number;
}

export interface Entity {
  readonly id: string;
  readonly kind: string;
  readonly displayName: string | null;
  readonly visibility: string;
  readonly ownerUserId: string | null;
  readonly capabilities: readonly string[];
  readonly policy: EntityPolicy;
}

export interface Artifact {
  readonly name: string;
  readonly type: string;
  readonly workspace: string;
  readonly tags: readonly string[];
  /** The artifact fingerprint, lower-case hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly createdMs: number;
  readonly isPromoted: boolean;
}

export interface Resource {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly config: Readonly<Record<string, JsonValue>>;
}

/** What an operation found: `done`, or why there was nothing to do. */
export type Finding = "done" | "exists" | "absent";

export interface Change {
  readonly room: Room;
  readonly finding: Finding;
  /** True if the room is another one now. */
  readonly effect: boolean;
}

export function emptyRoom(id: string): Room {
  return { id, entities: [], artifacts: [], policies: {}, resources: [], updatedMs: 0 };
}

/** An id that is in the room stays as it is, whatever attributes were sent. */
export function joinEntity(room: Room, entity: Entity, nowMs: number): Change {
  if (room.entities.some(({ id }) => id === entity.id)) return nothing(room, "exists");
  return changed({ ...room, entities: [...room.entities, entity] }, nowMs);
}

export function kickEntity(room: Room, entityId: string, nowMs: number): Change {
  const entities = room.entities.filter(({ id }) => id !== entityId);
  if (entities.length === room.entities.length) return nothing(room, "absent");
  return changed({ ...room, entities }, nowMs);
}

/** The same name replaces the artifact, equal bytes included; what is new is not promoted yet. */
export function seedArtifact(room: Room, upload: Upload, nowMs: number): Change {
  const tags = upload.tags === "" ? [] : upload.tags.split(",");
  const { name, type, workspace } = upload;
  const artifact: Artifact = {
    name,
    type,
    workspace,
    tags,
    hash: artifactFingerprint({ name, type, workspace, tags }, upload.bytes),
    size: upload.bytes.byteLength,
    createdMs: nowMs,
    isPromoted: false,
  };
  const others = room.artifacts.filter((other) => other.name !== name);
  return changed({ ...room, artifacts: [...others, artifact] }, nowMs);
}

/** The fields of a seed call as received; `tags` is the text that was sent. */
export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly workspace: string;
  readonly tags: string;
  readonly bytes: Uint8Array;
}

export function promoteArtifact(room: Room, name: string, nowMs: number): Change {
  const artifact = room.artifacts.find((other) => other.name === name);
  if (artifact === undefined) return nothing(room, "absent");
  if (artifact.isPromoted) return nothing(room, "done");
  const artifacts = room.artifacts.map((other) =>
    other === artifact ? { ...artifact, isPromoted: true } : other,
  );
  return changed({ ...room, artifacts }, nowMs);
}

export function deleteArtifact(room: Room, name: string, nowMs: number): Change {
  const artifacts = room.artifacts.filter((other) => other.name !== name);
  if (artifacts.length === room.artifacts.length) return nothing(room, "absent");
  return changed({ ...room, artifacts }, nowMs);
}

export function setPolicy(
  room: Room,
  policy: { readonly name: string; readonly value: JsonValue },
  nowMs: number,
): Change {
  const before = Object.hasOwn(room.policies, policy.name) ? room.policies[policy.name] : undefined;
  if (before !== undefined && sameJson(before, policy.value)) return nothing(room, "done");
  const policies = Object.fromEntries([
    ...Object.entries(room.policies),
    [policy.name, policy.value],
  ]);
  return changed({ ...room, policies }, nowMs);
}

export function ensureResource(
  room: Room,
  wanted: Omit<Resource, "status">,
  nowMs: number,
): Change {
  const resource: Resource = { ...wanted, status: "READY" };
  const before = room.resources.find(({ name }) => name === wanted.name);
  if (before !== undefined && sameJson(before, resource)) return nothing(room, "done");
  const others = room.resources.filter((other) => other !== before);
  return changed({ ...room, resources: [...others, resource] }, nowMs);
}

function changed(room: Room, nowMs: number): Change {
  return { room: { ...room, updatedMs: nowMs }, finding: "done", effect: true };
}

function nothing(room: Room, finding: Finding): Change {
  return { room, finding, effect: false };
}

function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
