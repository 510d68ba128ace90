import { findingOf, found, missing, unknown } from "../findings.ts";
import type { ForgeFinding } from "../forge.ts";
import type { GithubCaller } from "./github-caller.ts";
import { NEEDS } from "./github-needs.ts";
import { branchWire, pullRequestsWire, repositoryWire, rulesWire } from "./github-wire.ts";
import type { RepositoryWire } from "./github-wire.ts";

/** What GitHub says of the token, by reading alone. */
export async function checkGithub(
  caller: GithubCaller,
  signal: AbortSignal,
): Promise<readonly ForgeFinding[]> {
  const repository = await caller.ask(
    {
      what: "the settings",
      needs: NEEDS.repository,
      wire: repositoryWire,
      send: async ({ rest, common }) => {
        const { data, headers } = await rest.repos.get(common);
        return { headers, data: { ...data, scopes: headers["x-oauth-scopes"] } };
      },
    },
    signal,
  );
  const seen = findingOf("can see the repository", repository);
  if (repository.kind === "failed") return [seen];
  const pulls = await caller.ask(
    {
      what: "the pull requests",
      needs: NEEDS.read,
      wire: pullRequestsWire,
      send: ({ rest, common }) => rest.pulls.list({ ...common, per_page: 1 }),
    },
    signal,
  );
  return [
    seen,
    ...ofArchive(repository.value),
    findingOf("may read pull requests", pulls),
    ...(await ofRights(caller, repository.value, signal)),
    await ofBranch(caller, repository.value.default_branch, signal),
  ];
}

function ofArchive({ archived }: RepositoryWire): readonly ForgeFinding[] {
  if (!archived) return [];
  const message =
    "The repository is archived, so nothing can be written to it: make it active again in its settings.";
  return [missing("the repository can be written to", message)];
}

/** What each is called for an app. */
const WRITES = [
  { check: "may write comments", rights: ["pull_requests", "issues"], needs: NEEDS.comment },
  { check: "may set statuses", rights: ["statuses"], needs: NEEDS.status },
] as const;

async function ofRights(
  caller: GithubCaller,
  { scopes, permissions }: RepositoryWire,
  signal: AbortSignal,
): Promise<readonly ForgeFinding[]> {
  const app = await caller.app({ what: "the rights", needs: NEEDS.repository }, signal);
  if (app.kind === "failed") return WRITES.map(({ check }) => findingOf(check, app));
  if (app.value !== null) {
    const has = app.value.permissions;
    return WRITES.map(({ check, rights, needs }) =>
      rights.some((right) => has[right] === "write")
        ? found(check)
        : missing(check, `The app's installation lacks ${needs}: give it in the app's settings.`),
    );
  }
  if (scopes === undefined) {
    return WRITES.map(({ check, needs }) =>
      unknown(check, `GitHub does not say what a fine-grained token may do. This takes ${needs}.`),
    );
  }
  return WRITES.map(({ check, rights }) => {
    const hasScope = scopes.some((scope) => scope === "repo" || scope === "public_repo");
    if (!hasScope) return missing(check, "The classic token lacks the scope repo: give it.");
    const mayPush = permissions?.push === true || rights[0] !== "statuses";
    const message = "The token's account may not write to the repository, which statuses take.";
    return mayPush ? found(check) : missing(check, `${message} Give it the role Write.`);
  });
}

/** Both ways of GitHub to require a status: the protection of a branch and rulesets. */
async function ofBranch(
  caller: GithubCaller,
  branch: string,
  signal: AbortSignal,
): Promise<ForgeFinding> {
  const check = `"${branch}" requires a status before a merge`;
  const subject = { what: `the branch "${branch}"`, needs: "the right Contents: read" };
  const protection = await caller.ask(
    {
      ...subject,
      wire: branchWire,
      send: ({ rest, common }) => rest.repos.getBranch({ ...common, branch }),
    },
    signal,
  );
  if (protection.kind === "failed") return unknown(check, protection.message);
  const rules = await caller.ask(
    {
      ...subject,
      wire: rulesWire,
      send: ({ rest, common }) => rest.repos.getBranchRules({ ...common, branch }),
    },
    signal,
  );
  if (rules.kind === "failed") return unknown(check, rules.message);
  if (protection.value || rules.value.includes("required_status_checks")) return found(check);
  return missing(
    check,
    `A push just before a merge is merged without a plan: require the status room-operator/plan in the protection of "${branch}".`,
  );
}
