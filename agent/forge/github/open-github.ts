import type { OpenForge } from "../forge.ts";
import { createGithubCaller } from "./github-caller.ts";
import { checkGithub } from "./github-check.ts";
import { githubComments } from "./github-comments.ts";
import { githubLabels } from "./github-labels.ts";
import { githubPullRequests } from "./github-pull-requests.ts";
import { githubStatuses } from "./github-statuses.ts";

/** The client of one repository on GitHub. It retries nothing: whoever asks knows what waits for the answer. */
export const openGithub: OpenForge = (options) => {
  const caller = createGithubCaller(options);
  return {
    kind: "github",
    pullRequests: githubPullRequests(caller),
    labels: githubLabels(caller),
    statuses: githubStatuses(caller),
    comments: githubComments(caller),
    check: (signal) => checkGithub(caller, signal),
    close: () => caller.close(),
  };
};
