import { forgeContract } from "../contract/forge/forge.contract.ts";
import { bootstrapFacts } from "../contract/forge/gitea-bootstrap.contract.ts";
import { giteaTraps } from "../contract/forge/gitea-traps.contract.ts";
import { GiteaWorld } from "../support/forge/gitea-world.ts";
import { withGitea } from "./gitea-site.ts";

withGitea("the client of Gitea, asking a real one", (site) => {
  const start = async () => GiteaWorld.start(site);
  forgeContract("Gitea", start);
  giteaTraps(start);
  bootstrapFacts(() => site);
});
