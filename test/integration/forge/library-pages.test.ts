import { expect } from "chai";
import type { ForgeFailureReason } from "../../../agent/forge/forge.ts";
import { SIGNAL, valueOf } from "../../contract/forge/forge-answers.ts";
import { misbehave } from "../../support/forge/gitea-fault.ts";
import type { ForgeFault } from "../../support/forge/gitea-fault.ts";
import { startGithubWorld } from "../../support/forge/github-stand-in.ts";
import { startGitlabWorld } from "../../support/forge/gitlab-stand-in.ts";
import type { HubWorld } from "../../support/forge/hub-world.ts";

const FAULTS: readonly (readonly [ForgeFault, ForgeFailureReason])[] = [
  [{ kind: "status", status: 500 }, "ForgeServerError"],
  [{ kind: "status", status: 404 }, "ForgeNotFound"],
  [{ kind: "status", status: 429, headers: { "retry-after": "3" } }, "ForgeRateLimited"],
  [{ kind: "html" }, "ForgeAnswerInvalid"],
  [{ kind: "cut" }, "ForgeAnswerInvalid"],
  [{ kind: "json", body: "null" }, "ForgeAnswerInvalid"],
  [{ kind: "reset" }, "ForgeUnreachable"],
];

for (const [name, start] of [
  ["GitHub", startGithubWorld],
  ["GitLab", startGitlabWorld],
] as const)
  describe(`a list of ${name} whose second page fails`, () => {
    let world: HubWorld;

    before(async () => {
      world = await start();
      await world.makeLabels(world.perPage + 1);
      await world.makeLabel("last");
    });

    after(() => world.end());

    afterEach(() => {
      world.server.fault = null;
    });

    const named = async () => world.forge.labels.named(["last", "other-1"], SIGNAL);

    it("is whole where it does not", async () => {
      expect(valueOf(await named()).length).to.equal(2);
    });

    for (const [fault, reason] of FAULTS)
      it(`is a failure, not half a list: ${JSON.stringify(fault)}`, async () => {
        world.server.fault = ({ path }, response) => {
          const isSecond = /[?&]page=2\b/.test(path);
          if (isSecond) misbehave(fault, response);
          return isSecond;
        };
        expect(await named()).to.include({ kind: "failed", reason });
      });
  });
