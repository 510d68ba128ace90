import type { HttpBody } from "../http/http-message.ts";
import { randomId } from "../kernel/ids.ts";
import type { EntitySpec, ResourceSpec } from "../spec/room-spec.ts";
import type { Asking } from "./rest-caller.ts";
import { joinBody, policyBody, resourceBody } from "./rest-wire.ts";
import type { PolicyWrite, SeedUpload } from "./room-server.ts";
import { seedForm } from "./seed-form.ts";

/** What each method of RoomServer puts on the wire in variant P. */
export const restRequests = {
  readState: (roomId: string): Asking => ({
    operation: "readState",
    what: `state of room "${roomId}"`,
    roomId,
    names: [roomId],
    method: "GET",
    segments: ["room", roomId, "state"],
  }),
  readFingerprint: (roomId: string, name: string): Asking => ({
    operation: "readFingerprint",
    what: `hash of "${name}" in room "${roomId}"`,
    roomId,
    names: [roomId, name],
    method: "GET",
    segments: ["room", roomId, "artifacts", name, "hash"],
  }),
  join: (roomId: string, entity: EntitySpec): Asking => ({
    operation: "join",
    what: `join of "${entity.id}" to room "${roomId}"`,
    roomId,
    names: [roomId, entity.id],
    method: "POST",
    segments: ["room", roomId, "join"],
    body: jsonBody(joinBody(roomId, entity)),
  }),
  kick: (roomId: string, entityId: string): Asking => ({
    operation: "kick",
    what: `kick of "${entityId}" from room "${roomId}"`,
    roomId,
    names: [roomId, entityId],
    method: "DELETE",
    segments: ["room", roomId, "entities", entityId],
  }),
  seed: (roomId: string, upload: SeedUpload): Asking => ({
    operation: "seed",
    what: `seed of "${upload.artifact.name}" in room "${roomId}"`,
    roomId,
    names: [roomId, upload.artifact.name],
    method: "POST",
    segments: ["room", roomId, "artifacts", "seed"],
    body: seedForm(upload, `room-operator-${randomId()}`),
  }),
  promote: (roomId: string, name: string): Asking => ({
    operation: "promote",
    what: `promote of "${name}" in room "${roomId}"`,
    roomId,
    names: [roomId, name],
    method: "POST",
    segments: ["room", roomId, "artifacts", name, "promote"],
  }),
  deleteArtifact: (roomId: string, name: string): Asking => ({
    operation: "deleteArtifact",
    what: `delete of "${name}" in room "${roomId}"`,
    roomId,
    names: [roomId, name],
    method: "DELETE",
    segments: ["room", roomId, "artifacts", name],
  }),
  setPolicy: (roomId: string, write: PolicyWrite): Asking => ({
    operation: "setPolicy",
    what: `policy ${write.policy} of room "${roomId}"`,
    roomId,
    names: [roomId, write.policy],
    method: "POST",
    segments: ["room", roomId, "policies"],
    body: jsonBody(policyBody(roomId, write)),
  }),
  ensureResource: (roomId: string, resource: ResourceSpec): Asking => ({
    operation: "ensureResource",
    what: `resource "${resource.name}" of room "${roomId}"`,
    roomId,
    names: [roomId, resource.name],
    method: "POST",
    segments: ["mcp", "resources"],
    body: jsonBody(resourceBody(roomId, resource)),
  }),
};

function jsonBody(value: object): HttpBody {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return {
    contentType: "application/json; charset=utf-8",
    length: bytes.byteLength,
    chunks: () => [bytes],
  };
}
