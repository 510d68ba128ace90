import type { ReasonNote } from "./reason-note.ts";
import { SIGNATURE_PROBLEMS } from "./signature-reasons.ts";

/**
 * Why a source fails: how a poll of it ends that brings nothing. Each is a label of the metrics of polls, too (`POLL_RESULTS`).
 */
export const SOURCE_FAILURES = {
  Unreachable: {
    place: "source",
    meaning: "No connection to the git server came about, or it broke",
    next: "Check the address, the network, the proxy, and the server's certificate or host key, as the message says",
  },
  Timeout: {
    place: "source",
    meaning: "The git server did not answer in time",
    next: "Check the git server; raise the key that the message names, `PollTimeoutSeconds` or `TimeoutSeconds`",
  },
  AuthenticationFailed: {
    place: "source",
    meaning:
      "The git server answered 401 or 403 and sent no rate limit, does not accept the ssh key, or a credential or certificate cannot be read",
    next: "Read the server's own words in the message; check the source's `Auth`, or configure one",
  },
  RepositoryNotFound: {
    place: "source",
    meaning: "The git server has no such repository, or does not show it to this user",
    next: "Check `Url` and what the token may see",
  },
  RateLimited: {
    place: "source",
    meaning:
      "The git server answered 429, or 403 with a rate limit; the agent waits as long as the headers say",
    next: "Raise `IntervalSeconds` if it comes again",
  },
  ServerError: {
    place: "source",
    meaning: "The git server answered 5xx",
    next: "Check the git server; the agent tries again by itself",
  },
  RedirectRefused: {
    place: "source",
    meaning: "The git server redirects, which is never followed with a credential",
    next: "Set `Url` to the address it leads to, if that is right; where it is a sign-in page, check `Auth`",
  },
  ProtocolError: {
    place: "source",
    meaning: "What came back is not a git answer: a web page, a cut or an empty one",
    next: "Check that `Url` is the one people clone from",
  },
  BranchMissing: {
    place: "source",
    meaning: "The repository has no such branch; nothing is removed because of it",
    next: "Check `Ref.Branch`, or push the branch",
  },
  TagMissing: {
    place: "source",
    meaning: "The repository has no such tag; nothing is removed because of it",
    next: "Push the tag, or check `Ref.Tag`",
  },
  NoTagInRange: {
    place: "source",
    meaning:
      "No version tag of the repository is in the range; the message names the newest ones. Nothing is removed because of it",
    next: "Push a tag in the range, or change `Ref.Semver`",
  },
  TagsAmbiguous: {
    place: "source",
    meaning:
      "The newest version in the range has several tags, such as `v1.2.0` and `1.2.0`, at different commits; nothing changes as long as it does",
    next: "Delete all but one of these tags, or push a newer version",
  },
  NotACommit: {
    place: "source",
    meaning:
      "The branch, the tag, or `Ref.Commit` leads to something else than a commit; nothing changes because of it",
    next: "Move the branch or tag to a commit, or correct `Ref`",
  },
  CommitMissing: {
    place: "source",
    meaning:
      "The git server does not give the commit of `Ref.Commit`: it does not have it, or gives only what a branch or tag leads to",
    next: "Check `Ref.Commit`, or push a branch or tag that contains it",
  },
  RepositoryEmpty: {
    place: "source",
    meaning: "The repository has no branch and no tag; nothing is removed because of it",
    next: "Push the branch or tag that is followed",
  },
  LimitExceeded: {
    place: "source",
    meaning: "The repository goes over the limit that the message names",
    next: "Make it smaller, or raise that limit",
  },
  CorruptPack: {
    place: "source",
    meaning: "What was fetched is damaged; it was thrown away",
    next: "None, the agent fetches again, from nothing if it must. If it stays, run `git fsck` on the server",
  },
  SourceEmptied: {
    place: "source",
    meaning: "All spec files are gone at once; every room stays as it is",
    next: "Where the message begins with `Rename`, rename the file that it names, and push it. Else push a spec (in a folder: put one back). To give the rooms up, name every room in `Confirm:`, or set `AllowEmpty`",
  },
  LaggingReplica: {
    place: "source",
    meaning:
      "The git server answered with a head that is older than the ingested one (it is an ancestor of it, or a force-push left it): a replica lags, or the branch or tag was moved back",
    next: "None, a second poll over a new connection, not before `StaleTolerance`, decides. If it comes again, check the git server's replicas",
  },
  UnrelatedHistory: {
    place: "source",
    meaning:
      "The branch or tag shares no commit with what was followed: the repository was renamed, re-created or replaced by another one. Nothing of it is carried out",
    next: "If it is the right one, `room-operator accept [--url URL] SOURCE --head SHA`; otherwise correct `Url`, or bring the old branch or tag back",
  },
  FolderMissing: {
    place: "source",
    meaning:
      "The folder of the source does not exist, is a file, or is not mounted; every room stays as it is",
    next: "Create or mount it, or correct `Folder`",
  },
  FolderUnreadable: {
    place: "source",
    meaning:
      "The folder of the source, or a folder in it, cannot be read; every room stays as it is",
    next: "Give the agent's user the right to list and read the path that the message names",
  },
  IgnoreFileInvalid: {
    place: "source",
    meaning:
      "A `.roomignore` cannot be used: it is not a regular text file, or it is too large. Every room stays as it is, since which specs are meant is not known",
    next: "Correct or remove the file that the message names",
  },
  FolderChanging: {
    place: "source",
    meaning: "The folder kept changing while it was read; nothing of it counts",
    next: "None, the agent reads it again soon. If it stays, stop what keeps writing into the folder",
  },
  WorkerFailed: {
    place: "source",
    meaning:
      "The worker that reads the repository died, ran out of memory, or cannot write the clone",
    next: "Check the disk and the memory; the agent starts a new worker",
  },
  ...SIGNATURE_PROBLEMS,
} as const satisfies Readonly<Record<string, ReasonNote>>;

export type SourceFailureReason = keyof typeof SOURCE_FAILURES;

/** The server answered as git does: it does not have, at the ref, what the source follows. */
export const ANSWERED_OF_REF: ReadonlySet<SourceFailureReason> = new Set([
  "BranchMissing",
  "TagMissing",
  "NoTagInRange",
  "TagsAmbiguous",
  "NotACommit",
  "CommitMissing",
  "RepositoryEmpty",
]);

/** Whether the code of an error says why a source fails. */
export function isSourceFailure(code: string): code is SourceFailureReason {
  return Object.hasOwn(SOURCE_FAILURES, code);
}
