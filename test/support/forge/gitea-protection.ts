import type { Protection, Repo, User } from "./gitea-state.ts";

/** What a branch protection allows, by its rule's name, which here is the branch's. */

function ruleOf(repo: Repo, branch: string): Protection | undefined {
  return repo.protections.find(({ name }) => name === branch);
}

function listed(value: unknown, user: User): boolean {
  return Array.isArray(value) && value.includes(user.login);
}

export function mayPush(repo: Repo, branch: string, user: User): boolean {
  const values = ruleOf(repo, branch)?.values;
  if (values === undefined) return true;
  if (values["enable_push"] !== true) return false;
  if (values["enable_push_whitelist"] !== true) return true;
  return listed(values["push_whitelist_usernames"], user);
}

export function mayMerge(repo: Repo, branch: string, user: User): boolean {
  const values = ruleOf(repo, branch)?.values;
  if (values?.["enable_merge_whitelist"] !== true) return true;
  return listed(values["merge_whitelist_usernames"], user);
}

/** Whether a required status is missing, pending or failed at a commit. */
export function missingStatus(repo: Repo, branch: string, sha: string): boolean {
  const values = ruleOf(repo, branch)?.values;
  const contexts = values?.["status_check_contexts"];
  if (values?.["enable_status_check"] !== true || !Array.isArray(contexts)) return false;
  return contexts.some((context) => {
    const newest = repo.statuses.findLast((each) => each.sha === sha && each.context === context);
    return newest?.state !== "success" && newest?.state !== "skipped";
  });
}

/** As Gitea fills in what is not sent. */
export const PROTECTION_DEFAULTS: Readonly<Record<string, unknown>> = {
  enable_push: false,
  enable_push_whitelist: false,
  push_whitelist_usernames: [],
  push_whitelist_teams: [],
  push_whitelist_deploy_keys: false,
  enable_force_push: false,
  enable_force_push_allowlist: false,
  force_push_allowlist_usernames: [],
  force_push_allowlist_teams: [],
  force_push_allowlist_deploy_keys: false,
  enable_merge_whitelist: false,
  merge_whitelist_usernames: [],
  merge_whitelist_teams: [],
  enable_status_check: false,
  status_check_contexts: [],
  required_approvals: 0,
  enable_approvals_whitelist: false,
  approvals_whitelist_username: [],
  approvals_whitelist_teams: [],
  block_on_rejected_reviews: false,
  block_on_official_review_requests: false,
  block_on_outdated_branch: false,
  dismiss_stale_approvals: false,
  ignore_stale_approvals: false,
  require_signed_commits: false,
  protected_file_patterns: "",
  unprotected_file_patterns: "",
  block_admin_merge_override: false,
};
