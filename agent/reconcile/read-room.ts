import type { DesiredRoom } from "../plan/plan.ts";
import type { ObservedArtifact, RoomState } from "../plan/room-state.ts";
import type { Call, CallFailure, RoomServer } from "../roomserver/room-server.ts";
import type { Outcome } from "./outcome.ts";
import type { ReconcileDeps, Track } from "./pass.ts";

export type RoomRead =
  | { readonly kind: "ok"; readonly state: RoomState }
  | { readonly kind: "failed"; readonly outcome: Outcome };

/**
 * Reads a room and fills in the fingerprints that its state does not carry, for the artifacts that are to be compared.
 * The answer replaces the cached one.
 */
export async function readRoom(track: Track, deps: ReconcileDeps): Promise<RoomRead> {
  const roomId = track.row.roomId;
  const call = toCall(track, deps.newId());
  const read = await readStateOf(roomId, call, deps.server);
  if (read.kind === "failed") return read;
  const artifacts: ObservedArtifact[] = [];
  for (const artifact of read.state.artifacts) {
    if (!needsFingerprint(artifact, track.desired)) {
      artifacts.push(artifact);
      continue;
    }
    const hash = await deps.server.readFingerprint(roomId, artifact.name, {
      ...call,
      requestId: deps.newId(),
    });
    if (hash.kind !== "ok") return { kind: "failed", outcome: toFailure(hash) };
    if (hash.value === null) return { kind: "failed", outcome: hashMissing(artifact.name) };
    artifacts.push({ ...artifact, fingerprint: hash.value });
  }
  const state = { ...read.state, artifacts };
  deps.cache.put(roomId, state);
  return { kind: "ok", state };
}

/** A room's state as the server tells it. An answer that names another room says nothing about this one (L5). */
export async function readStateOf(
  roomId: string,
  call: Call,
  server: Pick<RoomServer, "readState">,
): Promise<RoomRead> {
  const read = await server.readState(roomId, call);
  if (read.kind !== "ok") return { kind: "failed", outcome: toFailure(read) };
  if (read.value.roomId !== roomId)
    return { kind: "failed", outcome: otherRoom(roomId, read.value.roomId) };
  return { kind: "ok", state: read.value };
}

/** What travels with a call of this pass. */
export function toCall(track: Track, requestId: string): Call {
  return {
    signal: track.signals.signal,
    correlationId: track.cause.correlationId,
    requestId,
    priority: track.cause.trigger,
  };
}

/** How a pass ends when a call it cannot do without gave no usable answer. */
export function toFailure(failure: CallFailure): Outcome {
  const common = { kind: "failed", message: failure.message } as const;
  switch (failure.kind) {
    case "unauthorized":
      return { ...common, reason: "Unauthorized", status: failure.status, retryAfterMs: null };
    case "refused":
      return { ...common, reason: "Refused", status: failure.status, retryAfterMs: null };
    case "wrongProtocol":
      return { ...common, reason: "WrongProtocol", status: null, retryAfterMs: null };
    case "unavailable":
      return {
        ...common,
        reason: "RoomServerUnavailable",
        status: null,
        retryAfterMs: failure.retryAfterMs ?? null,
      };
  }
}

/** True for an artifact whose content is to be compared and that the state says nothing about. */
export function needsFingerprint(artifact: ObservedArtifact, desired: DesiredRoom): boolean {
  return artifact.fingerprint === undefined && desired.seeds.get(artifact.name)?.kind === "present";
}

function otherRoom(wanted: string, answered: string): Outcome {
  return {
    kind: "failed",
    reason: "SuspiciousRead",
    message: `asked for room ${wanted}, the RoomServer answered with ${answered}; nothing is written until it answers with the room asked for`,
    status: null,
    retryAfterMs: null,
  };
}

function hashMissing(name: string): Outcome {
  return {
    kind: "failed",
    reason: "WrongProtocol",
    message: `the room lists artifact ${name}, but its hash route answers 404; check RoomServer.BaseUrl and RoomServer.Protocol`,
    status: 404,
    retryAfterMs: null,
  };
}
