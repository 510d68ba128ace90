import type { JsonValue } from "../kernel/json.ts";
import type {
  ArtifactSpec,
  EntitySpec,
  PolicyName,
  ResourceSpec,
  RoomSpec,
} from "../spec/room-spec.ts";
import type { Item } from "./item.ts";
import type {
  Capabilities,
  ObservedArtifact,
  ObservedEntity,
  ObservedResource,
  RoomState,
} from "./room-state.ts";
import type { Reason } from "../status/reasons.ts";

/** What is wanted of a room: its spec, and for each artifact with a `seedFrom` what that seed is. */
export interface DesiredRoom {
  readonly spec: RoomSpec;
  /** By artifact name; has an entry for each artifact whose `seedFrom` is not null. */
  readonly seeds: ReadonlyMap<string, SeedState>;
}

/** A seed file as found in the tree of the room's revision. */
export type SeedState =
  | {
      readonly kind: "present";
      /** Where its bytes are kept: the git blob's id. */
      readonly oid: string;
      readonly size: number;
      /** The artifact fingerprint made from the artifact's fields and these bytes. */
      readonly fingerprint: string;
    }
  | { readonly kind: "unusable"; readonly reason: SeedProblem; readonly message: string };

export type SeedProblem =
  | "SeedMissing"
  | "SeedTooLarge"
  | "SeedNotRegular"
  | "SeedIsLfsPointer"
  | "SeedIsAnnexPointer"
  | "SeedQuotaExceeded"
  | "NoSeedSource";

/** One change. Each names exactly one item. */
export type Action =
  | { readonly kind: "join"; readonly item: Item; readonly entity: EntitySpec }
  | {
      readonly kind: "replace";
      readonly item: Item;
      readonly entity: EntitySpec;
      /** What is there now, to be joined back if the new join ends with a terminal answer. */
      readonly previous: ObservedEntity;
    }
  | { readonly kind: "kick"; readonly item: Item; readonly previous: ObservedEntity }
  | {
      readonly kind: "seed";
      readonly item: Item;
      readonly artifact: ArtifactSpec;
      readonly oid: string;
      readonly fingerprint: string;
      /** Bytes of the seed; absent where that is not known. */
      readonly size?: number;
      /** Absent when the artifact is not there yet. */
      readonly previous?: ObservedArtifact;
    }
  | { readonly kind: "promote"; readonly item: Item; readonly artifact: ArtifactSpec }
  | { readonly kind: "delete"; readonly item: Item; readonly previous: ObservedArtifact }
  | {
      readonly kind: "setPolicy";
      readonly item: Item;
      readonly policy: PolicyName;
      readonly value: JsonValue;
      /** Null when the server does not carry the policy. */
      readonly previous: JsonValue;
      /** True when the spec stopped naming the policy and its default is written. */
      readonly removal: boolean;
    }
  | {
      readonly kind: "ensureResource";
      readonly item: Item;
      readonly resource: ResourceSpec;
      /** Absent when the resource is not there yet. */
      readonly previous?: ObservedResource;
    };

export type ActionKind = Action["kind"];

/** Something that is wanted and cannot be done now. Never part of the remaining diff that VERIFY judges. */
export interface Blocked {
  readonly item: Item;
  /** CamelCase, e.g. `SeedMissing`, `DependencyFailed`, `NotObservable`, `Unsupported`, `Pending`. */
  readonly reason: Reason;
  readonly message: string;
}

/** What is to be done in one room, in order. Pure data: dry run, audit, status and APPLY share it. */
export interface Plan {
  readonly roomId: string;
  readonly actions: readonly Action[];
  readonly blocked: readonly Blocked[];
  /** Policy keys the server carries and RoomSpec does not know: reported, never changed. */
  readonly unknownPolicies: readonly string[];
  /**
   * Critical policies the spec stopped naming, whether or not that takes a write (a room that already has the default
   * takes none). Not work: a plan with no action is done once these are confirmed.
   */
  readonly removedPolicies: readonly Item[];
  /** What differs and is left alone (`Drift.Ignore`); absent: nothing. */
  readonly ignored?: readonly Item[];
}

/** An attribute that reads otherwise after a write: values as JSON text, cut where long. */
export interface UnseenDifference {
  readonly attribute: string;
  readonly wanted: string;
  /** Null when the server does not show the attribute at all. */
  readonly read: string | null;
}

/** The successful writes of one value after which the server's answer stayed the same. */
export interface UnseenWrites {
  readonly count: number;
  /** ISO time of the newest one, by the clock that things expire by. */
  readonly lastAt: string;
  /** The run of the agent that made the newest one: a restart tries once more. */
  readonly run: string;
}

/**
 * An item whose read-back after a successful write still differed. After enough such writes it is not written again until
 * one side changes, or one more try is due.
 */
export interface NotObservableMark {
  readonly item: Item;
  /** The action that changed nothing visible: an artifact's content and its promotion are marked apart. */
  readonly kind: ActionKind;
  /** Digest of what was wanted. */
  readonly desired: string;
  /** Digest of what the server answered. */
  readonly observed: string;
  /** What read otherwise; absent in a mark that an earlier version left. */
  readonly differences?: readonly UnseenDifference[];
  /** Absent in a mark that an earlier version left: it holds nothing back. */
  readonly writes?: UnseenWrites;
}

export interface PlanInput {
  readonly desired: DesiredRoom;
  readonly observed: RoomState;
  readonly capabilities: Capabilities;
  /** The marks that hold their items back now. */
  readonly notObservable: readonly NotObservableMark[];
  /** True when the previous desired spec named `dmVisibilityDefault` and this one does not. */
  readonly dmVisibilityRemoved: boolean;
  /** True where drift is not corrected: what did not show is not written again until a person or a commit asks. */
  readonly driftIsLeft?: boolean;
  /** `Operator.Features.Resources`. Off: resources are blocked with `Pending`. */
  readonly resources: boolean;
}
