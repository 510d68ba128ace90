import type { OpenForge } from "./forge.ts";
import { openGitea } from "./gitea/open-gitea.ts";

/** The client of a repository on the kind of forge that the options name. */
export const openForge: OpenForge = (options) => {
  switch (options.kind) {
    case "gitea":
      return openGitea(options);
    case "github":
    case "gitlab":
      throw new TypeError(`no client of ${options.kind}`);
  }
};
