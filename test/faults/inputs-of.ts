import type { GitRepository } from "../support/git-repository.ts";
import type { Story } from "./story.ts";

/** Whether a room's spec and seeds are in a revision what they are at the head: what came in one fetch is one revision. */
export function hasInputsOf(
  { inputs }: Story,
  repository: GitRepository,
  revision: string | null,
): boolean {
  const commit = revision?.replace("main@sha1:", "");
  if (commit === undefined || !repository.has(commit)) return false;
  // No line: the room needs no seeds there.
  const entryOf = (revision: string, path: string) => repository.git("ls-tree", revision, path);
  return inputs.every((path) => entryOf(commit, path) === entryOf("main", path));
}
