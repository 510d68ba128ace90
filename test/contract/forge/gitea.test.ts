import { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";
import { GiteaWorld } from "../../support/forge/gitea-world.ts";
import { forgeContract } from "./forge.contract.ts";
import { bootstrapFacts } from "./gitea-bootstrap.contract.ts";
import { giteaTraps } from "./gitea-traps.contract.ts";

describe("the client of Gitea, asking the stand-in", () => {
  let gitea: GiteaStandIn;
  before(async () => {
    gitea = await GiteaStandIn.start();
  });
  after(() => gitea.stop());

  const site = () => gitea.site;
  const start = async () => GiteaWorld.start(site());
  forgeContract("Gitea", start);
  giteaTraps(start);
  bootstrapFacts(site);
});
