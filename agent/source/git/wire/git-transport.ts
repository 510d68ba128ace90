import type { GitCredentials } from "./git-credentials.ts";
import type { GitDeadlines } from "./git-deadlines.ts";
import type { PackLimits } from "../objects/git-pack-scan.ts";

/**
 * The way to one repository. Every method throws a typed failure for what the server or the network did, and rejects with the
 * reason of the signal; no failure says what was signed in with, unless the server repeats it.
 */
export interface GitTransport {
  /** The refs that the question asks for, in one request where that is possible. That one is not among them proves nothing. */
  refs(question: RefQuestion, asked: RefsRequest): Promise<AdvertisedRefs>;
  /** The same out of the server's full list of refs, which is asked for in another way and shows that a ref is absent. */
  allRefs(question: RefQuestion, asked: RefsRequest): Promise<RefList>;
  /** Brings one pack into a folder, with its index. On a failure nothing of it is left there. */
  fetch(wish: FetchWish, asked: PackRequest): Promise<FetchedPack>;
  /** Ends what is open; what is under way fails. Idempotent. */
  close(): void;
}

/** Which refs are asked for. What chooses among them stands above the transport. */
export interface RefQuestion {
  /** Full names (`refs/heads/main`), or how they begin (`refs/tags/v`): the server is asked for no others. At least one. */
  readonly prefixes: readonly string[];
  /** Whether a ref is kept, by its full name. The others are counted alone. */
  readonly keeps: (name: string) => boolean;
}

/** The refs that were kept, by full name. */
export type AdvertisedRefs = ReadonlyMap<string, AdvertisedRef>;

export interface AdvertisedRef {
  /** What the ref points to, 40 hex: a commit, or the object of an annotated tag. */
  readonly oid: string;
  /** What an annotated tag leads to in the end, past tags of tags; null for other refs. */
  readonly peeled: string | null;
}

export interface RefList {
  readonly refs: AdvertisedRefs;
  /** How many refs the server has, kept or not. */
  readonly count: number;
  /** The ref that `HEAD` points to; null where the server does not say. */
  readonly headTarget: string | null;
}

/** What each request goes with. */
export interface TransportCall {
  readonly credentials: GitCredentials;
  /** Wall time. */
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  /** `totalMs` is for all that is sent for one call together. */
  readonly deadlines: GitDeadlines;
}

export interface RefsRequest extends TransportCall {
  /** True: over a connection of its own, and nothing that the server said before counts. */
  readonly fresh: boolean;
}

export interface PackRequest extends TransportCall {
  /** `packBytes` is for what the server answers to the request for the pack. */
  readonly limits: PackLimits;
  /** Where the pack is put. */
  readonly packFolder: string;
  /** Called when the pack has come, and again and again while its index is made. */
  readonly onProgress: () => void;
  /** Called before the pack comes: whether the server knows filters. */
  readonly onFilters: (known: boolean) => void;
}

/** What a fetch shall bring. */
export interface FetchWish {
  /** The commit, or blobs, by id. */
  readonly want: readonly string[];
  /** A commit that is here with everything it builds on, except what is behind `shallow`; null: nothing is here. */
  readonly have: string | null;
  /** Commits whose parents are not here. */
  readonly shallow: ReadonlySet<string>;
  /** Commits to bring, counted from `want`; null: everything since `have`. */
  readonly depth: number | null;
  /** What the server is to leave out, where it knows filters: `blob:none`, `blob:limit=<bytes>`; null: nothing. */
  readonly filter: string | null;
}

/** Commits whose parents the server leaves out from now on, and those whose parents it sent. */
export interface FetchedPack {
  /** Sizes of the blobs over `objectBytes` that came and were not kept, by id; those sent as a delta are not named. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly shallow: ReadonlySet<string>;
  readonly unshallow: ReadonlySet<string>;
}
