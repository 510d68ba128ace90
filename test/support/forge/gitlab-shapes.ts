import type {
  CommitStatusSchema,
  ExpandedMergeRequestSchema,
  LabelEventSchema,
  LabelSchema,
  MergeRequestDiffSchema,
  MergeRequestDiffVersionsSchema,
  MergeRequestNoteSchema,
  MergeRequestSchema,
  SimpleLabelSchema,
} from "@gitbeaker/rest";
import { filesBetween } from "../git-diff.ts";
import type { Hub, HubComment, HubEvent, HubLabel, HubPerson, HubPull, HubStatus } from "./hub.ts";

/** GitLab's answers, member by member, as the library's types describe them. What they leave out, and GitLab has, is added. */

export interface GitlabContext {
  readonly hub: Hub;
  readonly origin: string;
}

type User = MergeRequestSchema["author"];

export function userShape({ id, login }: HubPerson, { origin }: GitlabContext): User {
  return {
    id,
    username: login,
    name: login,
    state: "active",
    locked: false,
    avatar_url: `${origin}/uploads/-/system/user/avatar/${id}/avatar.png`,
    web_url: `${origin}/${login}`,
  };
}

/** With milliseconds, as GitLab writes times. */
export function time(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function simpleLabelShape({ id, name }: HubLabel): SimpleLabelSchema {
  return {
    id,
    name,
    description: null,
    description_html: "",
    text_color: "#FFFFFF",
    color: "#2da44e",
  };
}

export function labelShape(label: HubLabel): LabelSchema {
  return {
    ...simpleLabelShape(label),
    open_issues_count: 0,
    closed_issues_count: 0,
    open_merge_requests_count: 0,
    subscribed: false,
    priority: 0,
    is_project_label: true,
  };
}

/** Which commits a merge made, by its style. */
function mergeCommits({ merged }: HubPull): {
  readonly merge_commit_sha: string | null;
  readonly squash_commit_sha: string | null;
} {
  return {
    merge_commit_sha: merged?.style === "merge" ? merged.sha : null,
    squash_commit_sha: merged?.style === "squash" ? merged.sha : null,
  };
}

/** Only a list that is asked for them has whole labels. */
export function mergeRequestShape(
  pull: HubPull,
  context: GitlabContext,
  withLabels = false,
): MergeRequestSchema {
  const labels = [...pull.labels];
  const { hub, origin } = context;
  const { number, merged } = pull;
  return {
    id: pull.id,
    iid: number,
    project_id: hub.projectId,
    title: pull.title,
    description: null,
    state: merged === null ? (pull.state === "open" ? "opened" : "closed") : "merged",
    created_at: time(pull.atMs),
    updated_at: time(pull.atMs),
    web_url: `${origin}/${hub.fullName}/-/merge_requests/${number}`,
    merged_by: merged === null ? null : userShape(merged.by, context),
    merged_at: merged === null ? null : time(merged.atMs),
    closed_by: null,
    closed_at: null,
    target_branch: pull.base,
    source_branch: pull.branch,
    user_notes_count: 0,
    upvotes: 0,
    downvotes: 0,
    author: userShape(pull.author, context),
    assignees: [],
    assignee: null,
    reviewers: [],
    source_project_id: hub.projectId + (pull.fork?.id ?? 0),
    target_project_id: hub.projectId,
    labels: withLabels ? labels.map(simpleLabelShape) : labels.map(({ name }) => name),
    draft: pull.isDraft,
    work_in_progress: pull.isDraft,
    milestone: null,
    merge_when_pipeline_succeeds: false,
    merge_status: "can_be_merged",
    detailed_merge_status: "mergeable",
    sha: pull.sha,
    ...mergeCommits(pull),
    discussion_locked: null,
    should_remove_source_branch: null,
    force_remove_source_branch: false,
    reference: `!${number}`,
    references: { short: `!${number}`, relative: `!${number}`, full: `${hub.fullName}!${number}` },
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    squash: false,
    task_completion_status: { count: 0, completed_count: 0 },
    prepared_at: time(pull.atMs),
    has_conflicts: false,
    blocking_discussions_resolved: true,
    approvals_before_merge: null,
  };
}

export function singleMergeRequestShape(
  pull: HubPull,
  context: GitlabContext,
): ExpandedMergeRequestSchema {
  const base = context.hub.mergeBase(pull);
  return {
    ...mergeRequestShape(pull, context),
    subscribed: false,
    changes_count: String(filesBetween(context.hub.git, base, pull.sha).length),
    latest_build_started_at: null,
    latest_build_finished_at: null,
    first_deployed_to_production_at: null,
    pipeline: null,
    head_pipeline: null,
    diff_refs: { base_sha: base, head_sha: pull.sha, start_sha: base },
    merge_error: null,
    first_contribution: false,
    user: { can_merge: true },
  };
}

export function diffsShape(pull: HubPull, { hub }: GitlabContext): MergeRequestDiffSchema[] {
  return filesBetween(hub.git, hub.mergeBase(pull), pull.sha).map(
    ({ path, previousPath, letter }) => ({
      old_path: previousPath ?? path,
      new_path: path,
      a_mode: letter === "A" ? "0" : "100644",
      b_mode: letter === "D" ? "0" : "100644",
      new_file: letter === "A",
      renamed_file: letter === "R",
      deleted_file: letter === "D",
      generated_file: false,
      collapsed: false,
      too_large: false,
      diff: "@@ -0,0 +1 @@\n+1\n",
    }),
  );
}

export function labelEventShape(event: HubEvent, context: GitlabContext): LabelEventSchema {
  const { id, by, atMs, pull, label, kind } = event;
  if (label === null) throw new Error("this is not an event of a label");
  return {
    id,
    user: userShape(by, context),
    created_at: time(atMs),
    resource_type: "MergeRequest",
    resource_id: pull.id,
    label: labelShape(label),
    action: kind === "label" ? "add" : "remove",
  };
}

/** The library's type knows the events of issues alone. */
export function stateEventShape(event: HubEvent, context: GitlabContext, state: string): object {
  const { id, by, atMs, pull } = event;
  return {
    id,
    user: userShape(by, context),
    created_at: time(atMs),
    resource_type: "MergeRequest",
    resource_id: pull.id,
    source_commit: null,
    source_merge_request_id: null,
    state,
  };
}

export function versionShape(
  event: HubEvent,
  { hub }: GitlabContext,
): MergeRequestDiffVersionsSchema {
  const { id, atMs, pull, text } = event;
  const base = hub.mergeBase(pull);
  return {
    id,
    head_commit_sha: text,
    base_commit_sha: base,
    start_commit_sha: base,
    created_at: time(atMs),
    merge_request_id: pull.id,
    state: "collected",
    real_size: "1",
    patch_id_sha: null,
  };
}

interface Noted {
  readonly id: number;
  readonly pull: HubPull;
  readonly by: HubPerson;
  readonly body: string;
  readonly atMs: number;
  readonly isSystem: boolean;
}

export function noteShape(noted: Noted, context: GitlabContext): MergeRequestNoteSchema {
  const { id, pull, by, body, atMs, isSystem } = noted;
  return {
    id,
    type: null,
    body,
    attachment: null,
    author: userShape(by, context),
    created_at: time(atMs),
    updated_at: time(atMs),
    system: isSystem,
    noteable_id: pull.id,
    noteable_type: "MergeRequest",
    project_id: context.hub.projectId,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: "none",
    noteable_iid: pull.number,
    commands_changes: {},
  };
}

export function noteOfComment(comment: HubComment): Noted {
  return { ...comment, isSystem: false };
}

/** Where a status leads nowhere GitLab writes null, which the library's type does not say. */
type Status = Omit<CommitStatusSchema, "target_url"> & { readonly target_url: string | null };

export function statusShape(status: HubStatus, context: GitlabContext): Status {
  const { id, sha, state, targetUrl, description, atMs } = status;
  return {
    id,
    sha,
    ref: "main",
    status: STATES.find((each) => each === state) ?? "pending",
    name: status.context,
    target_url: targetUrl,
    description,
    created_at: time(atMs),
    allow_failure: false,
    coverage: null,
    pipeline_id: 1,
    author: userShape(status.by, context),
  };
}

const STATES = ["pending", "running", "success", "failed", "canceled"] as const;
