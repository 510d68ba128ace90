import type { OpenForge } from "../forge.ts";
import { checkGitea } from "./gitea-check.ts";
import { createGiteaCaller } from "./gitea-caller.ts";
import { giteaComments } from "./gitea-comments.ts";
import { giteaLabels } from "./gitea-labels.ts";
import { giteaPullRequests } from "./gitea-pull-requests.ts";
import { giteaStatuses } from "./gitea-statuses.ts";

/** The client of one repository on Gitea. It retries nothing: whoever asks knows what waits for the answer. */
export const openGitea: OpenForge = (options) => {
  const caller = createGiteaCaller(options);
  return {
    kind: "gitea",
    pullRequests: giteaPullRequests(caller),
    labels: giteaLabels(caller),
    statuses: giteaStatuses(caller),
    comments: giteaComments(caller),
    check: (signal) => checkGitea(caller, signal),
    close: () => caller.close(),
  };
};
