import { expect } from "chai";
import type { Forge } from "../../../agent/forge/forge.ts";
import { SIGNAL } from "../../contract/forge/forge-answers.ts";
import { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";
import { GiteaWorld } from "../../support/forge/gitea-world.ts";

/** docs/forges.md says how many requests a question takes. */
describe("the requests to a Gitea for one question", () => {
  let gitea: GiteaStandIn;
  let world: GiteaWorld;
  let open = 0;
  let merged = 0;
  let sha = "";
  let comment = "";

  before(async () => {
    gitea = await GiteaStandIn.start();
    world = await GiteaWorld.start(gitea.site);
    await world.makeLabel("confirm");
    const one = await world.open({ files: { "one.yaml": "1\n" } });
    await world.setLabel(one, "confirm");
    sha = await world.merge(one, "merge");
    merged = one.number;
    const two = await world.open({ files: { "two.yaml": "1\n" } });
    open = two.number;
    comment = await world.comment(two, "agent", "<!-- m -->");
  });
  after(async () => {
    await world.end();
    await gitea.stop();
  });

  const status = { context: "c", state: "success", description: "d", targetUrl: null } as const;
  const questions: readonly [
    what: string,
    count: number,
    ask: (forge: Forge) => Promise<unknown>,
  ][] = [
    ["open pull requests", 1, async (forge) => forge.pullRequests.open("main", SIGNAL)],
    ["one", 1, async (forge) => forge.pullRequests.get(open, SIGNAL)],
    ["one that is absent", 2, async (forge) => forge.pullRequests.get(999, SIGNAL)],
    ["a merge commit", 1, async (forge) => forge.pullRequests.mergedAs(sha, "main", SIGNAL)],
    [
      "a commit of none",
      2,
      async (forge) => forge.pullRequests.mergedAs("1".repeat(40), "main", SIGNAL),
    ],
    [
      "a merge into another branch",
      2,
      async (forge) => forge.pullRequests.mergedAs(sha, "release", SIGNAL),
    ],
    ["files", 1, async (forge) => forge.pullRequests.files(open, SIGNAL)],
    ["labels", 1, async (forge) => forge.labels.named(["confirm"], SIGNAL)],
    ["the history of a merged one", 1, async (forge) => forge.labels.history(merged, SIGNAL)],
    ["the history of an open one", 3, async (forge) => forge.labels.history(open, SIGNAL)],
    ["who may write", 2, async (forge) => forge.labels.mayWrite(world.person("ada"), SIGNAL)],
    ["a status", 1, async (forge) => forge.statuses.latest(sha, "c", SIGNAL)],
    ["writing one", 1, async (forge) => forge.statuses.set(sha, status, SIGNAL)],
    [
      "the comment",
      1,
      async (forge) =>
        forge.comments.find(
          open,
          { marker: "<!-- m -->", ownId: world.person("agent").id },
          SIGNAL,
        ),
    ],
    ["writing one", 1, async (forge) => forge.comments.create(open, "text", SIGNAL)],
    [
      "editing one",
      1,
      async (forge) => forge.comments.edit({ number: open, id: comment }, "text", SIGNAL),
    ],
    ["the own account", 1, async (forge) => forge.comments.self(SIGNAL)],
    ["doctor", 7, async (forge) => forge.check(SIGNAL)],
  ];

  for (const [what, count, ask] of questions) {
    it(`are ${count} for ${what}`, async () => {
      const forge = world.other({});
      gitea.requests.length = 0;
      const answer = await ask(forge);
      if (!Array.isArray(answer)) expect(answer).to.have.property("kind", "ok");
      expect(gitea.requests.map(({ method, path }) => `${method} ${path}`)).to.have.length(count);
    });
  }
});
