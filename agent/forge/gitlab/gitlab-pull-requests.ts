import { FORGE_LIMITS } from "../forge-limits.ts";
import type { Bounded, ChangedFile, ForgeAnswer, PullRequest, PullRequests } from "../forge.ts";
import { mapped } from "../library-caller.ts";
import type { ListQuestion } from "../library-caller.ts";
import { assertObjectId } from "../object-id.ts";
import type { GitlabApi, GitlabCaller, Page } from "./gitlab-caller.ts";
import { NEEDS } from "./gitlab-needs.ts";
import type { GitlabProject } from "./gitlab-project.ts";
import { changesCountWire, diffsWire, mergeRequestsWire, toPullRequest } from "./gitlab-wire.ts";
import type { MergeRequestWire } from "./gitlab-wire.ts";

/** Merge requests. Their number is GitLab's `iid`. */
export function gitlabPullRequests(caller: GitlabCaller, project: GitlabProject): PullRequests {
  const withId = async <T>(
    signal: AbortSignal,
    ask: (id: number) => Promise<ForgeAnswer<T>>,
  ): Promise<ForgeAnswer<T>> => {
    const id = await project.id(signal);
    return id.kind === "failed" ? id : ask(id.value);
  };
  return {
    open: (branch, signal) =>
      withId(signal, async (id) =>
        mapped(await caller.list(openQuestion(branch), signal), ({ list, isWhole }) => ({
          // One without commits has nothing that could be planned, or be given a status.
          list: byNumber(list, id).filter(
            ({ baseBranch, headSha }) => baseBranch === branch && headSha !== "",
          ),
          isWhole,
        })),
      ),
    get: (number, signal) => withId(signal, async (id) => get(caller, { number, id }, signal)),
    mergedAs: async (sha, branch, signal) => {
      assertObjectId(sha);
      return withId(signal, async (id) => {
        const answer = await caller.list(mergedQuestion(sha), signal);
        if (answer.kind === "failed") return answer;
        const found = byNumber(answer.value.list, id).filter(
          (each) => each.mergeSha === sha && each.baseBranch === branch && each.isOurBase,
        );
        const whole: PullRequest[] = [];
        for (const { number } of found) {
          const one = await get(caller, { number, id }, signal);
          if (one.kind === "failed") return one;
          if (one.value !== null) whole.push(one.value);
        }
        return { kind: "ok", value: whole };
      });
    },
    files: (number, signal) => files(caller, number, signal),
  };
}

function openQuestion(branch: string): ListQuestion<GitlabApi, Page, MergeRequestWire> {
  return {
    what: `the open merge requests into "${branch}"`,
    needs: NEEDS.read,
    wire: mergeRequestsWire,
    mostPages: FORGE_LIMITS.pages,
    send: ({ project: projectId, answer }, page) =>
      answer(({ MergeRequests }, options) =>
        new MergeRequests(options).all({
          projectId,
          state: "opened",
          scope: "all",
          withLabelsDetails: true,
          targetBranch: branch,
          orderBy: "created_at",
          sort: "asc",
          ...page,
        }),
      ),
  };
}

/** By a list of one: GitLab's answer about a single one, and about a commit, has no ids of labels. */
async function get(
  caller: GitlabCaller,
  { number, id }: { readonly number: number; readonly id: number },
  signal: AbortSignal,
): Promise<ForgeAnswer<PullRequest | null>> {
  const answer = await caller.ask(
    {
      what: `merge request ${number}`,
      needs: NEEDS.read,
      wire: mergeRequestsWire,
      send: ({ project: projectId, answer }) =>
        answer(({ MergeRequests }, options) =>
          new MergeRequests(options).all({
            projectId,
            iids: [number],
            scope: "all",
            withLabelsDetails: true,
            page: 1,
          }),
        ),
    },
    signal,
  );
  return mapped(answer, (list) => {
    const wire = list.find(({ iid }) => iid === number);
    return wire === undefined ? null : toPullRequest(wire, id);
  });
}

function mergedQuestion(sha: string): ListQuestion<GitlabApi, Page, MergeRequestWire> {
  return {
    what: `the merge request that was merged as ${sha}`,
    needs: NEEDS.read,
    wire: mergeRequestsWire,
    mostPages: FORGE_LIMITS.pages,
    send: ({ project, answer }, page) =>
      answer(({ Commits }, options) => new Commits(options).allMergeRequests(project, sha, page)),
    // A commit that GitLab does not know yet.
    means: new Map([[404, []]]),
  };
}

/** Between two pages a list may move, so that one comes twice. */
function byNumber(list: readonly MergeRequestWire[], projectId: number): readonly PullRequest[] {
  const found = new Map(list.map((wire) => [wire.iid, toPullRequest(wire, projectId)]));
  return [...found.values()].toSorted((a, b) => a.number - b.number);
}

async function files(
  caller: GitlabCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<Bounded<ChangedFile>>> {
  const subject = { what: `the files of merge request ${number}`, needs: NEEDS.read };
  const counted = await caller.ask(
    {
      ...subject,
      wire: changesCountWire,
      send: ({ project, answer }) =>
        answer(({ MergeRequests }, options) => new MergeRequests(options).show(project, number)),
    },
    signal,
  );
  if (counted.kind === "failed") return counted;
  const answer = await caller.list(
    {
      ...subject,
      wire: diffsWire,
      mostPages: FORGE_LIMITS.filePages,
      send: ({ project, answer }, page) =>
        answer(({ MergeRequests }, options) =>
          new MergeRequests(options).allDiffs(project, number, page),
        ),
    },
    signal,
  );
  return mapped(answer, ({ list, isWhole }) => ({
    list: list.map(({ old_path, new_path }) => ({
      path: new_path,
      previousPath: old_path === new_path ? null : old_path,
    })),
    isWhole: isWhole && list.length >= counted.value,
  }));
}
