import { GiteaWorld } from "../support/forge/gitea-world.ts";
import { forgeContract } from "../contract/forge/forge.contract.ts";
import { giteaTraps } from "../contract/forge/gitea-traps.contract.ts";

const { ROOM_OPERATOR_GITEA_URL: url, ROOM_OPERATOR_GITEA_ADMIN: login } = process.env;
const password = process.env["ROOM_OPERATOR_GITEA_PASSWORD"];

/**
 * The whole contract against a real Gitea, which is given by these variables. It makes users and a repository of its own there
 * and leaves them behind: for a Gitea that is only there for this.
 */
describe("the client of Gitea, asking a real one", function () {
  this.timeout(180_000);
  if (url === undefined || login === undefined || password === undefined) {
    it("is not tried: ROOM_OPERATOR_GITEA_URL, _ADMIN and _PASSWORD do not name a Gitea", function () {
      this.skip();
    });
    return;
  }
  const site = { url: url.replace(/\/+$/, ""), admin: { login, password } };
  forgeContract("Gitea", async () => GiteaWorld.start(site));
  giteaTraps(async () => GiteaWorld.start(site));
});
