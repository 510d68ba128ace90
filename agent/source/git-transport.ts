import type { GitCredentials } from "./git-credentials.ts";
import type { GitDeadlines } from "./git-deadlines.ts";
import type { PackLimits } from "./git-pack-scan.ts";

/**
 * The way to one repository. Every method throws a typed failure for what the server or the network did, and rejects with the
 * reason of the signal; no failure says what was signed in with, unless the server repeats it.
 */
export interface GitTransport {
  /** The commit id that a branch points to; `branch` is without `refs/heads/`. */
  head(branch: string, asked: HeadRequest): Promise<string>;
  /** Brings one pack into a folder, with its index. On a failure nothing of it is left there. */
  fetch(wish: FetchWish, asked: PackRequest): Promise<FetchedPack>;
  /** Ends what is open; what is under way fails. Idempotent. */
  close(): void;
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

export interface HeadRequest extends TransportCall {
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
}

/** What a fetch shall bring. */
export interface FetchWish {
  /** The commit, by id. */
  readonly want: string;
  /** A commit that is here with everything it builds on, except what is behind `shallow`; null: nothing is here. */
  readonly have: string | null;
  /** Commits whose parents are not here. */
  readonly shallow: ReadonlySet<string>;
  /** Commits to bring, counted from `want`; null: everything since `have`. */
  readonly depth: number | null;
}

/** Commits whose parents the server leaves out from now on, and those whose parents it sent. */
export interface FetchedPack {
  readonly shallow: ReadonlySet<string>;
  readonly unshallow: ReadonlySet<string>;
}
