import { FORGE_LIMITS } from "../forge-limits.ts";
import type { Bounded, ForgeAnswer, PullRequest, PullRequests } from "../forge.ts";
import { assertObjectId } from "../object-id.ts";
import { mapped } from "../library-caller.ts";
import type { GithubCaller } from "./github-caller.ts";
import { NEEDS } from "./github-needs.ts";
import { filesWire, pullRequestWire, pullRequestsWire, toPullRequest } from "./github-wire.ts";
import type { PullRequestWire } from "./github-wire.ts";

/** GitHub lists no more files of a pull request than these, and does not say that there are more. */
const MOST_FILES = 3000;

const ABSENT: ReadonlyMap<number, null> = new Map([[404, null]]);

/** A commit that GitHub does not know yet. */
const UNKNOWN_COMMIT: ReadonlyMap<number, readonly PullRequestWire[]> = new Map([
  [404, []],
  [422, []],
]);

export function githubPullRequests(caller: GithubCaller): PullRequests {
  const ours = (wire: PullRequestWire) => toPullRequest(wire, caller.repository);
  return {
    open: async (branch, signal) => {
      const answer = await caller.list(
        {
          what: `the open pull requests into "${branch}"`,
          needs: NEEDS.read,
          wire: pullRequestsWire,
          mostPages: FORGE_LIMITS.pages,
          send: ({ rest, common }, page) =>
            rest.pulls.list({
              ...common,
              ...page,
              state: "open",
              base: branch,
              sort: "created",
              direction: "asc",
            }),
        },
        signal,
      );
      return mapped(answer, ({ list, isWhole }) => ({
        list: byNumber(list.map(ours).filter(({ baseBranch }) => baseBranch === branch)),
        isWhole,
      }));
    },

    get: async (number, signal) =>
      mapped(await askPullRequest(caller, number, signal), (wire) =>
        wire === null ? null : ours(wire),
      ),

    mergedAs: async (sha, branch, signal) => mergedAs(caller, { sha, branch }, signal),

    files: async (number, signal) => {
      const answer = await caller.list(
        {
          what: `the files of pull request ${number}`,
          needs: NEEDS.read,
          wire: filesWire,
          mostPages: FORGE_LIMITS.filePages,
          send: ({ rest, common }, page) =>
            rest.pulls.listFiles({ ...common, ...page, pull_number: number }),
        },
        signal,
      );
      return mapped(answer, ({ list, isWhole }) => ({
        list: list.map(({ filename, previous_filename: previous }) => ({
          path: filename,
          previousPath: previous ?? null,
        })),
        isWhole: isWhole && list.length < MOST_FILES,
      }));
    },
  };
}

/** Null: it is absent. */
export function askPullRequest(
  caller: GithubCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<PullRequestWire | null>> {
  return caller.ask<PullRequestWire | null>(
    {
      what: `pull request ${number}`,
      needs: NEEDS.read,
      wire: pullRequestWire,
      send: ({ rest, common }) => rest.pulls.get({ ...common, pull_number: number }),
      means: ABSENT,
    },
    signal,
  );
}

/** GitHub answers open ones too, of which `merge_commit_sha` is a test merge, and those of other branches. */
async function mergedAs(
  caller: GithubCaller,
  { sha, branch }: { readonly sha: string; readonly branch: string },
  signal: AbortSignal,
): Promise<ForgeAnswer<readonly PullRequest[]>> {
  assertObjectId(sha);
  const answer: ForgeAnswer<Bounded<PullRequestWire>> = await caller.list(
    {
      what: `the pull request that was merged as ${sha}`,
      needs: NEEDS.read,
      wire: pullRequestsWire,
      mostPages: FORGE_LIMITS.pages,
      send: ({ rest, common }, page) =>
        rest.repos.listPullRequestsAssociatedWithCommit({ ...common, ...page, commit_sha: sha }),
      means: UNKNOWN_COMMIT,
    },
    signal,
  );
  return mapped(answer, ({ list }) =>
    byNumber(list.map((wire) => toPullRequest(wire, caller.repository))).filter(
      (each) => each.mergeSha === sha && each.baseBranch === branch && each.isOurBase,
    ),
  );
}

/** Between two pages a list may move, so that one comes twice. */
function byNumber(list: readonly PullRequest[]): readonly PullRequest[] {
  const found = new Map(list.map((each) => [each.number, each]));
  return [...found.values()].toSorted((a, b) => a.number - b.number);
}
