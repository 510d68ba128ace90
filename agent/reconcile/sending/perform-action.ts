import { sameJson } from "../../kernel/json.ts";
import { desiredAttributes } from "../../plan/entity-differences.ts";
import { toEntitySpec } from "../../plan/entity-spec.ts";
import type { Action } from "../../plan/plan.ts";
import type { Call, RoomServer, WriteResult } from "../../roomserver/room-server.ts";
import type { GateReason } from "../../room/write-gate.ts";
import type { EntitySpec } from "../../spec/room-spec.ts";
import type { Reason } from "../../status/reasons.ts";
import type { OlderEntity } from "./older-entity.ts";

export interface Performing {
  readonly roomId: string;
  readonly action: Action;
  readonly call: Call;
  /** A seed's bytes; null for every other action, and where the store has them no longer. */
  readonly bytes: Uint8Array | null;
  /** What is joined where every other set of attributes is refused. Asked only then; null: nothing. */
  readonly older: (id: string) => Promise<OlderEntity | null>;
}

/**
 * Carries out one action. Its answer says how it went as far as the server's own words tell. The call goes out at once: whoever
 * has just decided that it may has nothing to wait for in between.
 */
export async function performAction(given: Performing, server: RoomServer): Promise<ActionResult> {
  const { roomId, action, call } = given;
  switch (action.kind) {
    case "join":
      return join(given, action, server);
    case "replace":
      return replace(given, action, server);
    case "kick":
      return toResult(await server.kick(roomId, action.previous.id, call));
    case "seed":
      return seed(given, action, server);
    case "promote":
      return toResult(await server.promote(roomId, action.artifact.name, call));
    case "delete":
      return toResult(await server.deleteArtifact(roomId, action.previous.name, call));
    case "setPolicy":
      return toResult(
        await server.setPolicy(roomId, { policy: action.policy, value: action.value }, call),
      );
    case "ensureResource":
      return toResult(await server.ensureResource(roomId, action.resource, call));
  }
}

async function seed(
  { roomId, bytes, call }: Performing,
  action: Extract<Action, { kind: "seed" }>,
  server: RoomServer,
): Promise<ActionResult> {
  if (bytes === null) {
    const message = `the store does not hold the bytes of ${action.artifact.seedFrom}; change the room's spec to bring them back`;
    return { kind: "failed", status: null, reason: "DesiredStateLost", message };
  }
  return toResult(await server.seed(roomId, { artifact: action.artifact, bytes }, call));
}

/** Where the server refuses the attributes for good, the entity has those that the room was last verified with. */
async function join(
  given: Performing,
  { entity }: Extract<Action, { kind: "join" }>,
  server: RoomServer,
): Promise<ActionResult> {
  const joined = toResult(await server.join(given.roomId, entity, given.call));
  const refusal = toRefusal(joined);
  if (refusal === null) return joined;
  const older = await joinOlder(given, { refusal, refused: [entity] }, server);
  if (older === "unknown") return joined.kind === "failed" ? { ...joined, touched: true } : joined;
  return older ?? joined;
}

/**
 * An update: kick, then join, as no server has a call for it. If the server says a final no to the new attributes, the
 * old ones are joined back, or those that the room was last verified with, so that a refused change does not cost the room its
 * entity.
 */
async function replace(
  given: Performing,
  action: Extract<Action, { kind: "replace" }>,
  server: RoomServer,
): Promise<ActionResult> {
  const { roomId, call } = given;
  const kicked = toResult(await server.kick(roomId, action.entity.id, call));
  if (kicked.kind !== "done" && kicked.kind !== "already") return kicked;
  const joined = toResult(await server.join(roomId, action.entity, call));
  if (joined.kind === "notDone") return { ...joined, kind: "unclear" };
  if (joined.kind === "unauthorized") return { ...joined, touched: true };
  if (joined.kind !== "failed" && joined.kind !== "already") return joined;
  const old = toEntitySpec(action.previous);
  const restored = toResult(await server.join(roomId, old, call));
  const refusal = toRefusal(joined);
  const how = "its old attributes were joined back";
  if (restored.kind === "done" && refusal !== null) return joinedBack(refusal, how);
  if (restored.kind === "failed" && refusal !== null && toRefusal(restored) !== null) {
    const refused: Refused = [action.entity, old];
    const older = await joinOlder(given, { refusal, refused }, server);
    if (older !== null && older !== "unknown") return older;
  }
  if (joined.kind === "already") return joined;
  // The server's words may be long, and are cut at their end.
  const back =
    restored.kind === "done" ? how : "neither its new nor its old attributes could be joined";
  return { ...joined, message: `${back}: ${joined.message}`, touched: true };
}

type Failed = Extract<ActionResult, { kind: "failed" }>;
/** The attributes that were refused in this action. */
type Refused = readonly [EntitySpec, ...EntitySpec[]];

/** Null where there are no older attributes, or they were refused, too; `unknown`: that was not answered. */
async function joinOlder(
  { roomId, call, older }: Performing,
  { refusal, refused }: { readonly refusal: Failed; readonly refused: Refused },
  server: RoomServer,
): Promise<ActionResult | "unknown" | null> {
  const found = await older(refused[0].id);
  if (found === null || refused.some((entity) => isSame(entity, found.entity))) return null;
  const answer = await server.join(roomId, found.entity, call);
  if (answer.kind === "refused") return null;
  if (answer.kind !== "done") return "unknown";
  return joinedBack(refusal, `it is in the room with its attributes of ${found.revision} instead`);
}

function joinedBack(refusal: Failed, how: string): ActionResult {
  return { ...refusal, message: `${how}: ${refusal.message}`, joinedBack: true };
}

/**
 * A join that the server will say no to again; null: it may not, as where the answer comes from what stands before it. 409 means
 * that the entity is there, which a join of other attributes settles: that is answered so as well.
 */
function toRefusal(joined: ActionResult): Failed | null {
  if (joined.kind === "already") {
    const { status } = joined;
    return { kind: "failed", status, reason: "Refused", message: `the server answered ${status}` };
  }
  return joined.kind === "failed" && joined.reason === "Refused" ? joined : null;
}

function isSame(one: EntitySpec, other: EntitySpec): boolean {
  return sameJson(desiredAttributes(one), desiredAttributes(other));
}

function toResult(answer: WriteResult): ActionResult {
  switch (answer.kind) {
    case "done":
    case "already":
    case "unauthorized":
      return answer;
    case "refused":
      return { kind: "failed", status: answer.status, reason: "Refused", message: answer.message };
    case "wrongProtocol":
      return { kind: "failed", status: null, reason: "WrongProtocol", message: answer.message };
    case "unavailable":
      return {
        kind: answer.maybeDone ? "unclear" : "notDone",
        message: answer.message,
        retryAfterMs: answer.retryAfterMs ?? null,
      };
  }
}

/** How one action went, as far as its own answers tell. */
export type ActionResult =
  | { readonly kind: "done" }
  /** 409 on join, 404 on kick and delete: a read decides whether that is success. `said`: the server's words, where it has any. */
  | { readonly kind: "already"; readonly status: number; readonly said?: string }
  /** A terminal answer: the server will say the same again. */
  | {
      readonly kind: "failed";
      readonly status: number | null;
      readonly reason: Reason;
      readonly message: string;
      /** True: the entity is in the room with older attributes. */
      readonly joinedBack?: true;
      /** True: another call of the action changed the room, or may have. */
      readonly touched?: true;
    }
  /** May or may not have happened: only a read can tell. */
  | {
      readonly kind: "unclear";
      readonly message: string;
      /** What the server asked to wait for, in ms. Absent or null: nothing. */
      readonly retryAfterMs?: number | null;
    }
  /** Certainly did not happen; the next pass tries again. */
  | { readonly kind: "notDone"; readonly message: string; readonly retryAfterMs: number | null }
  | {
      readonly kind: "unauthorized";
      readonly status: number;
      readonly message: string;
      /** As above. */
      readonly touched?: true;
    }
  /** Never begun. */
  | { readonly kind: "notSent"; readonly reason: NotSentReason; readonly message: string };

export type NotSentReason =
  | "HeldByFailedAddition"
  | "DependencyFailed"
  | "Refused"
  | "Unauthorized"
  | "RoomServerUnavailable"
  | "Superseded"
  | "ShuttingDown"
  | GateReason;

/** What ends the sending of a pass before its last intent. */
export type StoppedBy = "unauthorized" | "unavailable" | "superseded" | "shutdown" | "closed";

export interface ActionReport {
  /** The intent's id. */
  readonly id: string;
  readonly action: Action;
  readonly result: ActionResult;
  /** Retries included; 0 when nothing was sent. */
  readonly durationMs: number;
  /** ISO time at which it was intended, where the audit has no record of that yet. */
  readonly intendedAt?: string;
}
