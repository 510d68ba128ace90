import type { HeadDoubt, SourceFailure } from "../source/spec-source.ts";
import type { SourceRow } from "../room/rows.ts";

/** The head that was polled, and the ingested one it is compared with. */
export interface ComparedHeads {
  readonly source: string;
  /** As it is shown. */
  readonly ref: string;
  /** The tag that the head was found at; null where no tag is followed. */
  readonly tag: string | null;
  readonly head: string;
  readonly observed: string;
}

/** A polled head next to the one that was ingested last, or in part. */
export function comparedHeads(
  { name: source, ref, observedHead, takingIn }: SourceRow,
  head: string,
  { tag = null }: { readonly tag?: string | null },
): ComparedHeads {
  const observed = (head === observedHead ? takingIn : observedHead) ?? "nothing";
  return { source, ref, tag, head, observed };
}

/** `leftMs`: until a second look may settle it. */
export function laggingReplica(heads: ComparedHeads, leftMs: number): SourceFailure {
  const { head, observed } = heads;
  return {
    kind: "failed",
    reason: "LaggingReplica",
    message:
      `The server answered that ${placeOf(heads)} is at ${head}, which is older than ${observed}, the head that was ingested. ` +
      `A replica of the server may lag, or the ${heads.tag === null ? "branch" : "tag"} was reset. Nothing changes until the server gives the same answer ` +
      "a second time, over a new connection and not before StaleTolerance.",
    againMs: leftMs,
  };
}

/** `main`, `tag v1`, or `v1.2.0 (semver ^1)`. */
function placeOf({ ref, tag }: ComparedHeads): string {
  return tag === null || ref === `tag ${tag}` ? ref : `${tag} (${ref})`;
}

type Unrelated = Extract<HeadDoubt, { kind: "unrelated" }>;

/** `after`: why the poll before failed, where that was a redirect or a missing repository. */
export function unrelatedHistory(
  heads: ComparedHeads & Pick<SourceRow, "followedSince">,
  doubt: Unrelated,
  after: string | null,
): SourceFailure {
  const { source, head, observed, followedSince } = heads;
  const since = followedSince === null ? "" : ` since ${followedSince}`;
  const count = `${doubt.commits} ${doubt.commits === 1 ? "commit" : "commits"}`;
  const seen = doubt.whole
    ? `all of its history was compared, ${count}`
    : `the newest part of its history was compared, ${count}; more could not be read within the source's Limits`;
  const warning =
    after === null
      ? ""
      : `WARNING: the poll before this one failed with ${after}, so the repository was moved or deleted, and another one took its address. `;
  return {
    kind: "failed",
    reason: "UnrelatedHistory",
    message:
      warning +
      `${placeOf(heads)} is at ${head}, which shares no commit with what was followed${since} (newest: ${observed}; ${seen}): ` +
      "renamed, re-created or another repository. Nothing of it is carried out, and rooms keep what was last accepted. " +
      `If it is the right one: room-operator accept ${source} --head ${head}`,
  };
}

/** Why the poll before failed, where that makes another repository at the same address likely. */
export function movedReason(lastError: SourceRow["lastError"]): string | null {
  const reason = lastError?.reason;
  return reason === "RedirectRefused" || reason === "RepositoryNotFound" ? reason : null;
}
