import type { JsonValue } from "../kernel/json.ts";

/**
 * A RoomSpec after parsing: defaults filled in, `kind` and `visibility` lower-cased, `null` and absent made one.
 * Source of the shape: the RoomSpec model of the RoomServer contract.
 */
export interface RoomSpec {
  readonly apiVersion: "v1";
  readonly kind: "RoomSpec";
  readonly metadata: {
    readonly name: string | null;
    /** The specVersion: a whole number above 0. */
    readonly version: number;
    /** Keys begin with `room-operator/`. */
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly roomId: string;
    readonly entities: readonly EntitySpec[];
    readonly artifacts: readonly ArtifactSpec[];
    readonly policies: PolicySpec;
    readonly resources: readonly ResourceSpec[];
  };
}

export type EntityKind = "human" | "agent" | "npc" | "orchestrator";

export interface EntitySpec {
  readonly id: string;
  readonly kind: EntityKind;
  readonly displayName: string | null;
  /** `public`, `team` or `owner` are meant; anything else is a warning. */
  readonly visibility: string;
  readonly ownerUserId: string | null;
  readonly capabilities: readonly string[];
  readonly policy: EntityPolicy;
}

/** Member names are those of the wire. */
export interface EntityPolicy {
  readonly allow_commands_from: string;
  readonly sandbox_mode: boolean;
  readonly env_whitelist: readonly string[];
  readonly scopes: readonly string[];
  readonly rateLimit: { readonly perMinute: number } | null;
}

export interface ArtifactSpec {
  readonly name: string;
  readonly type: string;
  readonly workspace: string;
  /** In spec order: the order is part of the fingerprint. */
  readonly tags: readonly string[];
  /** A normalised path relative to the repository's root (no leading `./`), or null: declared, never written. */
  readonly seedFrom: string | null;
  readonly promoteAfterSeed: boolean;
  readonly dependsOn: readonly string[];
}

/** Only what the spec names: an absent member is neither compared nor written. */
export interface PolicySpec {
  readonly dmVisibilityDefault?: string;
  readonly allowResourceCreation?: boolean;
  readonly maxArtifactsPerEntity?: number;
}

export type PolicyName = keyof PolicySpec;

export const POLICY_NAMES: readonly PolicyName[] = [
  "dmVisibilityDefault",
  "allowResourceCreation",
  "maxArtifactsPerEntity",
];

export interface ResourceSpec {
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, JsonValue>>;
  readonly dependsOn: readonly string[];
  readonly onMissingDependency: string;
}

/** One finding in a spec file. Line and column count from 1; both are 1 where the finding has no place of its own. */
export interface SpecProblem {
  /** The file's path in the repository. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** Set on an entry that closes a list: it stands for so many findings that are only counted. */
  readonly further?: number;
}

/** What a spec file became. Every error is listed, not the first alone. */
export type ParsedSpec =
  | {
      readonly kind: "valid";
      readonly spec: RoomSpec;
      /** Lower-case hex SHA-256 of the canonical JSON of `spec`. */
      readonly digest: string;
      readonly warnings: readonly SpecProblem[];
    }
  | {
      readonly kind: "invalid";
      /** The room the file names, where that could be read in spite of the errors. */
      readonly roomId: string | null;
      readonly errors: readonly SpecProblem[];
      readonly warnings: readonly SpecProblem[];
    };

/** Limits and rules a spec file is parsed under. */
export interface ParseOptions {
  /** The file's path, for messages. */
  readonly path: string;
  /** Bytes; a larger file is refused with this limit's name (`SpecBytes`) and value. */
  readonly maxBytes: number;
  readonly roomIdPattern: RegExp;
  /** Findings that are listed, errors and warnings each; more are counted. 100 when absent. */
  readonly maxFindings?: number;
  /** How many entries each list of a room (entities, artifacts, resources) may have; 1000 when absent. */
  readonly maxEntities?: number;
  /** True: `{spec: <RoomSpec>}`, the body of `/apply`, is accepted as well as the bare RoomSpec. */
  readonly posted?: boolean;
}
