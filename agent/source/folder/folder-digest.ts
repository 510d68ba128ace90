import { createHash } from "node:crypto";
import type { IgnoredSpec } from "../spec-source.ts";

/** What was read of a folder. Paths begin at the folder, with `/` between names. */
export interface FolderContent {
  readonly specs: readonly { readonly path: string; readonly oid: string }[];
  /** Each seed that a spec names: the id of its bytes, or why it is not usable. */
  readonly seeds: readonly { readonly path: string; readonly state: string }[];
  readonly links: readonly string[];
  /** Files that are not read because of their name. */
  readonly ignored: readonly string[];
  /** Specs that must not be read. */
  readonly filtered: readonly IgnoredSpec[];
  /** Files with `kind: RoomSpec` that are not read because of their name. */
  readonly unread: readonly string[];
  /** What the source's `Path` is, where it is not a folder. */
  readonly problem: string | null;
}

/** The head of a folder: 64 hex digits, the SHA-256 of everything that was read, in whatever order it was read. */
export function folderDigest(content: FolderContent): string {
  const { specs, seeds, links, ignored, filtered, unread, problem } = content;
  // JSON, so that no two contents have one text.
  const text = JSON.stringify([
    specs.map(({ path, oid }) => JSON.stringify([path, oid])).sort(),
    seeds.map(({ path, state }) => JSON.stringify([path, state])).sort(),
    [...links].sort(),
    [...ignored].sort(),
    problem,
    ...filtered.map(({ path, by }) => JSON.stringify([path, by])).sort(),
    ...unread.map((path) => JSON.stringify([path])).sort(),
  ]);
  return createHash("sha256").update(text).digest("hex");
}

/** The id of a file's bytes; it differs from every id that git gives. */
export function bytesId(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The id of a spec that cannot be read, by what it is instead of a file. */
export function problemId(problem: string): string {
  return `x${bytesId(Buffer.from(problem))}`;
}
