import { legible } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { DesiredRoom } from "../plan/plan.ts";
import type { ObservedArtifact, RoomState } from "../plan/room-state.ts";
import type { Call, CallFailure } from "../roomserver/room-server.ts";
import { judgeRead, type JudgedRead, type Trust } from "../room/judge-read.ts";
import type { Outcome } from "../room/outcome.ts";
import { progressOf } from "../room/prune-progress.ts";
import type { ReconcileDeps, Attempt } from "./pass.ts";

export type RoomRead =
  | { readonly kind: "ok"; readonly state: RoomState; readonly trust: Trust }
  | { readonly kind: "failed"; readonly outcome: Outcome };

/** What a read is made for. */
export interface Reading extends Pick<Attempt, "row" | "cause" | "signals"> {
  /** See `JudgedRead`. */
  readonly removed?: readonly Item[];
  /** See `JudgedRead`. */
  readonly wanted?: ReadonlySet<Item>;
}

/**
 * Reads a room and fills in the fingerprints that its state does not carry, for the artifacts that are to be compared.
 * The answer replaces the cached one; a read that fails drops it, because only a new read can end the failure.
 */
export async function readRoom(
  attempt: Attempt & Pick<Reading, "removed" | "wanted">,
  deps: ReconcileDeps,
): Promise<RoomRead> {
  const isWanted = (artifact: ObservedArtifact) => needsFingerprint(artifact, attempt.desired);
  const read = await readWholeRoom(attempt, isWanted, deps);
  const missing = read.kind === "ok" ? read.state.artifacts.find(isWanted) : undefined;
  if (read.kind === "failed" || missing !== undefined) {
    deps.cache.drop(attempt.row.roomId);
    return missing === undefined ? read : { kind: "failed", outcome: hashMissing(missing.name) };
  }
  deps.cache.put(attempt.row.roomId, read.state);
  return read;
}

/**
 * Reads a room and judges whether that can be believed, and of the artifacts that `isWanted` names reads the fingerprints that
 * the state does not carry. A room that could not be believed last time is read over a connection of its own.
 */
export async function readWholeRoom(
  reading: Reading,
  isWanted: (artifact: ObservedArtifact) => boolean,
  deps: Pick<ReconcileDeps, "server" | "newId" | "steady" | "options">,
): Promise<RoomRead> {
  const { roomId } = reading.row;
  const newConnection = isDoubted(reading.row);
  const call = toCall(reading, deps.newId());
  const read = await deps.server.readState(
    roomId,
    newConnection ? { ...call, newConnection } : call,
  );
  if (read.kind !== "ok") return { kind: "failed", outcome: toFailure(read) };
  if (read.value.roomId !== roomId)
    return { kind: "failed", outcome: otherRoom(roomId, read.value.roomId) };
  const artifacts: ObservedArtifact[] = [];
  for (const artifact of read.value.artifacts) {
    if (artifact.fingerprint !== undefined || !isWanted(artifact)) {
      artifacts.push(artifact);
      continue;
    }
    const call = toCall(reading, deps.newId());
    const hash = await deps.server.readFingerprint(roomId, artifact.name, call);
    if (hash.kind !== "ok") return { kind: "failed", outcome: toFailure(hash) };
    artifacts.push(hash.value === null ? artifact : { ...artifact, fingerprint: hash.value });
  }
  const state = { ...read.value, artifacts };
  return { kind: "ok", state, trust: judgeRead(toJudge(reading, { state, newConnection }, deps)) };
}

function toJudge(
  { row, removed = [], wanted }: Reading,
  { state, newConnection }: { readonly state: RoomState; readonly newConnection: boolean },
  { steady, options }: Pick<ReconcileDeps, "steady" | "options">,
): JudgedRead {
  return {
    observed: state,
    row,
    removed,
    ...(wanted === undefined ? {} : { wanted }),
    newConnection,
    nowMs: steady.nowMs(),
    toleranceMs: options.staleToleranceMs,
  };
}

/** What was not believed may have come from whatever stands at the other end of a connection that was kept. */
function isDoubted(row: Reading["row"]): boolean {
  const progress = progressOf(row);
  const isMissing =
    progress !== null && (progress.missingSince !== null || row.removing?.missing !== undefined);
  return row.suspicion !== null || row.lastOutcome === "failed/SuspiciousRead" || isMissing;
}

/** What travels with a call of this pass. */
export function toCall({ cause, signals }: Reading, requestId: string): Call {
  const { correlationId, trigger: priority } = cause;
  return { signal: signals.signal, correlationId, requestId, priority };
}

/** How a pass ends when a call it cannot do without gave no usable answer. */
export function toFailure(failure: CallFailure): Extract<Outcome, { readonly kind: "failed" }> {
  const common = { kind: "failed", message: failure.message } as const;
  switch (failure.kind) {
    case "unauthorized":
      return { ...common, reason: "Unauthorized", status: failure.status, retryAfterMs: null };
    case "refused":
      return { ...common, reason: "Refused", status: failure.status, retryAfterMs: null };
    case "wrongProtocol": {
      const reason = failure.tooLarge === true ? "AnswerTooLarge" : "WrongProtocol";
      return { ...common, reason, status: null, retryAfterMs: null };
    }
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
    message: `asked for room ${wanted}, the RoomServer answered with ${legible(answered)}; nothing is written until it answers with the room asked for`,
    status: null,
    retryAfterMs: null,
  };
}

/** A state that lags lists what is not there any more, or not yet its content. */
function hashMissing(name: string): Outcome {
  return {
    kind: "failed",
    reason: "SuspiciousRead",
    message: `the room lists artifact ${legible(name)}, and its hash is answered 404: the state may lag behind, or the RoomServer has no route for hashes; nothing is written until both agree`,
    status: 404,
    retryAfterMs: null,
  };
}
