import { expect } from "chai";
import type { ForgeFailureReason } from "../../../agent/forge/forge.ts";
import { BOT } from "../../support/fake-forge.ts";
import { aSpecOf, ReviewWorld } from "../../support/review-world.ts";

const MINUTE = 60_000;
const PATH = "room-a.room.yaml";

const failing = (reason: ForgeFailureReason, retryAfterMs?: number) =>
  ({
    kind: "failed",
    reason,
    message: `it said ${reason}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }) as const;

describe("plans of open pull requests that cannot be made or published", () => {
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

  for (const reason of [
    "ForgeTokenRefused",
    "ForgeUnreachable",
    "ForgeRateLimited",
    "RepositoryMoved",
  ] as const) {
    it(`backs off on ${reason} of the list, says so, and goes on once it is over`, async () => {
      open();
      world.forge.fault = () => failing(reason, 5 * MINUTE);
      await world.look(4 * MINUTE);
      expect(world.asked()).to.deep.equal(["pullRequests.open"]);
      expect(world.warnings.get("PlanNotPublished")).to.contain(`it said ${reason}`);
      expect(world.planner.view.error).to.include({ reason });
      world.forge.fault = () => undefined;
      await world.look(2 * MINUTE);
      expect(world.forge.planOf(7)).to.contain("#### `room-a`");
      expect([...world.warnings]).to.deep.equal([]);
    });
  }

  it("looks at once when a forge that failed sends a webhook, but not before the time that it asked for", async () => {
    open();
    world.forge.fault = () => failing("ForgeUnreachable");
    await world.look();
    world.planner.wake(7);
    await world.look(1);
    expect(world.asked()).to.have.length(2);
    world.forge.fault = () => failing("ForgeRateLimited", 5 * MINUTE);
    world.planner.wake(7);
    await world.look(1);
    world.asked();
    world.planner.wake(7);
    await world.look(4 * MINUTE);
    expect(world.asked()).to.deep.equal([]);
  });

  for (const call of [
    "pullRequests.get",
    "pullRequests.files",
    "labels.history",
    "comments.create",
    "statuses.set",
    "statuses.latest",
  ]) {
    it(`warns of a 403 on ${call}, tries again with backoff, and plans the others`, async () => {
      open();
      open({ number: 8, headSha: world.head("8", { "room-a": aSpecOf("room-a", 8) }) });
      let last = "";
      world.forge.before = (asked) => {
        last = asked;
      };
      world.forge.fault = () => (last === call ? failing("ForgeForbidden") : undefined);
      await world.look();
      expect(world.warnings.get("PlanNotPublished"))
        .to.contain("pull request 7")
        .and.to.contain("it said ForgeForbidden");
      expect(world.planner.view.list.map(({ error }) => error?.reason)).to.deep.equal([
        "ForgeForbidden",
        "ForgeForbidden",
      ]);
      world.forge.fault = () => undefined;
      await world.look(5 * MINUTE);
      expect([...world.warnings]).to.deep.equal([]);
      expect(world.forge.planOf(7)).to.contain("#### `room-a`");
      expect(world.forge.planOf(8)).to.contain("#### `room-a`");
      expect(world.forge.states(head).at(-1)).to.equal("success");
      expect((await world.row()).plans).to.have.length(1);
    });
  }

  it("keeps a plan that was whole while a room cannot be read, and says that", async () => {
    open();
    await world.look();
    world.roomFailures.set("room-a", "connect ECONNREFUSED");
    world.base = "c".repeat(40);
    world.planner.headMoved();
    await world.look(1);
    expect(world.forge.planOf(7)).to.contain("E-1001");
    expect(world.warnings.get("PlanNotPublished")).to.contain("connect ECONNREFUSED");
    world.roomFailures.clear();
    await world.look(5 * MINUTE);
    expect([...world.warnings]).to.deep.equal([]);
  });

  it("marks a head that cannot be read as an error, and plans it once it can", async () => {
    world.unreadable.set(head, {
      kind: "failed",
      reason: "CommitMissing",
      message: "no such commit",
    });
    open();
    await world.look();
    expect(world.forge.states(head)).to.deep.equal(["pending", "error"]);
    expect(world.forge.planOf(7)).to.contain("no such commit");
    world.unreadable.clear();
    await world.look(5 * MINUTE);
    expect(world.forge.states(head).at(-1)).to.equal("success");
  });

  it("shows no plan as shown where the history of labels is cut", async () => {
    open();
    world.forge.isHistoryWhole = false;
    await world.look();
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
    expect((await world.row()).plans).to.deep.equal([]);
  });

  it("does not take a label to mean the plan before, where another one may stand there that was not remembered", async () => {
    open();
    await world.look();
    const next = world.head("2", { "room-a": aSpecOf("room-a", 3) });
    world.kicks.set("room-a", 1);
    open({ headSha: next });
    let last = "";
    let isEdited = false;
    world.forge.before = (asked) => {
      last = asked;
      isEdited ||= asked === "comments.edit";
    };
    world.forge.fault = () =>
      isEdited && last === "labels.history" ? failing("ForgeForbidden") : undefined;
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).to.contain(next.slice(0, 12));
    expect((await world.row()).changingAfter).to.equal(0);

    world.forge.label(7);
    const [label] = world.forge.events.get(7) ?? [];
    const position = label !== undefined && "position" in label ? label.position : 0;
    await world.restart();
    world.forge.fault = () => undefined;
    await world.look(5 * MINUTE);
    const { plans, changingAfter } = await world.row();
    expect(changingAfter).to.equal(null);
    expect(plans).to.have.length(2);
    expect(plans[1]).to.deep.include({ head: next, begunAfter: 0, shownAfter: position });
    expect(world.forge.planOf(7)).to.contain("then set it again");
  });

  it("plans a pull request later whose head the forge does not know yet, and the others now", async () => {
    open({ headSha: "" });
    open({ number: 8, headSha: world.head("8", { "room-a": aSpecOf("room-a", 8) }) });
    await world.look();
    expect(world.warnings.get("PlanNotPublished")).to.match(/pull request 7 .* its head is$/);
    expect(world.forge.planOf(8)).to.contain("#### `room-a`");
    open();
    await world.look(MINUTE);
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
    expect([...world.warnings]).to.deep.equal([]);
  });

  it("puts a comment right that somebody edited", async () => {
    open();
    await world.look();
    const [comment] = world.forge.written;
    if (comment === undefined) throw new Error("no comment");
    const { body } = comment;
    comment.body = body.replaceAll("- `entity/E-1001`\n", "");
    await world.look(11 * MINUTE);
    expect(comment.body).to.equal(body);
    world.forge.calls.length = 0;
    comment.body = `${body.replaceAll("\n", "\r\n")}\r\n`;
    await world.look(11 * MINUTE);
    expect(world.forge.calls).not.to.include("comments.edit");
  });

  it("remembers no plan as shown before its comment is there", async () => {
    open();
    world.store.failWrites(4, 1);
    await world.look();
    await world.look(5 * MINUTE);
    expect((await world.row()).plans).to.have.length(1);
    expect(world.forge.written).to.have.length(1);
    world.defects.length = 0;
  });

  it("edits a comment whose answer was lost, where a status has said who the agent is", async () => {
    open();
    world.forge.saysWho = true;
    let isLost = false;
    world.forge.before = (asked) => {
      isLost = asked === "comments.create";
      if (isLost) world.forge.comment(7, "<!-- room-operator/plan: specs -->\n", BOT);
    };
    world.forge.fault = () => (isLost ? failing("ForgeTimeout") : undefined);
    await world.look();
    world.forge.before = () => undefined;
    world.forge.fault = () => undefined;
    await world.look(5 * MINUTE);
    expect(world.forge.written).to.have.length(1);
    expect(world.forge.planOf(7)).to.contain("#### `room-a`");
  });

  it("ends at once when it is stopped while a look ends", async () => {
    open();
    const { promise: written, resolve: release } = Promise.withResolvers<undefined>();
    let isAudited = false;
    world.store.beforeWrite = async (changes) => {
      if (!changes.some(({ kind }) => kind === "audit")) return;
      isAudited = true;
      await written;
    };
    await world.look();
    expect(isAudited).to.equal(true);
    const stopped = world.planner.stop();
    release(undefined);
    await stopped;
    expect(world.clock.sleeping).to.equal(0);
  });

  it("forgets what it showed of pull requests that were closed long ago", async () => {
    open();
    await world.look();
    world.forge.open({ headSha: head, state: "closed" });
    await world.look(MINUTE);
    // A planner that runs would look 90,000 times.
    await world.restart();
    await world.clock.advance(31 * 86_400_000);
    await world.look();
    expect(await world.store.readDocuments("pullRequest")).to.deep.equal([]);
  });
});
