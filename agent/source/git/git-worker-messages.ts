import type { Fetcher, SourceLimits, SpecPatterns } from "../../config/config.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { GitDeadlines } from "./wire/git-deadlines.ts";
import type { DiscardReason, Rotation } from "./git-clone-events.ts";
import type { RotationLimits } from "./git-rotation-rule.ts";
import type { VerifiedHead } from "../../room/signer.ts";
import type { ClaimsAt, OtherPlace } from "../claims-at.ts";
import type { Revision } from "../revision.ts";
import type { SignatureCheckRequest } from "../signature-check.ts";
import type {
  CommitRange,
  DoubtedHead,
  IgnoredSpec,
  KnownFile,
  ReadSpecs,
  SeedBytes,
  SeedFile,
  SourceFailure,
  SpecFile,
  SourceWarning,
} from "../spec-source.ts";
import type { KnownLine } from "../known-line.ts";

/** What a worker needs to know once, when it starts. Plain data; holds no credential. */
export interface CloneSettings {
  readonly url: string;
  readonly fetcher?: Fetcher;
  readonly folder: string;
  readonly limits: CloneLimits;
  readonly deadlines: GitDeadlines;
  readonly roomIdPattern: string;
  readonly parse: { readonly threads: number; readonly timeoutMs: number; readonly heapMb: number };
  readonly rotation: RotationLimits;
}

/** The limits that decide what is downloaded and kept: equal for all sources of a clone. */
export type CloneLimits = Pick<SourceLimits, "packBytes" | "objectBytes" | "specBytes" | "commits">;

/** The source that a request is for. Requests of one id always have the same path and limits. */
export interface ReaderSettings {
  readonly id: number;
  readonly path: string;
  /** Default: all files are read. */
  readonly patterns?: SpecPatterns;
  readonly limits: SourceLimits;
}

/** What one source of a clone works with. */
export interface GitWorkerSettings extends CloneSettings {
  readonly path: string;
  readonly patterns?: SpecPatterns;
  readonly limits: SourceLimits;
}

/** What a thread is started with. */
export interface WorkerStart {
  readonly settings: CloneSettings;
  /** One number in shared memory: not 0 once the thread has to end, for work that reads no message. */
  readonly ending: Int32Array;
}

/** To the worker. Each request has an id of its own and ends with one `done` or `defect`. */
export type ToWorker =
  | {
      readonly kind: "sync";
      readonly id: number;
      readonly reader: ReaderSettings;
      /** True: a fetch of the same head that failed for another source before counts, once. */
      readonly mayShare: boolean;
      readonly head: string;
      readonly previous: string | null;
      readonly line: KnownLine;
      /** Shows whether the worker's memory matches the store. */
      readonly knownPrint: string;
      readonly notRead: readonly string[];
      readonly credentials: GitCredentials;
      /** Null: no signature is checked. */
      readonly signatures: SignatureCheckRequest | null;
    }
  /** Checks the signature of a head that counts. */
  | {
      readonly kind: "verify";
      readonly id: number;
      readonly reader: ReaderSettings;
      readonly head: string;
      readonly signatures: SignatureCheckRequest;
      /** For a head that has to be brought back. */
      readonly credentials: GitCredentials;
    }
  | {
      readonly kind: "readSpecs";
      readonly id: number;
      readonly reader: ReaderSettings;
      readonly oids: readonly string[];
      /** For blobs that have to be brought first. */
      readonly credentials: GitCredentials;
    }
  | {
      readonly kind: "claimsAt";
      readonly id: number;
      readonly reader: ReaderSettings;
      readonly head: string;
      readonly places: readonly OtherPlace[];
      /** For blobs that have to be brought first. */
      readonly credentials: GitCredentials;
    }
  | {
      readonly kind: "readSeeds";
      readonly id: number;
      readonly reader: ReaderSettings;
      readonly head: string;
      readonly paths: readonly string[];
      /** For a head that has to be brought back. */
      readonly credentials: GitCredentials;
    }
  /** Reads a commit that is not followed. */
  | {
      readonly kind: "readRevision";
      readonly id: number;
      readonly reader: ReaderSettings;
      readonly head: string;
      readonly paths: readonly string[];
      readonly credentials: GitCredentials;
    }
  | {
      readonly kind: "settle";
      readonly id: number;
      readonly reader: ReaderSettings;
      readonly head: string;
    }
  /** Rotates the clone if it grew or aged too much. */
  | {
      readonly kind: "tend";
      readonly id: number;
      /** The ids of all sources that read the clone. */
      readonly readers: readonly number[];
      readonly nowMs: number;
      readonly credentials: GitCredentials;
    }
  /** The main thread does not wait for the request of this id any more: it ends at its next step. */
  | { readonly kind: "cancel"; readonly id: number }
  /** The source of this id reads no more. */
  | { readonly kind: "leave"; readonly reader: number }
  /** The answer to an `ask` of the same id. */
  | { readonly kind: "answer"; readonly id: number; readonly known?: readonly KnownFile[] }
  /** The thread ends itself at once, whatever is under way. */
  | { readonly kind: "end" };

export type FromWorker =
  /** Belongs to no request. */
  | { readonly kind: "discarded"; readonly why: DiscardReason }
  /** The work of a request continues: its deadline restarts. */
  | { readonly kind: "progress"; readonly id: number }
  | { readonly kind: "ask"; readonly id: number; readonly ask: Ask }
  | { readonly kind: "done"; readonly id: number; readonly result: WorkerResult }
  /** A defect of ours: no failure of the server or the repository. */
  | { readonly kind: "defect"; readonly id: number; readonly message: string };

/** What the worker waits for the main thread to take or to give. */
export type Ask =
  | { readonly kind: "known" }
  | { readonly kind: "commits"; readonly range: CommitRange }
  | { readonly kind: "seed"; readonly seed: SeedBytes }
  | { readonly kind: "specs"; readonly specs: ReadSpecs["specs"] }
  | { readonly kind: "files"; readonly files: readonly SpecFile[] };

export type WorkerResult =
  | SourceFailure
  /** `paths` are joined by newlines, `oids` have the same order and no separator. */
  | {
      readonly kind: "ready";
      readonly head: string;
      readonly paths: string;
      readonly oids: string;
      readonly ignored: readonly IgnoredSpec[];
      readonly warnings: readonly SourceWarning[];
      readonly trail: readonly string[];
      readonly verified?: VerifiedHead;
    }
  | DoubtedHead
  | { readonly kind: "verified"; readonly verified: VerifiedHead | null }
  /** Delivered before; `unread`: why the rest was not. */
  | { readonly kind: "specs"; readonly unread: string | null }
  /** Null: the server does not have that head either. */
  | { readonly kind: "seeds"; readonly seeds: readonly SeedFile[] | null }
  | Revision
  | ClaimsAt
  | { readonly kind: "settled" }
  | { readonly kind: "tended"; readonly rotation: Rotation | null };

/** Stands for the id of a seed that cannot be used. */
const UNUSABLE = "-".repeat(40);

/** Equal for equal sets of known files, whatever their order; differs for nearly all others. */
export function printOf(known: Iterable<KnownFile>): string {
  let count = 0;
  let sum = 0;
  for (const file of known) {
    count += 1;
    sum += weigh(file.path, file.oid);
    for (const seed of file.seeds) sum += weigh(seed.path, seed.oid ?? UNUSABLE) * 3;
  }
  return `${count}:${sum}`;
}

/** Small enough that a million of them add up exactly; cheap, because the main thread does it for each file of a source. */
function weigh(path: string, oid: string): number {
  const ends = oid.charCodeAt(0) * 4096 + oid.charCodeAt(1) * 64 + oid.charCodeAt(2);
  const middle = oid.charCodeAt(19) * 4096 + oid.charCodeAt(20) * 64 + oid.charCodeAt(21);
  return ends * 61 + middle + path.length * 131 + path.charCodeAt(path.length >> 1);
}
