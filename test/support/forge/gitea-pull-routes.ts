import { z } from "zod";
import { filesBetween } from "../git-diff.ts";
import { branchTip } from "./gitea-git.ts";
import {
  bodyOf,
  isAtLeast,
  json,
  notFound,
  paged,
  personOf,
  pullOf,
  refusal,
  repoOf,
} from "./gitea-http.ts";
import type { Asking, Reply, Route } from "./gitea-http.ts";
import { mayMerge, missingStatus } from "./gitea-protection.ts";
import { fullName } from "./gitea-state.ts";
import type { Pull, Repo } from "./gitea-state.ts";

/** Pull requests: lists, lookups, changes and merges. */

const REPO = "/repos/:owner/:repo";

const newPull = z.object({
  head: z.string().min(1),
  base: z.string().min(1),
  title: z.string().min(1),
  body: z.string().default(""),
  labels: z.array(z.int()).default([]),
});

function createPull(asking: Asking): Reply {
  const { state, pulls, context } = asking;
  const repo = repoOf(asking);
  const wanted = bodyOf(asking, newPull);
  const author = personOf(asking);
  const [owner, branch] = wanted.head.includes(":") ? wanted.head.split(":") : [null, wanted.head];
  const from =
    owner === null
      ? repo
      : state.repos.find((each) => each.fork === repo && each.owner.login === owner);
  const sha = from === undefined ? null : branchTip(from, branch ?? "");
  const isBase = branchTip(repo, wanted.base);
  if (from === undefined || sha === null || isBase === null) return notFound(asking);
  if (from === repo && branch === wanted.base) {
    return refusal(
      asking,
      422,
      "Invalid PullRequest: There are no changes between the head and the base",
    );
  }
  const twin = repo.pulls.find(
    ({ head, base, state: now }) =>
      now === "open" && head.repo === from && head.branch === branch && base === wanted.base,
  );
  if (twin !== undefined) {
    const ids = `[id: ${twin.id}, issue_id: ${twin.id}, head_repo_id: ${from.id}, base_repo_id: ${repo.id}, head_branch: ${branch}, base_branch: ${wanted.base}]`;
    return refusal(asking, 409, `pull request already exists for these targets ${ids}`);
  }
  const known = wanted.labels.filter((id) => repo.labels.some((label) => label.id === id));
  const head = { repo: from, branch: branch ?? "", isAgit: false };
  // Whoever may read may set labels here.
  const pull = pulls.open(repo, { ...wanted, author, head, sha, labels: known });
  return json(201, pulls.shape(repo, pull, { context, isSingle: true }));
}

function listPulls(asking: Asking): Reply {
  const { query, pulls, context } = asking;
  const repo = repoOf(asking);
  const state = query.get("state") ?? "open";
  const base = query.get("base_branch") ?? "";
  const found = repo.pulls.filter(
    (pull) => (state === "all" || pull.state === state) && (base === "" || pull.base === base),
  );
  const sorted = found.toSorted(orderOf(query.get("sort") ?? ""));
  return paged(
    asking,
    sorted.map((pull) => pulls.shape(repo, pull, { context, isSingle: false })),
  );
}

function orderOf(sort: string): (a: Pull, b: Pull) => number {
  if (sort === "oldest") return (a, b) => a.number - b.number;
  if (sort === "recentupdate") return (a, b) => b.updatedMs - a.updatedMs || b.number - a.number;
  return (a, b) => b.number - a.number;
}

/** One pull request, whichever branch it was merged into: the older. */
function lookup(asking: Asking): Reply {
  const { pulls, params, context } = asking;
  const repo = repoOf(asking);
  const pull = repo.pulls.find(({ merged }) => merged?.sha === params["sha"]);
  if (pull === undefined || pull.lookupsBehind > 0) {
    if (pull !== undefined) pull.lookupsBehind -= 1;
    const ids = `[id: 0, issue_id: 0, head_repo_id: 0, base_repo_id: ${repo.id}, head_branch: , base_branch: ]`;
    return refusal(asking, 404, `pull request does not exist ${ids}`);
  }
  return json(200, pulls.shape(repo, pull, { context, isSingle: true }));
}

const change = z.object({
  title: z.string().optional(),
  body: z.string().optional(),
  base: z.string().optional(),
  state: z.enum(["open", "closed"]).optional(),
  allow_maintainer_edit: z.boolean().optional(),
});

function editPull(asking: Asking): Reply {
  const { state, pulls, context } = asking;
  const { repo, pull } = pullOf(asking);
  const by = personOf(asking);
  const mayEdit = by.id === pull.author.id || isAtLeast(state.roleOf(by, repo), "write");
  if (!mayEdit) return { status: 403 };
  const wanted = bodyOf(asking, change);
  if (wanted.title !== undefined) pull.title = wanted.title;
  if (wanted.body !== undefined) pull.body = wanted.body;
  if (wanted.base !== undefined && wanted.base !== pull.base) {
    if (branchTip(repo, wanted.base) === null) return notFound(asking);
    pulls.retarget(repo, pull, { base: wanted.base, by });
  }
  if (wanted.state !== undefined) {
    if (pull.merged !== null) return refusal(asking, 412, "The PR has already been merged");
    pulls.setState(repo, pull, { state: wanted.state, by });
  }
  // It moves the time of the merge.
  if (wanted.allow_maintainer_edit !== undefined && pull.merged !== null) {
    pull.merged.atMs = state.nowMs();
  }
  return json(201, pulls.shape(repo, pull, { context, isSingle: true }));
}

const merge = z.object({
  do: z.string().optional(),
  Do: z.string().optional(),
  head_commit_id: z.string().optional(),
  merge_commit_id: z.string().optional(),
  MergeCommitID: z.string().optional(),
  merge_title_field: z.string().optional(),
  MergeTitleField: z.string().optional(),
  merge_message_field: z.string().optional(),
  MergeMessageField: z.string().optional(),
  force_merge: z.boolean().optional(),
});

function mergePull(asking: Asking): Reply {
  const { state, pulls } = asking;
  const { repo, pull } = pullOf(asking);
  const by = personOf(asking);
  const wanted = bodyOf(asking, merge);
  const style = wanted.do ?? wanted.Do ?? "";
  if (style === "") return refusal(asking, 422, "[Do]: Required");
  if (pull.merged !== null) return refusal(asking, 405, "The PR is already merged");
  if (pull.state === "closed") return notFound(asking);
  if (!isAtLeast(state.roleOf(by, repo), "write") || !mayMerge(repo, pull.base, by)) {
    return refusal(asking, 405, "User not allowed to merge PR");
  }
  if (style === "manually-merged" && !repo.allowManualMerge) {
    const message = "manually-merged is not allowed an allowed merge style for this repository";
    return refusal(asking, 405, message);
  }
  if (/^(?:WIP:|\[WIP\])/i.test(pull.title)) {
    return refusal(asking, 405, "Work in progress PRs cannot be merged");
  }
  const head = pulls.headOf(pull);
  if (wanted.head_commit_id !== undefined && wanted.head_commit_id !== head) {
    return refusal(asking, 409, "head out of date");
  }
  if (style !== "manually-merged" && missingStatus(repo, pull.base, head)) {
    return refusal(asking, 405, "Not all required status checks successful");
  }
  const title =
    wanted.merge_title_field ?? wanted.MergeTitleField ?? defaultTitle(repo, pull, style);
  const text = wanted.merge_message_field ?? wanted.MergeMessageField ?? "";
  const message = text === "" ? title : `${title}\n\n${text}`;
  const sha = wanted.merge_commit_id ?? wanted.MergeCommitID ?? "";
  // A conflict is answered like a check that still runs.
  if (pulls.merge(repo, pull, { style, message, sha, by }) === null) {
    return refusal(asking, 405, "Please try again later");
  }
  return { status: 200 };
}

function defaultTitle(repo: Repo, { title, number, head, base }: Pull, style: string): string {
  if (style === "squash") return `${title} (#${number})`;
  return `Merge pull request '${title}' (#${number}) from ${head.branch} into ${base}\n\nReviewed-on: ${fullName(repo)}#${number}`;
}

function files(asking: Asking): Reply {
  const { repo, pull } = pullOf(asking);
  const { rootUrl, hostUrl } = asking.context;
  const name = fullName(repo);
  const list = filesBetween(repo.git, pull.mergeBase, pull.sha).map((file) => ({
    filename: file.path,
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
    status: STATUSES.get(file.letter) ?? "changed",
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    html_url: `${hostUrl}/${name}/src/commit/${pull.sha}/${file.path}`,
    contents_url: `${rootUrl}/api/v1/repos/${name}/contents/${file.path}?ref=${pull.sha}`,
    raw_url: `${hostUrl}/${name}/raw/commit/${pull.sha}/${file.path}`,
  }));
  const reply = paged(asking, list);
  const limit = Math.min(Number(asking.query.get("limit") ?? 30) || 30, 50);
  const page = Number(asking.query.get("page") ?? 1) || 1;
  return {
    ...reply,
    headers: {
      ...reply.headers,
      "x-hasmore": String(page * limit < list.length),
      "x-page": String(page),
      "x-perpage": String(limit),
      "x-pagecount": String(Math.max(Math.ceil(list.length / limit), 1)),
    },
  };
}

const STATUSES: ReadonlyMap<string, string> = new Map([
  ["A", "added"],
  ["D", "deleted"],
  ["R", "renamed"],
]);

/** A review whose comments on code are entries of the timeline that it never shows. */
function review(asking: Asking): Reply {
  const { state } = asking;
  const { repo, pull } = pullOf(asking);
  const user = personOf(asking);
  const { comments } = bodyOf(asking, z.object({ comments: z.array(z.unknown()).default([]) }));
  pull.reviews += 1;
  for (let count = 0; count < comments.length; count += 1) {
    state.addEvent(repo, pull, { type: "code", user });
  }
  state.addEvent(repo, pull, { type: "review", user });
  return json(200, { id: pull.reviews, state: "COMMENT", comments_count: comments.length });
}

export const pullRoutes: readonly Route[] = [
  { method: "GET", path: `${REPO}/pulls`, scope: "repository", answer: listPulls },
  { method: "POST", path: `${REPO}/pulls`, scope: "repository", answer: createPull },
  {
    method: "GET",
    path: `${REPO}/pulls/:index`,
    scope: "repository",
    answer: (asking) => {
      const { repo, pull } = pullOf(asking);
      const { context } = asking;
      return json(200, asking.pulls.shape(repo, pull, { context, isSingle: true }));
    },
  },
  { method: "PATCH", path: `${REPO}/pulls/:index`, scope: "repository", answer: editPull },
  { method: "GET", path: `${REPO}/pulls/:index/files`, scope: "repository", answer: files },
  { method: "POST", path: `${REPO}/pulls/:index/merge`, scope: "repository", answer: mergePull },
  { method: "POST", path: `${REPO}/pulls/:index/reviews`, scope: "repository", answer: review },
  { method: "GET", path: `${REPO}/commits/:sha/pull`, scope: "repository", answer: lookup },
  {
    method: "GET",
    path: `${REPO}/commits`,
    scope: "repository",
    answer: (asking) => {
      const repo = repoOf(asking);
      if (repo.git.refs().size === 0) return refusal(asking, 409, "Git Repository is empty.");
      const ids = repo.git.git("rev-list", "-n", "50", "--all").split("\n");
      return paged(
        asking,
        ids.map((sha) => ({ sha, message: repo.git.history.commit(sha).message })),
      );
    },
  },
];
