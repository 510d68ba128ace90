import type { ParsedSpec, RoomSpec } from "../spec/room-spec.ts";
import type { SeedProblem } from "../plan/plan.ts";
import type { VerifiedHead } from "../room/signer.ts";
import type { SourceFailureReason } from "../status/source-failures.ts";
import type { ClaimsAt, OtherPlace } from "./claims-at.ts";
import type { CommitSignature } from "./commit-signature.ts";
import type { KnownLine } from "./known-line.ts";

/**
 * A place specs come from. Nothing here throws for what the server, the network or the repository did: the result's kind
 * says it (a failure is never an empty set). A method rejects only with the reason of `signal`, and with a defect of ours.
 */
export interface SpecSource {
  readonly name: string;
  /** True: its heads are states of a folder. None is built on another, so none can be older, and no range has commits. */
  readonly withoutCommits?: true;
  /** One cheap request: where does the ref point now? */
  poll(signal: AbortSignal, options?: PollOptions): Promise<PollResult>;
  /** `look` is called when another source's poll of the same address found something else than this one's last. Must not throw. */
  onNews?(look: () => void): void;
  /** A sync comes soon: begins what it would wait for. What goes wrong with that is met by the sync. Must not throw. */
  prepare?(): void;
  /**
   * Brings everything between `request.previous` and `request.head`, verified, and delivers it: once `onCommits`, then `onSeed` and `onFiles`
   * any number of times, one call after the other (rooms may start before the rest is parsed), then the result. Nothing of it counts until the
   * result is `ready`, except that a file delivered in a batch is complete and verified in itself, with its seeds.
   */
  sync(request: SyncRequest, signal: AbortSignal): Promise<SyncResult>;
  /** The parsed specs behind blob ids of the clone, as many of them, in their order, as are within the limits. */
  readSpecs(oids: readonly string[], signal: AbortSignal): Promise<ReadSpecs>;
  /** What a head that was synced has at the places of other sources. Absent: no other source can read what this one does. */
  claimsAt?(
    head: string,
    places: readonly OtherPlace[],
    signal: AbortSignal,
  ): Promise<ClaimsAt | SourceFailure>;
  /**
   * Files by path as they are in the tree of `head`, for the seeds of a posted spec; a path that is absent or no regular
   * file is `unusable`. Rejects with OperatorError `SourceUnavailable` when the clone does not have `head`.
   */
  readSeeds(
    head: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SeedFile[]>;
  /**
   * Checks the signature of a head that counts, once more where other keys count now than those of `known`. Null: nothing to check. Absent: no signatures.
   */
  verify?(
    head: string,
    known: VerifiedHead | null,
    signal: AbortSignal,
  ): Promise<VerifiedHead | SourceFailure | null>;
  /** Called when what `sync` delivered is durable: from now on `head` is what later fetches build on. */
  settle(head: string, signal: AbortSignal): Promise<void>;
  /** Stops the worker and closes connections. Idempotent. */
  close(): Promise<void>;
}

export interface ReadSpecs {
  /** An id that is absent, too large or invalid maps to null; one that was not read is missing. */
  readonly specs: ReadonlyMap<string, RoomSpec | null>;
  /** Why not all were read; null: they were. */
  readonly unread: string | null;
}

export interface PollOptions {
  /** Asks over a new connection, so that the answer does not come from whoever gave the one before. Default: false. */
  readonly fresh?: boolean;
  /** Answers that others got of the same address since this source's last poll count up to this age (ms), failures at any. Absent: the server is asked. */
  readonly maxAgeMs?: number;
  /** The head that counts, as of `SyncRequest.previous`: another process or source may have read it. Absent, or null: not known. */
  readonly previous?: string | null;
}

export type PollResult =
  /** `head` is a 40-hex commit id, or a 64-hex digest of what a folder holds; `tag` is the tag that it was found at, where tags are followed. */
  { readonly kind: "head"; readonly head: string; readonly tag?: string } | SourceFailure;

export interface SourceFailure {
  readonly kind: "failed";
  readonly reason: SourceFailureReason;
  /** What happened and what to do next. Never holds a credential. */
  readonly message: string;
  /** What ends it, where the reason does not say that in general: one sentence without its full stop. */
  readonly next?: string;
  /** The server's Retry-After in ms, where it sent one. */
  readonly retryAfterMs?: number;
  /** The end of `message` that says what to do, where the past of the source may say something better. */
  readonly advice?: string;
  /** True when the credential that was denied has worked since the agent started. */
  readonly sameCredential?: boolean;
  /** When to ask again at the latest, in ms, whatever the backoff is. */
  readonly againMs?: number;
}

export interface SyncRequest {
  readonly head: string;
  /** The head settled last, or null at the first sync (or when the store is new). */
  readonly previous: string | null;
  /** What is known of the history of `previous`. Absent: nothing, and no doubt was settled. */
  readonly line?: KnownLine;
  /** What the store knows of the snapshot at `previous`; empty at the first sync. */
  readonly known: readonly KnownFile[];
  /** Files of that snapshot with `kind: RoomSpec` that are not read: one whose kind cannot be read now has that still. Absent: none. */
  readonly notRead?: readonly string[];
  onCommits(range: CommitRange): Promise<void>;
  /** The bytes of one seed, before the files that name it; each blob once. The next comes when this one was taken. */
  onSeed(seed: SeedBytes): Promise<void>;
  onFiles(files: readonly SpecFile[]): Promise<void>;
}

/** A spec file as the store has it. */
export interface KnownFile {
  readonly path: string;
  readonly oid: string;
  readonly seeds: readonly KnownSeed[];
}

/** A seed that a spec names: its blob id, null where it is not usable, and its bytes. */
export interface KnownSeed {
  readonly path: string;
  readonly oid: string | null;
  readonly size: number;
}

/** The commits reachable from the new head and not from the previous one. */
export interface CommitRange {
  /**
   * `first`: no previous head. `descends`: head was built on the previous head. `rewritten`: it was not, or that could
   * not be shown.
   */
  readonly history: "first" | "descends" | "rewritten";
  /** Why the commits between were not read: a limit, or they are not known. Then `history` is `rewritten`. */
  readonly unread?: string;
  /**
   * With `unread`: the commits that are new with the head and could not be looked at, oldest first, the head itself included;
   * they have no `touches`. Null: their messages are too much to be read, too. Absent: the new commits are not known.
   */
  readonly said?: readonly CommitRecord[] | null;
  /**
   * Those of the heads in `left` that this one is or is built on, where it is not built on the previous head as well; absent
   * when there are none.
   */
  readonly returnedTo?: readonly string[];
  /** Those of `KnownLine.confirming` that the head is or is built on, as far as that can be shown. Absent: all of them, or none was asked for. */
  readonly kept?: readonly string[];
  /**
   * `after`: those of `KnownLine.since` that the head is or is built on, where all commits between are known. `commits`: those between,
   * oldest first; seeds that they change are not among their `touches`. Absent: none was asked for, or the source has no commits.
   */
  readonly since?: {
    readonly after: readonly string[];
    readonly commits: readonly CommitRecord[];
  };
  /**
   * Of a rewritten history, when the commits that are new with it are not known: the head is reported alone, and touches whatever
   * changed since the last sync.
   */
  readonly headOnly?: true;
  /** Oldest first (parents before children). At a first sync: the head alone. */
  readonly commits: readonly CommitRecord[];
}

export interface CommitRecord {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  /** Who made this commit object, be it of another's change. Name and address, as `author`. */
  readonly committer: string;
  /** Committer time, ms since 1970. */
  readonly committedAtMs: number;
  /** Spec files whose inputs (the file, or a seed it names) differ from the first parent's. */
  readonly touches: readonly CommitTouch[];
  /**
   * The commit changes no file of the repository, under `Path` or elsewhere: its tree is its first parent's, or it is a root
   * commit without a file. Absent: it changes one, or its first parent is not known.
   */
  readonly changesNoFile?: true;
  /** Absent: it was not checked. */
  readonly signature?: CommitSignature;
}

export interface CommitTouch {
  readonly path: string;
  /** The spec file's blob at the first parent and at this commit; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A spec file that is new or whose inputs changed, with its bytes. */
export interface SpecFile {
  readonly path: string;
  readonly oid: string;
  /** The file's text; empty when it is over `SpecBytes`. */
  readonly text: Uint8Array;
  readonly parsed: ParsedSpec;
  /** Text and spec as `packSpec` packs them: made off the main thread. Absent: they are not packed yet. */
  readonly packed?: Uint8Array | null;
  readonly seeds: readonly SpecSeed[];
}

export interface SeedBytes {
  readonly oid: string;
  readonly bytes: Uint8Array;
}

/** A seed a spec names, as found in the same commit's tree. */
export type SpecSeed =
  | {
      readonly path: string;
      readonly kind: "present";
      readonly oid: string;
      readonly size: number;
    }
  | {
      readonly path: string;
      readonly kind: "unusable";
      readonly reason: SeedProblem;
      readonly message: string;
    };

export type SeedFile =
  | (Extract<SpecSeed, { kind: "present" }> & SeedBytes)
  | Extract<SpecSeed, { kind: "unusable" }>;

export type SyncResult =
  | {
      readonly kind: "ready";
      readonly head: string;
      /** Every spec file of the snapshot (path and blob id), changed or not. */
      readonly paths: readonly { readonly path: string; readonly oid: string }[];
      /** Spec files that are there and must not be read: they are neither gone nor in `paths`. None when absent. */
      readonly ignored?: readonly IgnoredSpec[];
      /** What a person should know although nothing fails by it; none when absent. */
      readonly warnings?: readonly SourceWarning[];
      /** The newest commits behind `head` that are known, itself first; at most 64. */
      readonly trail: readonly string[];
      /** Who signed the head; absent where signatures are not checked. */
      readonly verified?: VerifiedHead;
    }
  | DoubtedHead
  | SourceFailure;

/** A spec file that `Include`, `Exclude` or a `.roomignore` keeps from being read. */
export interface IgnoredSpec {
  readonly path: string;
  /** Such as `ignored by .roomignore line 3 ("drafts/")`. */
  readonly by: string;
}

export interface SourceWarning {
  readonly reason: "NoSpecsFound" | "SpecNameIgnored" | "RoomSpecNotRead" | "SpecsIgnored";
  readonly message: string;
  /** Paths of files that are not read because of their names, though they may be specs. Absent: it is about something else. */
  readonly notRead?: readonly string[];
}

/** A head of which nothing was delivered, because it was not built on the previous one in a way that has to be settled first. */
export interface DoubtedHead {
  readonly kind: "doubted";
  readonly head: string;
  readonly doubt: HeadDoubt;
}

export type HeadDoubt =
  /** It is an ancestor of the previous head, or that cannot be ruled out. */
  | { readonly kind: "ancestor" }
  /** No commit was found that it shares with the previous head: `commits` of its history were looked at, `whole`: all of it. */
  | { readonly kind: "unrelated"; readonly commits: number; readonly whole: boolean };

export function toKnownSeed(
  seed:
    | {
        readonly path: string;
        readonly kind: "present";
        readonly oid: string;
        readonly size: number;
      }
    | { readonly path: string; readonly kind: "unusable" },
): KnownSeed {
  const { path } = seed;
  return seed.kind === "present"
    ? { path, oid: seed.oid, size: seed.size }
    : { path, oid: null, size: 0 };
}
