import type { HttpBody } from "../http/http-message.ts";
import { randomId } from "../kernel/ids.ts";
import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import type { EntitySpec, ResourceSpec } from "../spec/room-spec.ts";
import type { Asking } from "./rest-caller.ts";
import { joinBody, policyBody, resourceBody } from "./rest-wire.ts";
import type { PolicyWrite, SeedUpload } from "./room-server.ts";
import { seedForm } from "./seed-form.ts";

/** Characters of a name in a message. */
const NAME_CHARACTERS = 100;

/** A name for a message: the RoomServer may show one that would break or disguise the line. */
function named(name: string): string {
  return quoted(shortened(name, NAME_CHARACTERS));
}

/** What each method of RoomServer puts on the wire in variant P. */
export const restRequests = {
  readState: (roomId: string): Asking => ({
    operation: "readState",
    what: `state of room ${named(roomId)}`,
    roomId,
    names: [roomId],
    method: "GET",
    segments: ["room", roomId, "state"],
  }),
  readFingerprint: (roomId: string, name: string): Asking => ({
    operation: "readFingerprint",
    what: `hash of ${named(name)} in room ${named(roomId)}`,
    roomId,
    names: [roomId, name],
    method: "GET",
    segments: ["room", roomId, "artifacts", name, "hash"],
  }),
  join: (roomId: string, entity: EntitySpec): Asking => ({
    operation: "join",
    what: `join of ${named(entity.id)} to room ${named(roomId)}`,
    roomId,
    names: [roomId, entity.id],
    method: "POST",
    segments: ["room", roomId, "join"],
    body: jsonBody(joinBody(roomId, entity)),
  }),
  kick: (roomId: string, entityId: string): Asking => ({
    operation: "kick",
    what: `kick of ${named(entityId)} from room ${named(roomId)}`,
    roomId,
    names: [roomId, entityId],
    method: "DELETE",
    segments: ["room", roomId, "entities", entityId],
  }),
  seed: (roomId: string, upload: SeedUpload): Asking => ({
    operation: "seed",
    what: `seed of ${named(upload.artifact.name)} in room ${named(roomId)}`,
    roomId,
    names: [roomId, upload.artifact.name],
    method: "POST",
    segments: ["room", roomId, "artifacts", "seed"],
    body: seedForm(upload, `room-operator-${randomId()}`),
  }),
  promote: (roomId: string, name: string): Asking => ({
    operation: "promote",
    what: `promote of ${named(name)} in room ${named(roomId)}`,
    roomId,
    names: [roomId, name],
    method: "POST",
    segments: ["room", roomId, "artifacts", name, "promote"],
  }),
  deleteArtifact: (roomId: string, name: string): Asking => ({
    operation: "deleteArtifact",
    what: `delete of ${named(name)} in room ${named(roomId)}`,
    roomId,
    names: [roomId, name],
    method: "DELETE",
    segments: ["room", roomId, "artifacts", name],
  }),
  setPolicy: (roomId: string, write: PolicyWrite): Asking => ({
    operation: "setPolicy",
    what: `policy ${write.policy} of room ${named(roomId)}`,
    roomId,
    names: [roomId, write.policy],
    method: "POST",
    segments: ["room", roomId, "policies"],
    body: jsonBody(policyBody(roomId, write)),
  }),
  ensureResource: (roomId: string, resource: ResourceSpec): Asking => ({
    operation: "ensureResource",
    what: `resource ${named(resource.name)} of room ${named(roomId)}`,
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
