import type { CommitRecord } from "../source/spec-source.ts";
import { parseTrailers, type ParsedTrailers } from "./trailers.ts";

const known = new WeakMap<CommitRecord, ParsedTrailers>();

/** What a commit's message asks for. It is parsed once, whoever asks, and kept for as long as the commit is. */
export function trailersOf(commit: CommitRecord): ParsedTrailers {
  const before = known.get(commit);
  if (before !== undefined) return before;
  const parsed = parseTrailers(commit.message);
  known.set(commit, parsed);
  return parsed;
}

/** Parses one message a step, so that the event loop is not blocked by all of them at once. */
export function* trailerSteps(commits: readonly CommitRecord[]): Generator<void, void> {
  for (const commit of commits) {
    trailersOf(commit);
    yield;
  }
}
