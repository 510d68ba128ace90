import { expect } from "chai";
import { ADA, BOT, CONFIRM } from "../../support/fake-forge.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { aSpecOf, ReviewWorld } from "../../support/review-world.ts";

const MINUTE = 60_000;
const PATH = "room-a.room.yaml";

describe("plans of open pull requests", () => {
  let world: ReviewWorld;
  let head: string;
  beforeEach(() => {
    world = new ReviewWorld();
    head = world.head("1", { "room-a": aSpecOf("room-a", 2) });
    world.has("room-a");
    world.kicks.set("room-a", 2);
  });
  afterEach(async () => {
    await world.planner.stop();
    expect(world.defects).to.deep.equal([]);
  });

  const open = (given = {}) => world.forge.open({ headSha: head, ...given }, [PATH]);
  const state = (number = 7) => world.planner.view.list.find((one) => one.number === number)?.state;

  it("writes one comment and a status, and remembers what it showed", async () => {
    open();
    await world.look();
    expect(world.forge.planOf(7)).to.contain("#### `room-a`").and.to.contain("- `entity/E-1001`");
    expect(world.forge.states(head)).to.deep.equal(["pending", "success"]);
    const { plans, commentId } = await world.row();
    expect(commentId).to.equal(world.forge.written[0]?.id);
    expect(plans).to.have.length(1);
    expect(plans[0]).to.deep.include({ head, base: world.base, begunAfter: 0, shownAfter: 0 });
    expect(plans[0]?.rooms["room-a"]?.refused).to.deep.equal(["entity/E-1001", "entity/E-1002"]);
    expect(state()).to.equal("success");
    expect(world.told).to.deep.equal(["specs published"]);
    const records = await world.store.readAudit({ count: 10 });
    expect(records.map(({ action }) => action)).to.deep.equal(["plan.shown"]);
  });

  it("asks little of the forge, and nothing but the list while nothing changes", async () => {
    open();
    await world.look();
    const asked = world.asked();
    expect(asked).to.have.length(11);
    expect(asked.at(-1), "a label after the status finds the plan remembered").to.equal(
      "statuses.set",
    );
    await world.look(5 * MINUTE);
    expect(new Set(world.asked())).to.deep.equal(new Set(["pullRequests.open"]));
  });

  it("plans again after a push, in the same comment", async () => {
    open();
    await world.look();
    const next = world.head("2", { "room-a": aSpecOf("room-a", 3) });
    world.kicks.set("room-a", 0);
    open({ headSha: next });
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).not.to.contain("E-1001");
    expect(world.forge.states(next)).to.deep.equal(["pending", "success"]);
    expect((await world.row()).plans.map((plan) => plan.head)).to.deep.equal([head, next]);
  });

  it("writes no comment where no room is concerned, and keeps one that is there", async () => {
    world.forge.open({ headSha: head }, ["README.md"]);
    await world.look();
    expect(world.forge.written).to.deep.equal([]);
    expect(world.forge.states(head)).to.deep.equal(["pending", "success"]);
    const next = world.head("2", { "room-a": aSpecOf("room-a", 3) });
    world.forge.open({ headSha: next }, [PATH]);
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
    const last = world.head("3", {});
    world.forge.open({ headSha: last }, ["README.md"]);
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).to.contain("**no room changes**");
  });

  it("makes a plan again after 10 minutes, and writes only what changed", async () => {
    open();
    await world.look();
    world.asked();
    await world.look(9 * MINUTE);
    expect(world.previews).to.have.length(1);
    await world.look(2 * MINUTE);
    expect(world.previews).to.have.length(2);
    const asked = world.asked().filter((call) => call !== "pullRequests.open");
    expect(asked).to.deep.equal([
      "labels.named",
      "pullRequests.get",
      "pullRequests.files",
      "comments.find",
    ]);
    expect((await world.row()).plans).to.have.length(1);
    world.kicks.set("room-a", 3);
    await world.look(10 * MINUTE);
    expect(world.forge.planOf(7)).to.contain("E-1003");
    expect((await world.row()).plans).to.have.length(2);
  });

  it("makes a plan again when the branch moved or a room changed", async () => {
    open();
    await world.look();
    world.base = "c".repeat(40);
    world.planner.headMoved();
    await world.look(1);
    expect(world.previews).to.have.length(2);
    world.planner.roomChanged("room-b");
    world.planner.roomChanged("room-a");
    await world.look(2 * MINUTE);
    expect(world.previews).to.have.length(3);
  });

  it("looks at the pull request alone when a webhook comes without news, and plans a head that the list does not show", async () => {
    open();
    await world.look();
    world.asked();
    world.planner.wake(7);
    await world.look(1);
    expect(world.asked()).to.deep.equal(["pullRequests.open", "pullRequests.get"]);
    const real = world.head("3", { "room-a": aSpecOf("room-a", 9) });
    Object.assign(world.forge.pullRequests, {
      get: async () => ({ kind: "ok", value: { ...world.forge.pulls[0], headSha: real } }),
    });
    world.planner.wake(7);
    await world.look(1);
    expect((await world.row()).plans.at(-1)?.head).to.equal(real);
  });

  it("reads the positions before and after it publishes", async () => {
    open();
    world.forge.label(7);
    const first = world.forge.events.get(7)?.length;
    expect(first).to.equal(1);
    let isDone = false;
    world.forge.before = (call) => {
      if (call !== "comments.create" || isDone) return;
      isDone = true;
      world.forge.label(7, { id: "12", name: "chore" });
    };
    await world.look();
    const [plan] = (await world.row()).plans;
    expect(plan?.shownAfter).to.be.greaterThan(plan?.begunAfter ?? 0);
    expect(plan?.begunAfter).to.be.greaterThan(0);
  });

  it("says of a label that was set before the plan that it must be set again, and of one set later that it counts", async () => {
    world.forge.events.set(7, []);
    open();
    world.forge.label(7);
    await world.look();
    expect(world.forge.planOf(7)).to.contain(
      "The label `confirm` was set before this plan was shown",
    );
    world.forge.label(7, { id: "12", name: "chore" });
    await world.look(MINUTE);
    expect(world.forge.planOf(7), "the plan is there by now").to.contain(
      "was set before this plan",
    );
    world.forge.unlabel(7);
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).not.to.contain("was set before");
    world.forge.label(7);
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).to.contain(
      "The label `confirm` was set after this plan was shown",
    );
    expect((await world.row()).plans, "the plan is the same").to.have.length(1);
    const next = world.head("2", { "room-a": aSpecOf("room-a", 3) });
    open({ headSha: next, labels: [CONFIRM] });
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).to.contain(
      "The label `confirm` was set before this plan was shown",
    );
  });

  it("makes a comment again that somebody deleted, and passes over one that somebody planted", async () => {
    open();
    world.forge.comment(7, "<!-- room-operator/plan: specs -->\nAll is well.", ADA);
    await world.look();
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
    world.forge.written = world.forge.written.filter(({ author }) => author.id !== BOT.id);
    await world.look(11 * MINUTE);
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
    expect(world.forge.written.find(({ author }) => author.id === ADA.id)?.body).to.contain(
      "All is well.",
    );
  });

  it("finds its comment again after a restart, and after its store is lost", async () => {
    open();
    await world.look();
    await world.restart();
    world.asked();
    await world.look();
    expect(world.asked()).not.to.include("comments.create").and.not.to.include("comments.edit");
    expect((await world.row()).plans).to.have.length(1);
    world.store = new MemoryStore();
    world.forge.me = BOT;
    await world.restart();
    await world.look();
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
    expect((await world.row()).commentId).to.equal(world.forge.written[0]?.id);
  });

  it("fails the status on spec errors, and on refusals only where that is configured", async () => {
    const broken = world.head("2", { "room-a": null });
    open({ headSha: broken });
    await world.look();
    expect(world.forge.states(broken)).to.deep.equal(["pending", "failure"]);
    expect(world.forge.planOf(7)).to.contain("`3:5` `unknown key`");
    world.plan = { ...world.plan, failOnRefusal: true };
    open();
    await world.look(MINUTE);
    expect(world.forge.states(head)).to.deep.equal(["pending", "failure"]);
  });

  it("fails the status of a pull request whose list of files is cut", async () => {
    world.forge.mostFiles = 1;
    world.forge.open({ headSha: head }, [PATH, "other.txt"]);
    await world.look();
    expect(world.forge.states(head).at(-1)).to.equal("failure");
    expect(world.forge.planOf(7)).to.contain("cannot be planned whole");
  });

  it("says what becomes of a room whose file goes, and of one that the source may not have", async () => {
    const next = world.head("2", { "foreign-1": aSpecOf("foreign-1") });
    world.forge.open({ headSha: next }, [PATH, "foreign-1.room.yaml"]);
    await world.look();
    expect(world.forge.planOf(7)).to.contain("the room is orphaned");
    expect(world.forge.planOf(7)).to.contain("Not applied: `RoomNotAllowed`");
    expect(world.forge.states(next).at(-1)).to.equal("failure");
  });

  it("leaves drafts, forks, other branches and what is over the bound alone, and says so", async () => {
    world.plan = { ...world.plan, mostPullRequests: 1 };
    open({ number: 1 });
    open({ number: 2, isDraft: true });
    open({ number: 3, isFork: true });
    open({ number: 4, baseBranch: "other" });
    open({ number: 5 });
    await world.look();
    expect(world.forge.written.map(({ number }) => number)).to.deep.equal([5]);
    const states = world.planner.view.list.map((one) => `${one.number} ${one.state}`);
    expect(states).to.deep.equal(["5 success", "3 fork", "2 draft", "1 leftOut"]);
    world.plan = { ...world.plan, forks: true, mostPullRequests: 9 };
    await world.look(MINUTE);
    expect(new Set(world.forge.written.map(({ number }) => number))).to.deep.equal(
      new Set([5, 1, 3]),
    );
  });

  it("plans the head that there is where the list shows an older one", async () => {
    open();
    const real = world.head("3", { "room-a": aSpecOf("room-a", 9) });
    Object.assign(world.forge.pullRequests, {
      get: async () => ({ kind: "ok", value: { ...world.forge.pulls[0], headSha: real } }),
    });
    await world.look();
    expect((await world.row()).plans[0]?.head).to.equal(real);
    expect(world.forge.states(real)).to.deep.equal(["pending", "success"]);
  });

  it("pins the ids of labels that it sees, once", async () => {
    open();
    world.forge.label(7, { id: "50", name: "confirm/room-a" });
    await world.look();
    world.forge.label(7, { id: "60", name: "confirm/room-a" });
    world.forge.label(7, { id: "70", name: "dry-run/room-a" });
    await world.look(MINUTE);
    const [forge] = await world.store.readDocuments("forge");
    expect(forge?.document.labelIds).to.deep.equal({
      confirm: "11",
      "confirm/room-a": "50",
      "dry-run/room-a": "70",
    });
    expect(forge?.document.ownId).to.equal(BOT.id);
  });

  it("does nothing before the branch was read once, and nothing after it stopped", async () => {
    world.base = null;
    open();
    await world.look(MINUTE);
    expect(world.asked()).to.deep.equal([]);
    await world.planner.stop();
    await world.planner.stop();
    await world.look(MINUTE);
    expect(world.asked()).to.deep.equal([]);
  });
});
