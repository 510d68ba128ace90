import type { JsonValue } from "../kernel/json.ts";

/**
 * The observed state of a room. An absent member means "this server does not say", and what is not said is not compared.
 * Adapters map their wire schema to this shape.
 */
export interface RoomState {
  readonly roomId: string;
  readonly entities: readonly ObservedEntity[];
  readonly artifacts: readonly ObservedArtifact[];
  /** Absent when the server does not carry policies. */
  readonly policies?: Readonly<Record<string, JsonValue>>;
  readonly resources: readonly ObservedResource[];
}

export interface ObservedEntity {
  readonly id: string;
  readonly kind?: string;
  readonly displayName?: string | null;
  readonly visibility?: string | null;
  readonly ownerUserId?: string | null;
  readonly capabilities?: readonly string[] | null;
  /** Members as on the wire; an absent member is not compared, a null one is its default. */
  readonly policy?: {
    readonly allow_commands_from?: string | null;
    readonly sandbox_mode?: boolean | null;
    readonly env_whitelist?: readonly string[] | null;
    readonly scopes?: readonly string[] | null;
    readonly rateLimit?: { readonly perMinute: number } | null;
  };
}

export interface ObservedArtifact {
  readonly name: string;
  readonly type?: string;
  readonly workspace?: string;
  readonly tags?: readonly string[];
  /** The fingerprint the server reports, lower-case hex; absent when state does not carry it. */
  readonly fingerprint?: string;
  /** Bytes of its content. Shown to people, never compared. */
  readonly size?: number;
  readonly isPromoted?: boolean;
}

export interface ObservedResource {
  readonly name: string;
  readonly type?: string;
  readonly status?: string;
  readonly config?: Readonly<Record<string, JsonValue>>;
}

/** What a server's dialect can do. What it cannot do is reported in `blocked`, never counted as done. */
export interface Capabilities {
  /** Also what an update of an entity takes: it is one `replace` action (kick, then join). */
  readonly kickEntity: boolean;
  readonly deleteArtifact: boolean;
  readonly promoteArtifact: boolean;
  readonly writePolicy: boolean;
  readonly ensureResource: boolean;
  /** Whether an artifact's bytes can be read back; where not, only what the store holds can be put back. */
  readonly readContent: boolean;
}
