import type { SourceFailure } from "../spec-source.ts";

/** What git, JGit and a git client say when a server does not send an object that was asked for by id. */
const REFUSED = /not our ref|want [0-9a-f]{40} not valid|unadvertised object/i;

/** A failed fetch of a commit that is followed by id: where the server does not give it, no later poll finds another head. */
export function commitRefused(failure: SourceFailure, oid: string): SourceFailure {
  if (!REFUSED.test(failure.message)) return failure;
  return {
    ...failure,
    reason: "CommitMissing",
    message:
      `The server does not give the commit ${oid} of Ref.Commit: it does not have it, or gives only what a branch or tag leads to. ` +
      `${failure.message} Rooms are kept as they are. Check Ref.Commit, or push a branch or tag that contains it.`,
  };
}
