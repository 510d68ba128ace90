import type { Forge, ForgeOptions } from "./forge.ts";

/** The client of a repository on the kind of forge that the options name. Only that kind's client is loaded. */
export async function openForge(options: ForgeOptions): Promise<Forge> {
  switch (options.kind) {
    case "gitea":
      return (await import("./gitea/open-gitea.ts")).openGitea(options);
    case "github":
      return (await import("./github/open-github.ts")).openGithub(options);
    case "gitlab":
      return (await import("./gitlab/open-gitlab.ts")).openGitlab(options);
  }
}
