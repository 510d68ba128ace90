import type { SourceRef } from "../../../config/config.ts";
import { quoted } from "../../../kernel/quoted.ts";
import { shortened } from "../../../kernel/shortened.ts";
import { gitFailure } from "../../git-failure.ts";
import type { AdvertisedRefs, RefList, RefQuestion } from "./git-transport.ts";
import { chooseVersion, noVersion, versionPrefixes, versionTagName } from "./version-tags.ts";

/** Where a wanted ref leads. */
export interface FoundHead {
  /** 40 hex. Of an annotated tag what it leads to, which the list of refs does not say to be a commit. */
  readonly head: string;
  /** The tag that it was found at; absent for a branch or a commit. */
  readonly tag?: string;
}

/** How one ref is looked up in the lists of refs that a transport gives. Pure: what asks is `PollSeries`. */
export interface WantedRef {
  readonly kind: "moving";
  /** What a server is asked at each poll. */
  readonly question: RefQuestion;
  /** What its full list is asked where that did not have it: the same, and what makes plain why. */
  readonly absence: RefQuestion;
  /** Null where it is not among these refs. Throws where several are possible. */
  choose(refs: AdvertisedRefs): FoundHead | null;
  /** Why it is not there, out of a full list that has other refs. */
  missing(list: RefList): Error;
}

export function wantedRef(ref: Exclude<SourceRef, { kind: "commit" }>): WantedRef {
  switch (ref.kind) {
    case "branch":
      return wantedBranch(ref.name);
    case "tag":
      return wantedTag(ref.name);
    case "semver":
      return wantedVersion(ref.range);
  }
}

/** Why a poll found no head, out of the full list of refs. */
export function headMissing(wanted: WantedRef, list: RefList): Error {
  const found = wanted.choose(list.refs);
  if (found !== null) {
    return gitFailure(
      "ProtocolError",
      `The server names a ref with ${found.head} in one answer and not in another. It is asked again later.`,
    );
  }
  if (list.count === 0) {
    const message =
      "The repository has no branch and no tag: nothing was pushed yet, or all of them were deleted. Push what is followed.";
    return gitFailure("RepositoryEmpty", message);
  }
  return wanted.missing(list);
}

function wantedBranch(branch: string): WantedRef {
  const [ref, twin] = [`refs/heads/${branch}`, `refs/tags/${branch}`];
  return {
    kind: "moving",
    ...namesAsked(ref, twin),
    choose: (refs) => {
      const found = refs.get(ref);
      return found === undefined ? null : { head: found.oid };
    },
    missing: ({ refs, headTarget }) => branchMissing(branch, headTarget, refs.has(twin)),
  };
}

function wantedTag(tag: string): WantedRef {
  const [ref, twin] = [`refs/tags/${tag}`, `refs/heads/${tag}`];
  return {
    kind: "moving",
    ...namesAsked(ref, twin),
    choose: (refs) => {
      const found = refs.get(ref);
      return found === undefined ? null : { head: found.peeled ?? found.oid, tag };
    },
    missing: ({ refs }) => {
      const why = refs.has(twin) ? ": that is a branch, and Ref.Tag takes a tag" : "";
      return gitFailure(
        "TagMissing",
        `The repository has no tag ${quoted(tag)}${why}. Rooms are kept as they are. Push the tag, or check Ref.Tag.`,
      );
    },
  };
}

function wantedVersion(range: string): WantedRef {
  const keeps = (name: string) => versionTagName(name) !== null;
  return {
    kind: "moving",
    question: { prefixes: versionPrefixes(range), keeps },
    absence: { prefixes: ["refs/tags/"], keeps },
    choose: (refs) => chooseVersion(range, refs),
    missing: ({ refs }) => noVersion(range, refs),
  };
}

/** Asks for one ref; where it is not there, also for what is easily taken for it. */
function namesAsked(ref: string, twin: string): Pick<WantedRef, "question" | "absence"> {
  return {
    question: { prefixes: [ref], keeps: (name) => name === ref },
    absence: { prefixes: [ref, twin], keeps: (name) => name === ref || name === twin },
  };
}

function branchMissing(branch: string, headTarget: string | null, isTag: boolean): Error {
  if (isTag) {
    return gitFailure(
      "BranchMissing",
      `The repository has no branch ${quoted(branch)}: that is a tag, and Ref.Branch takes a branch. ` +
        "Write it as Ref.Tag, or make a branch of it.",
    );
  }
  const renamed =
    headTarget === null
      ? ""
      : `; the server's default branch is now ${quoted(shortened(headTarget.replace(/^refs\/heads\//, ""), 100))}`;
  return gitFailure(
    "BranchMissing",
    `The repository has no branch ${quoted(branch)}${renamed}. Check Ref.Branch, or push the branch.`,
  );
}
