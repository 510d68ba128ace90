import { filesBetween } from "../git-diff.ts";
import { branchTip } from "./gitea-git.ts";
import { labelsOf, repoShape, time, userShape } from "./gitea-shapes.ts";
import type { ShapeContext } from "./gitea-shapes.ts";
import { fullName } from "./gitea-state.ts";
import type { Pull, Repo } from "./gitea-state.ts";

/** `head`: what the single answer shows as its head; null: the answer of a list. */
export function pullShape(
  repo: Repo,
  pull: Pull,
  { context, head }: { readonly context: ShapeContext; readonly head: string | null },
): object {
  const page = `${context.hostUrl}/${fullName(repo)}/pulls/${pull.number}`;
  const none = head === null ? null : [];
  const { merged } = pull;
  const from = pull.head.repo;
  const isLost = from === null;
  const ref = isLost || pull.head.isAgit ? `refs/pull/${pull.number}/head` : pull.head.branch;
  const comments = repo.events.filter(
    ({ type, pull: number }) => type === "comment" && number === pull.number,
  );
  const base = branchTip(repo, pull.base) ?? pull.baseSha;
  return {
    id: pull.id,
    url: page,
    number: pull.number,
    user: userShape(pull.author, context),
    title: pull.title,
    body: pull.body,
    labels: labelsOf(pull, repo, context),
    milestone: null,
    assignee: null,
    assignees: none,
    requested_reviewers: none,
    requested_reviewers_teams: none,
    state: pull.state,
    draft: /^(?:WIP:|\[WIP\])/i.test(pull.title),
    is_locked: pull.isLocked,
    comments: comments.length,
    review_comments: pull.reviews,
    ...(head === null || isLost || pull.head.isAgit ? {} : sizeOf(repo, pull)),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    mergeable: head !== null,
    merged: merged !== null,
    merged_at: merged === null ? null : time(merged.atMs),
    merge_commit_sha: merged?.sha ?? null,
    merged_by: merged === null ? null : userShape(merged.by, context),
    allow_maintainer_edit: !pull.head.isAgit,
    base: {
      label: pull.base,
      ref: pull.base,
      sha: base,
      repo_id: repo.id,
      repo: repoShape(repo, context),
    },
    head: {
      label: pull.head.isAgit ? "" : pull.head.branch,
      ref,
      sha: head ?? pull.sha,
      repo_id: from?.id ?? -1,
      repo: from === null ? null : repoShape(from, context),
    },
    merge_base: pull.mergeBase,
    due_date: null,
    created_at: time(pull.createdMs),
    updated_at: time(pull.updatedMs),
    closed_at: pull.closedMs === null ? null : time(pull.closedMs),
    pin_order: 0,
    content_version: 0,
  };
}

function sizeOf(repo: Repo, pull: Pull): object {
  const files = filesBetween(repo.git, pull.mergeBase, pull.sha);
  const sum = (of: "additions" | "deletions") => files.reduce((all, file) => all + file[of], 0);
  return {
    additions: sum("additions"),
    deletions: sum("deletions"),
    changed_files: files.length,
  };
}
