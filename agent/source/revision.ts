import type { ParsedSpec } from "../spec/room-spec.ts";
import type { IgnoredSpec, SourceFailure, SpecSeed } from "./spec-source.ts";

/** What a source of commits can besides: read a commit that it does not follow. */
export interface RevisionReader {
  /**
   * The specs at some paths of a commit, such as the head of a pull request. Changes nothing of what is followed. Rejects only
   * with the reason of `signal`, and with a defect of ours.
   */
  readRevision(request: RevisionRequest, signal: AbortSignal): Promise<Revision | SourceFailure>;
}

export interface RevisionRequest {
  /** Commit id. */
  readonly head: string;
  /** Paths of which the spec files are read; one without a spec file of the source is left out. */
  readonly paths: readonly string[];
}

/** Spec files of one commit, whatever is followed. */
export interface Revision {
  readonly kind: "revision";
  /** In the order of the tree. A path that was asked for and is neither here nor in `ignored` has no spec. */
  readonly files: readonly RevisionFile[];
  /** Every spec file of the commit that must not be read. */
  readonly ignored: readonly IgnoredSpec[];
  /** The paths of all spec files of the commit that may be read. */
  readonly paths: readonly string[];
}

/** A spec file as of `SpecFile`, without its bytes and those of its seeds. */
export interface RevisionFile {
  readonly path: string;
  readonly oid: string;
  readonly parsed: ParsedSpec;
  readonly seeds: readonly SpecSeed[];
  /** By the name of each artifact whose seed can be used: the artifact's fingerprint with its bytes. */
  readonly fingerprints: ReadonlyMap<string, string>;
}
