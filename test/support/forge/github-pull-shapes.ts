import type { RestEndpointMethodTypes } from "@octokit/rest";
import { labelShape, repositoryShape, time, userShape } from "./github-shapes.ts";
import type { ShapeContext } from "./github-shapes.ts";
import { filesBetween } from "../git-diff.ts";
import type { HubComment, HubPull, HubStatus } from "./hub.ts";

/** What GitHub answers about pull requests, comments and statuses; held to the library's types as in `github-shapes.ts`. */

type Pulls = RestEndpointMethodTypes["pulls"];
type PullListed = Pulls["list"]["response"]["data"][number];
type PullSingle = Pulls["get"]["response"]["data"];
type FileListed = Pulls["listFiles"]["response"]["data"][number];
type Comment = RestEndpointMethodTypes["issues"]["createComment"]["response"]["data"];
type Status = RestEndpointMethodTypes["repos"]["createCommitStatus"]["response"]["data"];
type CombinedStatus =
  RestEndpointMethodTypes["repos"]["getCombinedStatusForRef"]["response"]["data"];

/** Before a merge `merge_commit_sha` is that of a test merge, which is on no branch. */
function mergeShaOf({ number, merged }: HubPull): string {
  return merged?.sha ?? number.toString(16).padStart(40, "7");
}

export function pullShape(pull: HubPull, context: ShapeContext): PullListed {
  const { hub, api } = context;
  const { number, merged } = pull;
  const url = `${api}/repos/${hub.fullName}/pulls/${number}`;
  const issue = `${api}/repos/${hub.fullName}/issues/${number}`;
  const page = `https://github.com/${hub.fullName}/pull/${number}`;
  const closedMs = pull.state === "closed" ? (merged?.atMs ?? pull.atMs) : null;
  const owner = pull.fork?.login ?? hub.owner;
  const href = (address: string) => ({ href: address });
  return {
    url,
    id: pull.id,
    node_id: `PR_${pull.id}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userShape(pull.author, context),
    body: null,
    created_at: time(pull.atMs),
    updated_at: time(pull.atMs),
    closed_at: closedMs === null ? null : time(closedMs),
    merged_at: merged === null ? null : time(merged.atMs),
    merge_commit_sha: mergeShaOf(pull),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [...pull.labels].map((label) => labelShape(label, context)),
    milestone: null,
    draft: pull.isDraft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/repos/${hub.fullName}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${api}/repos/${hub.fullName}/statuses/${pull.sha}`,
    head: {
      label: `${owner}:${pull.branch}`,
      ref: pull.branch,
      sha: pull.sha,
      user: userShape(pull.fork ?? pull.author, context),
      repo: repositoryShape(context, pull.fork),
    },
    base: {
      label: `${hub.owner}:${pull.base}`,
      ref: pull.base,
      sha: hub.git.head(pull.base) ?? "",
      user: userShape(hub.people.ada, context),
      repo: repositoryShape(context),
    },
    _links: {
      self: href(url),
      html: href(page),
      issue: href(issue),
      comments: href(`${issue}/comments`),
      review_comments: href(`${url}/comments`),
      review_comment: href(`${api}/repos/${hub.fullName}/pulls/comments{/number}`),
      commits: href(`${url}/commits`),
      statuses: href(`${api}/repos/${hub.fullName}/statuses/${pull.sha}`),
    },
    author_association: "CONTRIBUTOR",
    auto_merge: null,
  };
}

/** The single answer says more than the lists. */
export function singlePullShape(pull: HubPull, context: ShapeContext): PullSingle {
  const { merged } = pull;
  const listed = pullShape(pull, context);
  return {
    ...listed,
    state: pull.state,
    user: userShape(pull.author, context),
    head: { ...listed.head, user: userShape(pull.fork ?? pull.author, context) },
    base: { ...listed.base, user: userShape(context.hub.people.ada, context) },
    labels: [...pull.labels].map((label) => labelShape(label, context)),
    merged: merged !== null,
    mergeable: merged === null ? true : null,
    rebaseable: null,
    mergeable_state: merged === null ? "clean" : "unknown",
    merged_by: merged === null ? null : userShape(merged.by, context),
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: filesOf(pull, context).length,
  };
}

function filesOf(pull: HubPull, { hub }: ShapeContext) {
  return filesBetween(hub.git, hub.mergeBase(pull), pull.sha);
}

const STATUSES: ReadonlyMap<string, FileListed["status"]> = new Map([
  ["A", "added"],
  ["D", "removed"],
  ["R", "renamed"],
]);

export function filesShape(pull: HubPull, context: ShapeContext): FileListed[] {
  const { hub, api } = context;
  return filesOf(pull, context).map(({ path, previousPath, letter }) => {
    const place = `${encodeURIComponent(path)}?ref=${pull.sha}`;
    return {
      sha: "5".repeat(40),
      filename: path,
      status: STATUSES.get(letter) ?? "modified",
      additions: 1,
      deletions: 0,
      changes: 1,
      blob_url: `https://github.com/${hub.fullName}/blob/${pull.sha}/${encodeURIComponent(path)}`,
      raw_url: `https://github.com/${hub.fullName}/raw/${pull.sha}/${encodeURIComponent(path)}`,
      contents_url: `${api}/repos/${hub.fullName}/contents/${place}`,
      patch: "@@ -0,0 +1 @@\n+1",
      ...(previousPath === null ? {} : { previous_filename: previousPath }),
    };
  });
}

export function commentShape(comment: HubComment, context: ShapeContext): Comment {
  const { hub, api } = context;
  const { id, pull, body } = comment;
  const page = `https://github.com/${hub.fullName}/pull/${pull.number}`;
  return {
    id,
    node_id: `IC_${id}`,
    url: `${api}/repos/${hub.fullName}/issues/comments/${id}`,
    html_url: `${page}#issuecomment-${id}`,
    issue_url: `${api}/repos/${hub.fullName}/issues/${pull.number}`,
    body,
    user: userShape(comment.by, context),
    created_at: time(comment.atMs),
    updated_at: time(comment.atMs),
    author_association: "CONTRIBUTOR",
  };
}

export function statusShape(status: HubStatus, context: ShapeContext): Status {
  const { hub, api } = context;
  const { id, state, description, targetUrl, atMs } = status;
  return {
    url: `${api}/repos/${hub.fullName}/statuses/${status.sha}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${status.by.id}`,
    id,
    node_id: `SC_${id}`,
    state,
    description,
    target_url: targetUrl ?? "",
    context: status.context,
    created_at: time(atMs),
    updated_at: time(atMs),
    creator: userShape(status.by, context),
  };
}

/** The newest of each context. */
export function combinedShape(
  sha: string,
  newest: readonly HubStatus[],
  context: ShapeContext,
): CombinedStatus {
  const url = `${context.api}/repos/${context.hub.fullName}/commits/${sha}`;
  return {
    state: newest.every(({ state }) => state === "success") ? "success" : "pending",
    statuses: newest.map((status) => {
      const { creator: _, state, ...shape } = statusShape(status, context);
      return {
        ...shape,
        // GitHub's schema names any text; it is one of four.
        state,
        target_url: status.targetUrl,
      };
    }),
    sha,
    total_count: newest.length,
    repository: { ...repositoryShape(context), license: null },
    commit_url: url,
    url: `${url}/status`,
  };
}
