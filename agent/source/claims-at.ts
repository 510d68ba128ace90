import type { SpecPatterns } from "../config/config.ts";

/** Where another source reads the same repository. */
export interface OtherPlace {
  readonly source: string;
  readonly path: string;
  /** Absent: all files are read. */
  readonly patterns?: SpecPatterns;
  /** False: it follows another ref. */
  readonly isSameRef: boolean;
  /** Blob ids of its specs whose rooms are known: they are not read again. */
  readonly known: readonly string[];
}

/** A spec file of a commit at a place of another source. */
export interface ClaimAt {
  readonly source: string;
  readonly path: string;
  /** Null: that cannot be read from it, so it may be any room. */
  readonly roomId: string | null;
}

/** All files of a commit that are read at other places, but for the known ones. */
export interface ClaimsAt {
  readonly kind: "claims";
  readonly claims: readonly ClaimAt[];
}
