import type { OpenForge } from "./forge.ts";
import { openGitea } from "./gitea/open-gitea.ts";
import { openGithub } from "./github/open-github.ts";
import { openGitlab } from "./gitlab/open-gitlab.ts";

/** The client of a repository on the kind of forge that the options name. */
export const openForge: OpenForge = (options) => {
  switch (options.kind) {
    case "gitea":
      return openGitea(options);
    case "github":
      return openGithub(options);
    case "gitlab":
      return openGitlab(options);
  }
};
