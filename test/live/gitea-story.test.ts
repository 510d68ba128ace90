import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { PlanWorld } from "../support/plan-world.ts";
import { specYaml } from "../support/spec-yaml.ts";
import { withGitea } from "./gitea-site.ts";

const PATH = "rooms/room-a.room.yaml";
/** Only a webhook makes the agent look at pull requests. */
const BY_WEBHOOK = { Git__Sources__0__Plan__IntervalSeconds: "3600" };

const room = (version: number, ...entities: readonly string[]) =>
  specYaml({ roomId: "room-a", version, entities });

withGitea("a change on its way through a real Gitea", (site) => {
  let world: PlanWorld;
  beforeEach(async () => {
    world = await PlanWorld.startAt(site, { [PATH]: room(1, "E-1", "E-2", "E-3") }, BY_WEBHOOK);
    await world.addWebhook();
    await eventually("the room is verified", async () =>
      (await world.agent.room("room-a")).verifiedRevision === null ? undefined : true,
    );
  });
  afterEach(() => world.remove());

  const entities = async () => (await world.agent.contents("room-a")).entities;

  it("is planned, confirmed by a label, merged, verified and reported", async () => {
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1", "E-4") } });
    const plan = await world.shows(pull, "**Refused until a person confirms it:**");
    expect(plan)
      .to.contain("- added `entity/E-4`")
      .and.to.contain("- `entity/E-2`\n- `entity/E-3`");
    await world.marked(await world.headOf(pull), "success");
    await world.planned(pull);
    await world.people.setLabel(pull, "confirm");
    await world.shows(pull, "The label `confirm` was set after this plan was shown.");
    const merged = await world.people.merge(pull, "squash");
    await world.agent.verified("room-a", merged);
    expect(await entities()).to.deep.equal(["E-1", "E-4"]);
    await world.synced(merged, /^success: /);
  });

  it("is refused where it was pushed while the pull request was closed, after the label", async () => {
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1", "E-2", "E-4") } });
    await world.shows(pull, "- added `entity/E-4`");
    await world.planned(pull);
    await world.people.setLabel(pull, "confirm");
    await world.people.close(pull);
    await world.people.push(pull, { [PATH]: room(3, "E-9") });
    await world.people.reopen(pull);
    await world.people.merge(pull, "merge");
    const refused = await world.agent.reason("room-a", "ChangeThresholdExceeded");
    expect(refused.wouldRemove).to.deep.equal(["entity/E-1", "entity/E-2", "entity/E-3"]);
    expect(await entities()).to.deep.equal(["E-1", "E-2", "E-3"]);
  });

  it("is only planned where its pull request has the label for a dry run", async () => {
    const pull = await world.people.open({
      files: { [PATH]: room(2, "E-1", "E-2", "E-3", "E-4") },
    });
    await world.shows(pull, "- added `entity/E-4`");
    await world.people.setLabel(pull, "dry-run");
    await world.people.merge(pull, "rebase");
    await eventually("the room waits as a dry run", async () => {
      const { conditions } = await world.agent.room("room-a");
      return JSON.stringify(conditions).includes("DryRun");
    });
    expect(await entities()).to.deep.equal(["E-1", "E-2", "E-3"]);
  });
});
