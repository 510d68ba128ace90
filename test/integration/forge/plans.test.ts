import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const PATH = "rooms/room-a.room.yaml";
/** Long enough that only a webhook or the branch makes the agent look. */
const RARELY = { Git__Sources__0__Plan__IntervalSeconds: "3600" };

describe("plans in pull requests", () => {
  let world: PlanWorld;
  afterEach(() => world.remove());

  const room = (version: number, ...entities: readonly string[]) =>
    specYaml({ roomId: "room-a", version, entities });
  const start = async (env: Readonly<Record<string, string>> = {}) => {
    world = await PlanWorld.start({ [PATH]: room(1, "E-1", "E-2", "E-3") }, env);
    await eventually("the room is verified", async () =>
      (await world.agent.room("room-a")).verifiedRevision === null ? undefined : true,
    );
  };

  it("shows what a push would do, and updates that with the next push", async () => {
    await start();
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1", "E-4") } });
    const text = await world.shows(pull, "**Refused until a person confirms it:**");
    expect(text).to.contain("- added `entity/E-4`").and.to.contain("- removed `entity/E-2`");
    expect(text).to.contain("- `entity/E-2`\n- `entity/E-3`");
    const head = await world.headOf(pull);
    await world.marked(head, "success");
    expect(await world.statuses(head)).to.deep.equal(["pending", "success"]);
    await world.planned(pull);
    const shown = await world.pullsOf();
    expect(shown?.list[0]).to.include({ number: pull.number, state: "success", plannedHead: head });
    const before = await world.agent.writes("room-a");
    const next = await world.people.push(pull, { [PATH]: room(3, "E-1", "E-2", "E-3", "E-5") });
    expect(await world.shows(pull, "- added `entity/E-5`")).not.to.contain("Refused until");
    await world.marked(next, "success");
    expect(await world.plans(pull)).to.have.length(1);
    expect(await world.agent.writes("room-a"), "planned read-only").to.deep.equal(before);
    const [record] = await world.agent.audit("plan.shown");
    expect(record?.metadata).to.include({ source: "specs", pullRequest: pull.number, refused: 2 });
  });

  it("lets a label that is set after the plan confirm what the plan refused, and nothing else", async () => {
    await start();
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1", "E-4") } });
    await world.shows(pull, "- `entity/E-2`\n- `entity/E-3`");
    await world.planned(pull);
    await world.people.setLabel(pull, "confirm");
    await world.shows(pull, "The label `confirm` was set after this plan was shown.");
    const merged = await world.people.merge(pull, "merge");
    await world.agent.verified("room-a", merged);
    expect((await world.agent.contents("room-a")).entities).to.deep.equal(["E-1", "E-4"]);
  });

  it("says that a label must be set again after another plan, and lets the old one confirm nothing", async () => {
    await start();
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1") } });
    await world.shows(pull, "- `entity/E-2`\n- `entity/E-3`");
    await world.planned(pull);
    await world.people.setLabel(pull, "confirm");
    await world.shows(pull, "The label `confirm` was set after this plan was shown.");
    await world.people.push(pull, { [PATH]: room(3, "E-4") });
    await world.shows(pull, "**The label `confirm` was set before this plan was shown");
    await world.people.merge(pull, "merge");
    const refused = await world.agent.reason("room-a", "ChangeThresholdExceeded");
    expect(refused.wouldRemove).to.deep.equal(["entity/E-1", "entity/E-2", "entity/E-3"]);
    expect((await world.agent.contents("room-a")).entities).to.deep.equal(["E-1", "E-2", "E-3"]);
  });

  it("looks at once when a webhook says that a pull request was opened, labelled or pushed to", async () => {
    await start(RARELY);
    await world.addWebhook();
    const pull = await world.people.open({ files: { [PATH]: room(2, "E-1", "E-4") } });
    await world.shows(pull, "- added `entity/E-4`");
    await world.planned(pull);
    await world.people.setLabel(pull, "confirm");
    await world.shows(pull, "The label `confirm` was set after this plan was shown.");
    await world.people.push(pull, { [PATH]: room(3, "E-1", "E-5") });
    await world.shows(pull, "- added `entity/E-5`");
    const { body } = await world.agent.get<{ deliveries: { result: string }[] }>(
      "/webhooks/specs/deliveries",
    );
    expect(body.deliveries.map(({ result }) => result)).to.include("pullRequest");
  });

  it("plans again when the branch moved", async () => {
    await start(RARELY);
    const other = await world.people.open({ files: { "README.md": "hello\n" } });
    const pull = await world.people.open({
      files: { [PATH]: room(2, "E-1", "E-2", "E-3", "E-4") },
    });
    const moved = await world.people.merge(other, "merge");
    await world.shows(pull, `at \`${moved.slice(0, 12)}\``);
  });

  it("fails the head with a spec error, with its line, and shows seeds that are missing and rooms without a spec", async () => {
    await start();
    const broken = await world.people.open({
      files: {
        "rooms/b.room.yaml": "apiVersion: v1\nkind: RoomSpec\nspec: {\n",
        "rooms/c.room.yaml": specYaml({ roomId: "room-c", artifacts: ["nowhere"] }),
        [PATH]: null,
      },
    });
    const text = await world.shows(broken, "**Errors in `rooms/b.room.yaml`:**");
    expect(text).to.match(/- `4:1` `/);
    expect(text).to.contain("#### `room-c`").and.to.contain("`SeedMissing`");
    expect(text).to.contain("the room is orphaned, and nothing is removed from it");
    await world.marked(await world.headOf(broken), "failure");
  });

  it("plans no draft and no fork unless it is to", async () => {
    await start();
    const files = { [PATH]: room(2, "E-1", "E-2", "E-3", "E-4") };
    const draft = await world.people.open({ files, isDraft: true });
    const fork = await world.people.open({ files, by: "bob", isFork: true });
    const plain = await world.people.open({ files });
    await world.shows(plain, "- added `entity/E-4`");
    await world.planned(plain);
    expect(await world.plans(draft)).to.deep.equal([]);
    expect(await world.plans(fork)).to.deep.equal([]);
    const shown = await world.pullsOf();
    expect(shown?.list.map(({ number, state }) => [number, state])).to.deep.equal([
      [plain.number, "success"],
      [fork.number, "fork"],
      [draft.number, "draft"],
    ]);
    await world.agent.stop();
    await world.agent.start({ Git__Sources__0__Plan__Forks: "true" });
    await world.shows(fork, "- added `entity/E-4`");
    await world.marked(await world.headOf(fork), "success");
  });

  it("writes its comment again when it was deleted, and passes over one that somebody planted", async () => {
    await start();
    const pull = await world.people.open({
      files: { [PATH]: room(2, "E-1", "E-2", "E-3", "E-4") },
    });
    const planted = await world.people.comment(
      pull,
      "bob",
      "<!-- room-operator/plan: specs -->\nAll is well.",
    );
    await world.shows(pull, "- added `entity/E-4`");
    const [own] = await world.plans(pull);
    await world.people.deleteComment(pull, String(own?.id));
    await world.people.push(pull, { [PATH]: room(3, "E-1", "E-2", "E-3", "E-5") });
    await world.shows(pull, "- added `entity/E-5`");
    expect(await world.people.commentText(pull, planted)).to.contain("All is well.");
  });

  it("finds its comment and its status again after a restart", async () => {
    await start();
    const pull = await world.people.open({
      files: { [PATH]: room(2, "E-1", "E-2", "E-3", "E-4") },
    });
    await world.shows(pull, "- added `entity/E-4`");
    const head = await world.headOf(pull);
    await world.marked(head, "success");
    await world.agent.stop();
    world.gitea.requests.length = 0;
    await world.agent.start();
    await world.planned(pull);
    const writes = world.gitea.requests.filter(
      ({ method, path }) => method !== "GET" && /comments|statuses/.test(path),
    );
    expect(
      writes.filter(({ path }) => !path.includes(`/statuses/`) || path.includes(head)),
    ).to.deep.equal([]);
    expect(await world.plans(pull)).to.have.length(1);
  });
});
