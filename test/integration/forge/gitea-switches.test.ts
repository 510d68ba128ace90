import { expect } from "chai";
import { inShort, SIGNAL, valueOf } from "../../contract/forge/forge-answers.ts";
import { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";
import { GiteaWorld } from "../../support/forge/gitea-world.ts";

describe("the switches of the stand-in for Gitea", () => {
  let gitea: GiteaStandIn;
  let world: GiteaWorld;

  beforeEach(async () => {
    gitea = await GiteaStandIn.start();
    world = await GiteaWorld.start(gitea.site);
  });
  afterEach(async () => {
    await world.end();
    await gitea.stop();
  });

  it("hide a push just before the merge, which takes it", async () => {
    const pull = await world.open({ files: { "hidden.yaml": "1\n" } });
    await world.makeLabel("confirm");
    await world.setLabel(pull, "confirm");
    gitea.pulls.syncDelayMs = 60_000;
    const sha = world.clone.commit({ "hidden.yaml": "2\n" }, pull.branch, [
      world.clone.head(pull.branch),
    ]);
    await world.clone.push(world.gitUrl("ada"), pull.branch);
    const merged = await world.merge(pull, "merge");
    const { events, isWhole } = valueOf(await world.forge.labels.history(pull.number, SIGNAL));
    expect(isWhole).to.equal(true);
    expect(inShort(events)).to.deep.equal([
      "push",
      `+confirm by ${world.person("ada").id}`,
      "merge",
    ]);
    const repo = gitea.state.repo(...(world.repository.split("/") as [string, string]));
    expect(repo?.git.git("rev-parse", `${merged}^2`)).to.equal(sha);
    expect(await world.refAt(`refs/pull/${pull.number}/head`)).to.not.equal(sha);
  });

  it("find no pull request at first for what was merged just now", async () => {
    gitea.pulls.lookupsBehind = 3;
    const pull = await world.open({ files: { "behind.yaml": "1\n" } });
    const sha = await world.merge(pull, "squash");
    const lookups: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      const found = valueOf(await world.forge.pullRequests.mergedAs(sha, "main", SIGNAL));
      lookups.push(found.length);
    }
    expect(lookups).to.deep.equal([0, 0, 0, 1]);
  });

  it("say a time that is an hour off, of which nothing follows", async () => {
    gitea.state.skewMs = 3_600_000;
    await world.makeLabel("confirm");
    const pull = await world.open({ files: { "skew.yaml": "1\n" } });
    await world.setLabel(pull, "confirm");
    gitea.state.skewMs = -3_600_000;
    await world.merge(pull, "rebase");
    const { events } = valueOf(await world.forge.labels.history(pull.number, SIGNAL));
    expect(inShort(events).at(-1)).to.equal("merge");
  });

  it("break answers, and heal", async () => {
    gitea.break({ kind: "html" }, ({ path }) => path.includes("/pulls"));
    const broken = await world.forge.pullRequests.open("main", SIGNAL);
    expect(broken).to.include({ kind: "failed", reason: "ForgeAnswerInvalid" });
    expect(await world.forge.labels.named(["x"], SIGNAL)).to.have.property("kind", "ok");
    for (const kind of ["reset", "cut"] as const) {
      gitea.break({ kind });
      const got = await world.forge.labels.named(["x"], SIGNAL);
      expect(got, kind).to.have.property("kind", "failed");
    }
    gitea.heal();
    const healed = await world.forge.pullRequests.open("main", SIGNAL);
    expect(healed).to.have.property("kind", "ok");
  });
});
