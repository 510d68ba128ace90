import type { OpenForge } from "../forge.ts";
import { createGitlabCaller } from "./gitlab-caller.ts";
import { checkGitlab } from "./gitlab-check.ts";
import { gitlabComments } from "./gitlab-comments.ts";
import { gitlabLabels } from "./gitlab-labels.ts";
import { gitlabProject } from "./gitlab-project.ts";
import { gitlabPullRequests } from "./gitlab-pull-requests.ts";
import { gitlabStatuses } from "./gitlab-statuses.ts";

/** The client of one project on GitLab. It retries nothing: whoever asks knows what waits for the answer. */
export const openGitlab: OpenForge = (options) => {
  const caller = createGitlabCaller(options);
  return {
    kind: "gitlab",
    pullRequests: gitlabPullRequests(caller, gitlabProject(caller)),
    labels: gitlabLabels(caller),
    statuses: gitlabStatuses(caller),
    comments: gitlabComments(caller),
    check: (signal) => checkGitlab(caller, signal),
    close: () => caller.close(),
  };
};
