import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Hub, HubPerson } from "./hub.ts";

/** GitHub's answers, member by member: the library's types, which are made of GitHub's own schemas, hold them to that. */

type PullListed = RestEndpointMethodTypes["pulls"]["list"]["response"]["data"][number];
type User = NonNullable<PullListed["user"]>;
type Repository = PullListed["base"]["repo"];

export interface ShapeContext {
  readonly hub: Hub;
  /** Of the API. */
  readonly api: string;
}

/** In whole seconds, as GitHub writes times. */
export function time(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

export function userShape({ id, login }: HubPerson, { api }: ShapeContext): User {
  const url = `${api}/users/${login}`;
  return {
    login,
    id,
    node_id: `U_${id}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: "User",
    site_admin: false,
  };
}

/** Of a fork: of the person whose it is. */
export function repositoryShape(context: ShapeContext, fork: HubPerson | null = null): Repository {
  const { hub, api } = context;
  const owner = fork === null ? hub.owner : fork.login;
  const full = `${owner}/${hub.name}`;
  const url = `${api}/repos/${full}`;
  const page = `https://github.com/${full}`;
  const id = fork === null ? hub.projectId : hub.projectId + fork.id;
  return {
    id,
    node_id: `R_${id}`,
    name: hub.name,
    full_name: full,
    owner: userShape(fork ?? { ...hub.people.ada, login: owner }, context),
    private: false,
    html_url: page,
    description: null,
    fork: fork !== null,
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_url: `git://github.com/${full}.git`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    ssh_url: `git@github.com:${full}.git`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
    clone_url: `${page}.git`,
    mirror_url: null,
    svn_url: page,
    homepage: null,
    language: null,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 1,
    default_branch: "main",
    open_issues_count: 0,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: "public",
    pushed_at: time(0),
    created_at: time(0),
    updated_at: time(0),
    license: null,
    forks: 0,
    open_issues: 0,
    watchers: 0,
  };
}

export function labelShape(label: { id: number; name: string }, { hub, api }: ShapeContext) {
  const { id, name } = label;
  return {
    id,
    node_id: `LA_${id}`,
    url: `${api}/repos/${hub.fullName}/labels/${encodeURIComponent(name)}`,
    name,
    description: "",
    color: "2da44e",
    default: false,
  };
}
