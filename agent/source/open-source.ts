import type { Fetcher, SourceLimits, SourceRef, SpecPatterns } from "../config/config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { CloneEvent } from "./git/git-clone-events.ts";
import type { GitCredentials } from "./git/wire/git-credentials.ts";
import type { RevisionReader } from "./revision.ts";
import type { SignatureCheckRequest } from "./signature-check.ts";
import type { SpecSource } from "./spec-source.ts";

/** Makes a source that reads a folder of this machine. It reads nothing before it is polled. */
export type OpenFolderSource = (options: FolderSourceOptions) => SpecSource;

export interface FolderSourceOptions extends Pick<
  SourceOptions,
  "name" | "path" | "patterns" | "limits" | "timeoutMs" | "roomIdPattern" | "clock"
> {
  /** Absolute. */
  readonly folder: string;
}

/** Makes the source that a configuration names. It sends no request before it is polled. */
export type OpenSource = (options: SourceOptions) => SpecSource & Partial<RevisionReader>;

export interface SourceOptions {
  readonly name: string;
  /** Of the repository: http, https or ssh, without credentials. */
  readonly url: string;
  /** What fetches over http and https. Default: `builtin`. */
  readonly fetcher?: Fetcher;
  readonly ref: SourceRef;
  /** Folder of the repository that is searched for `*.room.{yaml,yml,json}`; `.` is the root. */
  readonly path: string;
  /** Which spec files below `path` are read. Default: all. */
  readonly patterns?: SpecPatterns;
  /** Folder of the clone, if this source opens it. It may be deleted at any time. No other source names it. */
  readonly folder: string;
  /**
   * Equal for sources that sign in and are reached in the same way, and different for others. Holds no secret. Absent: the clone is
   * shared with no other source.
   */
  readonly accessKey?: string;
  readonly limits: SourceLimits;
  /** Total time of a poll, before any ran out of it. */
  readonly pollTimeoutMs: number;
  /** Total time of one clone or fetch. */
  readonly timeoutMs: number;
  /** Source text of the pattern room ids match. */
  readonly roomIdPattern: string;
  /** Asked at each use, so that a changed file counts at once. */
  readonly credentials: () => Promise<GitCredentials>;
  /** Asked at each use, so that changed keys count at once. Absent: no signature is checked. */
  readonly signatures?: () => Promise<SignatureCheckRequest>;
  readonly clock: Clock;
  /** Called on each event of the clone. Must not throw. */
  readonly onClone?: (event: CloneEvent) => void;
}
