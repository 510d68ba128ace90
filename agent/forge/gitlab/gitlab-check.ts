import { findingOf, found, missing, unknown } from "../findings.ts";
import type { ForgeAnswer, ForgeFinding } from "../forge.ts";
import type { GitlabCaller } from "./gitlab-caller.ts";
import { NEEDS } from "./gitlab-needs.ts";
import { mergeRequestsWire, projectWire, tokenWire } from "./gitlab-wire.ts";
import type { ProjectWire, TokenWire } from "./gitlab-wire.ts";

/** What GitLab says of the token, by reading alone. */
export async function checkGitlab(
  caller: GitlabCaller,
  signal: AbortSignal,
): Promise<readonly ForgeFinding[]> {
  const project = await caller.ask(
    {
      what: "the settings",
      needs: NEEDS.read,
      wire: projectWire,
      send: ({ project, answer }) =>
        answer(({ Projects }, options) => new Projects(options).show(project)),
    },
    signal,
  );
  const seen = findingOf("can see the repository", project);
  if (project.kind === "failed") return [seen];
  const requests = await caller.ask(
    {
      what: "the merge requests",
      needs: NEEDS.read,
      wire: mergeRequestsWire,
      send: ({ project: projectId, answer }) =>
        answer(({ MergeRequests }, options) =>
          new MergeRequests(options).all({ projectId, perPage: 1, page: 1 }),
        ),
    },
    signal,
  );
  const token = await caller.ask(
    {
      what: "the scopes of the token",
      needs: NEEDS.self,
      wire: tokenWire,
      send: ({ answer }) =>
        answer(({ PersonalAccessTokens }, options) => new PersonalAccessTokens(options).show()),
    },
    signal,
  );
  return [
    seen,
    ...ofArchive(project.value),
    findingOf("may read pull requests", requests),
    ...ofRights(token, project.value),
    ofMerging(project.value),
  ];
}

function ofArchive({ archived }: ProjectWire): readonly ForgeFinding[] {
  if (archived !== true) return [];
  const message =
    "The project is archived, so nothing can be written to it: make it active again in its settings.";
  return [missing("the repository can be written to", message)];
}

const REPORTER = 20;
const DEVELOPER = 30;

const WRITES = [
  { check: "may write comments", level: REPORTER, needs: NEEDS.comment },
  { check: "may set statuses", level: DEVELOPER, needs: NEEDS.status },
] as const;

function ofRights(
  token: ForgeAnswer<TokenWire>,
  { permissions }: ProjectWire,
): readonly ForgeFinding[] {
  const level = Math.max(
    permissions?.project_access?.access_level ?? 0,
    permissions?.group_access?.access_level ?? 0,
  );
  return WRITES.map(({ check, level: least, needs }) => {
    if (token.kind === "failed")
      return unknown(check, `GitLab does not say what the token may do: ${token.message}`);
    if (!token.value.scopes.includes("api"))
      return missing(check, `The token lacks the scope api. This takes ${needs}.`);
    return level >= least
      ? found(check)
      : missing(check, `The role of the token's account is too low. This takes ${needs}.`);
  });
}

function ofMerging(project: ProjectWire): ForgeFinding {
  const check = `"${project.default_branch ?? ""}" requires a status before a merge`;
  const isRequired = project.only_allow_merge_if_pipeline_succeeds;
  if (isRequired === undefined) return unknown(check, "GitLab does not show it to this role.");
  return isRequired
    ? found(check)
    : missing(
        check,
        `A push just before a merge is merged without a plan: switch on "Pipelines must succeed" in the project's settings for merge requests.`,
      );
}
