import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import { gitFailure } from "./git-failure.ts";
import type { AdvertisedRefs, RefList, RefQuestion } from "./git-transport.ts";

/** What is asked of a server to learn where a branch points. `branch` is without `refs/heads/`. */
export function refQuestion(branch: string): RefQuestion {
  return { prefixes: [headOf(branch)], keeps: (name) => name === headOf(branch) };
}

/** The same of its full list of refs, with what makes a missing branch plain: a tag is easily taken for one. */
export function absenceQuestion(branch: string): RefQuestion {
  const names = [headOf(branch), tagOf(branch)];
  return { prefixes: names, keeps: (name) => names.includes(name) };
}

/** The commit id that the branch points to; null where it is not among these refs. */
export function chooseHead(branch: string, refs: AdvertisedRefs): string | null {
  return refs.get(headOf(branch))?.oid ?? null;
}

/** Why there is no head, out of a full list of refs. */
export function headMissing(branch: string, { refs, count, headTarget }: RefList): Error {
  if (refs.has(headOf(branch))) {
    return gitFailure(
      "ProtocolError",
      `The server names ${headOf(branch)} in one answer and not in another. It is asked again later.`,
    );
  }
  if (count === 0) {
    return gitFailure("RepositoryEmpty", "The repository has no commit yet. Push one.");
  }
  if (refs.has(tagOf(branch))) {
    return gitFailure(
      "BranchMissing",
      `The repository has no branch ${quoted(branch)}: that is a tag, and Ref.Branch takes a branch. ` +
        "Check Ref.Branch, or make a branch of it.",
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

function headOf(branch: string): string {
  return `refs/heads/${branch}`;
}

function tagOf(branch: string): string {
  return `refs/tags/${branch}`;
}
