import { createHash } from "node:crypto";
import { refCountIn } from "../git-refs.ts";
import type {
  Event,
  Hook,
  Label,
  Protection,
  Pull,
  Repo,
  Role,
  Status,
  Token,
  User,
} from "./gitea-state.ts";
import { fullName } from "./gitea-state.ts";

/** The JSON that a Gitea 1.26.3 answers, member by member. */

export interface ShapeContext {
  /** `ROOT_URL`, without a `/` at its end. */
  readonly rootUrl: string;
  /** Scheme and host that the request was sent to; `ROOT_URL` in deliveries. */
  readonly hostUrl: string;
  readonly viewer: User | null;
  readonly roleOf: (user: User | null, repo: Repo) => Role;
  /** The person, or Ghost. */
  readonly still: (user: User) => User;
}

const NEVER = "0001-01-01T00:00:00Z";
const EPOCH = "1970-01-01T00:00:00Z";

/** In whole seconds. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function userShape(given: User, { rootUrl, viewer, still }: ShapeContext): object {
  const user = still(given);
  const isSelf = viewer !== null && (viewer.id === user.id || viewer.isAdmin);
  const hash = createHash("md5").update(user.email).digest("hex");
  return {
    id: user.id,
    login: user.login,
    login_name: "",
    source_id: 0,
    full_name: "",
    email: isSelf ? user.email : `${user.id}+${user.login}@noreply.localhost`,
    avatar_url: `${rootUrl}/avatars/${hash}`,
    html_url: `${rootUrl}/${user.login}`,
    language: "",
    is_admin: isSelf && user.isAdmin,
    last_login: isSelf ? EPOCH : NEVER,
    created: time(user.createdMs),
    restricted: false,
    active: isSelf,
    prohibit_login: false,
    location: "",
    website: "",
    description: "",
    visibility: "public",
    followers_count: 0,
    following_count: 0,
    starred_repos_count: 0,
    username: user.login,
  };
}

export function organizationShape(user: User, { rootUrl }: ShapeContext): object {
  return {
    id: user.id,
    name: user.login,
    full_name: "",
    email: "",
    avatar_url: `${rootUrl}/avatars/${createHash("md5").update(user.login).digest("hex")}`,
    description: "",
    website: "",
    location: "",
    visibility: "public",
    repo_admin_change_team_access: false,
    username: user.login,
  };
}

export function repoShape(repo: Repo, context: ShapeContext): Record<string, unknown> {
  const { rootUrl, hostUrl, viewer, roleOf } = context;
  const name = fullName(repo);
  const role = roleOf(viewer, repo);
  const count = refCountIn(repo.git.folder, "refs/heads");
  return {
    id: repo.id,
    owner: userShape(repo.owner, context),
    name: repo.name,
    full_name: name,
    description: "",
    empty: count === 0,
    private: repo.isPrivate,
    fork: repo.fork !== null,
    template: false,
    ...(repo.fork === null ? {} : { parent: repoShape(repo.fork, context) }),
    mirror: false,
    size: 24,
    language: "",
    languages_url: `${rootUrl}/api/v1/repos/${name}/languages`,
    html_url: `${hostUrl}/${name}`,
    url: `${rootUrl}/api/v1/repos/${name}`,
    link: "",
    ssh_url: `git@${new URL(rootUrl).hostname}:${name}.git`,
    clone_url: `${hostUrl}/${name}.git`,
    original_url: "",
    website: "",
    stars_count: 0,
    forks_count: 0,
    watchers_count: 1,
    branch_count: count,
    open_issues_count: 0,
    open_pr_counter: repo.pulls.filter(({ state }) => state === "open").length,
    release_counter: 0,
    default_branch: repo.defaultBranch,
    archived: repo.isArchived,
    created_at: time(repo.createdMs),
    updated_at: time(repo.updatedMs),
    archived_at: EPOCH,
    permissions: {
      admin: role === "admin" || role === "owner",
      push: role !== "read" && role !== "none",
      pull: role !== "none",
    },
    ...REPOSITORY_SETTINGS,
    allow_manual_merge: repo.allowManualMerge,
    autodetect_manual_merge: repo.autodetectManualMerge,
    ...(repo.fork === null ? ISSUES : { has_issues: false }),
  };
}

/** A fork has none of its own. */
const ISSUES = {
  has_issues: true,
  internal_tracker: {
    enable_time_tracker: true,
    allow_only_contributors_to_track_time: true,
    enable_issue_dependencies: true,
  },
};

const REPOSITORY_SETTINGS = {
  has_code: true,
  has_wiki: true,
  has_pull_requests: true,
  has_projects: true,
  projects_mode: "all",
  has_releases: true,
  has_packages: true,
  has_actions: true,
  ignore_whitespace_conflicts: false,
  allow_merge_commits: true,
  allow_rebase: true,
  allow_rebase_explicit: true,
  allow_squash_merge: true,
  allow_fast_forward_only_merge: true,
  allow_rebase_update: true,
  default_delete_branch_after_merge: false,
  default_merge_style: "merge",
  default_allow_maintainer_edit: true,
  avatar_url: "",
  internal: false,
  mirror_interval: "",
  object_format_name: "sha1",
  mirror_updated: NEVER,
  topics: [],
  licenses: [],
};

export function labelShape(label: Label, repo: Repo, { rootUrl }: ShapeContext): object {
  return {
    id: label.id,
    name: label.name,
    exclusive: false,
    is_archived: false,
    color: label.color,
    description: label.description,
    url: `${rootUrl}/api/v1/repos/${fullName(repo)}/labels/${label.id}`,
  };
}

/** The labels of a pull request, by name. */
export function labelsOf(pull: Pull, repo: Repo, context: ShapeContext): readonly object[] {
  return repo.labels
    .filter(({ id }) => pull.labels.has(id))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((label) => labelShape(label, repo, context));
}

export function eventShape(event: Event, repo: Repo, context: ShapeContext): object {
  const { hostUrl } = context;
  const page = `${hostUrl}/${fullName(repo)}/pulls/${event.pull}`;
  const label = repo.labels.find(({ id }) => id === event.labelId);
  return {
    id: event.id,
    type: event.type,
    html_url: `${page}#issuecomment-${event.id}`,
    pull_request_url: page,
    issue_url: "",
    user: userShape(event.user, context),
    body: event.body,
    created_at: time(event.createdMs),
    updated_at: time(event.updatedMs),
    old_project_id: 0,
    project_id: 0,
    old_milestone: null,
    milestone: null,
    tracked_time: null,
    old_title: "",
    new_title: "",
    old_ref: event.oldRef,
    new_ref: event.newRef,
    ref_issue: null,
    ref_comment: null,
    ref_action: "none",
    ref_commit_sha: "",
    review_id: 0,
    label: label === undefined ? null : labelShape(label, repo, context),
    assignee: null,
    assignee_team: null,
    removed_assignee: false,
    resolve_doer: null,
    dependent_issue: null,
  };
}

export function commentShape(event: Event, repo: Repo, context: ShapeContext): object {
  const page = `${context.hostUrl}/${fullName(repo)}/pulls/${event.pull}`;
  return {
    id: event.id,
    html_url: `${page}#issuecomment-${event.id}`,
    pull_request_url: page,
    issue_url: "",
    user: userShape(event.user, context),
    original_author: "",
    original_author_id: 0,
    body: event.body,
    assets: [],
    created_at: time(event.createdMs),
    updated_at: time(event.updatedMs),
  };
}

export function statusShape(status: Status, repo: Repo, context: ShapeContext): object {
  return {
    id: status.id,
    status: status.state,
    target_url: status.targetUrl,
    description: status.description,
    url: `${context.rootUrl}/api/v1/repos/${fullName(repo)}/statuses/${status.sha}`,
    context: status.context,
    creator: userShape(status.creator, context),
    created_at: time(status.createdMs),
    updated_at: time(status.createdMs),
  };
}

export function hookShape(hook: Hook): object {
  return {
    id: hook.id,
    name: "",
    type: "gitea",
    branch_filter: hook.branchFilter,
    config: { url: hook.url, content_type: hook.contentType },
    events: hook.events,
    authorization_header: hook.authorizationHeader,
    active: hook.active,
    updated_at: time(hook.updatedMs),
    created_at: time(hook.createdMs),
  };
}

export function tokenShape(token: Token): object {
  return {
    id: token.id,
    name: token.name,
    sha1: token.value,
    token_last_eight: token.value.slice(-8),
    scopes: token.scopes,
    created_at: NEVER,
    last_used_at: NEVER,
  };
}

export function protectionShape(protection: Protection): object {
  return {
    branch_name: protection.name,
    rule_name: protection.name,
    priority: protection.priority,
    ...protection.values,
    created_at: time(protection.createdMs),
    updated_at: time(protection.updatedMs),
  };
}
