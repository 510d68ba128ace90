import type { JsonValue } from "../kernel/json.ts";
import type { Trigger } from "../kernel/trigger.ts";
import type { Capabilities, RoomState } from "../plan/room-state.ts";
import type { ArtifactSpec, EntitySpec, PolicyName, ResourceSpec } from "../spec/room-spec.ts";

/**
 * A server that holds rooms. Reads never write. No method throws for what the server or the network did: the answer's
 * kind says it. A method rejects only with the reason of `call.signal`, and with a defect of ours.
 *
 * Retries happen inside, by this rule: join, kick, delete and setPolicy are re-sent after any transient failure, reads after any
 * but a timeout, which the next pass repeats; seed, promote and ensureResource only after an answer that proves the server did
 * nothing (429, connection refused).
 */
export interface RoomServer {
  readonly capabilities: Capabilities;

  /** The room as it is now. An unknown room is an empty one. */
  readState(roomId: string, call: Call): Promise<ReadResult<RoomState>>;
  /** The artifact's fingerprint as the server computes it; null when the server has no such artifact. */
  readFingerprint(roomId: string, name: string, call: Call): Promise<ReadResult<string | null>>;

  join(roomId: string, entity: EntitySpec, call: Call): Promise<WriteResult>;
  kick(roomId: string, entityId: string, call: Call): Promise<WriteResult>;
  seed(roomId: string, seed: SeedUpload, call: Call): Promise<WriteResult>;
  promote(roomId: string, name: string, call: Call): Promise<WriteResult>;
  deleteArtifact(roomId: string, name: string, call: Call): Promise<WriteResult>;
  setPolicy(roomId: string, policy: PolicyWrite, call: Call): Promise<WriteResult>;
  ensureResource(roomId: string, resource: ResourceSpec, call: Call): Promise<WriteResult>;

  /** Closes idle connections. Idempotent. */
  close(): Promise<void>;
}

export interface SeedUpload {
  readonly artifact: ArtifactSpec;
  readonly bytes: Uint8Array;
}

export interface PolicyWrite {
  readonly policy: PolicyName;
  readonly value: JsonValue;
}

/** What travels with one call. */
export interface Call {
  readonly signal: AbortSignal;
  /** Sent as `X-Correlation-Id`: one per pass. */
  readonly correlationId: string;
  /** Sent as `X-Request-Id`: one per action, the same when it is re-sent. */
  readonly requestId: string;
  /** Who goes first in the rate limiter: `apply` and `git` before `event` before `interval`. */
  readonly priority: Trigger;
  /** True: use a new connection (the second read of a suspicious state). */
  readonly newConnection?: boolean;
}

/** Why a call gave no usable answer. `message` says what to do next. */
export type CallFailure =
  /** 401, or 403 that speaks of the token or its scopes: the whole pass stops, nothing is retried. */
  | { readonly kind: "unauthorized"; readonly status: number; readonly message: string }
  /** A final no: 400, 403, 404, 409, 413, 422 where it is not success. */
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  /**
   * The address or dialect is wrong: a route that does not exist, an answer of another shape. `tooLarge`: the shape may be
   * right, and the answer holds more than is read.
   */
  | { readonly kind: "wrongProtocol"; readonly message: string; readonly tooLarge?: true }
  /**
   * Retries are used up (429, 5xx, timeout, transport), or a re-send was not allowed. `maybeDone` is false only when it
   * is certain that the server did nothing.
   */
  | {
      readonly kind: "unavailable";
      readonly message: string;
      readonly maybeDone: boolean;
      /** What the server asked to wait for, however long; ms. Absent: nothing. */
      readonly retryAfterMs?: number;
    };

export type ReadResult<T> = { readonly kind: "ok"; readonly value: T } | CallFailure;

export type WriteResult =
  | { readonly kind: "done" }
  /** 409 on join, 404 on kick and delete: success if a read-back agrees. `said`: the beginning of the answer's text; absent: it has none. */
  | { readonly kind: "already"; readonly status: number; readonly said?: string }
  | CallFailure;
