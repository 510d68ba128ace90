import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { BootstrapWorld } from "../../support/bootstrap-world.ts";
import { aRepository } from "../../support/gitea-setup-state.ts";

describe("gitea-bootstrap", () => {
  let world: BootstrapWorld;

  beforeEach(async () => {
    world = await BootstrapWorld.start();
  });

  afterEach(() => world.stop());

  it("sets up a Gitea that has nothing but its admin, and says in one line each what it made", async () => {
    const lines = await world.run();
    world.expectSetUp();
    expect(lines.map((line) => line.split(":")[0])).to.deep.equal([
      "gitea",
      "bot",
      "token",
      "organization",
      "repository",
      "content",
      "bot's rights",
      "labels",
      "webhook",
      "protection",
    ]);
    expect(lines.filter((line) => line.includes("found"))).to.deep.equal([]);
    world.expectNothingSecretWasSaid();
  });

  it("hands files over that only their owner can read", async () => {
    await world.run();
    const names = readdirSync(join(world.folder, "handover")).sort();
    expect(names).to.deep.equal(["bot-token", "gitea-ids.json", "webhook-secret"]);
    const mode = (path: string) => statSync(join(world.folder, path)).mode & 0o777;
    for (const name of names) expect(mode(`handover/${name}`), name).to.equal(0o600);
    expect(mode("handover")).to.equal(0o700);
  });

  it("finds everything the second time and changes nothing", async () => {
    await world.run();
    const [secret, token] = [world.handed("webhook-secret"), world.handed("bot-token")];
    const before = world.gitea.requests.length;
    const lines = await world.run();
    world.expectSetUp();
    expect([world.handed("webhook-secret"), world.handed("bot-token")]).to.deep.equal([
      secret,
      token,
    ]);
    const writes = world.gitea.requests.slice(before).filter((line) => !line.startsWith("GET "));
    expect(writes).to.deep.equal([]);
    expect(lines.slice(1).filter((line) => !line.includes("found"))).to.deep.equal([]);
  });

  it("keeps what people pushed, whom they let merge and which statuses they require", async () => {
    await world.run();
    world.specs.commits.push(new Map([["rooms/mine.room.yaml", "mine"]]));
    world.specs.protection = {
      ...world.specs.protection,
      merge_whitelist_usernames: ["ops", "ada", "room-operator"],
      status_check_contexts: ["build"],
    };
    const lines = await world.run();
    expect(world.specs.commits).to.have.length(2);
    expect(world.specs.protection).to.deep.include({
      merge_whitelist_usernames: ["ops", "ada"],
      status_check_contexts: ["build", "room-operator/plan"],
    });
    expect(lines.at(-1)).to.match(/^protection: corrected/);
  });

  it("comes to the same end when it is killed at any request, before or after its work", async () => {
    await world.run();
    const requests = [...world.gitea.requests];
    expect(requests.filter((line) => !line.startsWith("GET "))).to.have.length.above(8);
    for (const [at, line] of requests.entries()) {
      // What is only read leaves nothing behind: both sides of it are one.
      for (const isDone of line.startsWith("GET ") ? [false] : [false, true]) {
        await world.renew();
        await world.killedAt(at + 1, isDone);
        await world.run();
        world.expectSetUp();
      }
    }
    world.expectNothingSecretWasSaid();
  });

  it("makes token and webhook again when the handover is lost, and leaves no old one", async () => {
    await world.run();
    world.loseHandover();
    const lines = await world.run();
    world.expectSetUp();
    expect(lines.join("\n")).to.include("in place of 1 before");
  });

  it("replaces a webhook that somebody switched off, and a token with other scopes", async () => {
    await world.run();
    const [hook] = world.specs.hooks;
    if (hook !== undefined) hook.active = false;
    const tokens = world.gitea.state.users.get("room-operator")?.tokens ?? [];
    const [old] = tokens.splice(0, 1);
    if (old !== undefined) tokens.push({ ...old, scopes: ["all"] });
    await world.run();
    world.expectSetUp();
  });

  it("waits for a Gitea that starts, and repeats what a busy database refused", async () => {
    const busy = { status: 500, body: { message: "database is locked" } };
    world.gitea.mishap = ({ count, isDone }) =>
      !isDone && [1, 2, 6].includes(count) ? busy : null;
    await world.run();
    world.expectSetUp();
  });

  it("takes a repository that holds the same files for one of a run before", async () => {
    await world.run();
    world.loseHandover();
    await world.run();
    world.expectSetUp();
  });

  it("refuses a repository that holds something else, and takes it as it is when asked to", async () => {
    world.gitea.state.orgs.add("rooms");
    aRepository(world.gitea.state, "rooms/specs").commits.push(new Map([["README.md", "other"]]));
    const { code, message } = await world.refusal();
    expect(code).to.equal("GiteaConflict");
    expect(message).to.include("README.md").and.include("--keep-content");
    expect(world.specs).to.deep.include({ labels: [], hooks: [], protection: null });
    await world.run("--keep-content");
    expect(world.specs.commits).to.have.length(1);
    expect(world.specs.labels).to.have.length(2);
  });

  it("refuses a label that is there twice, and one whose id is another than before", async () => {
    await world.run();
    const { labels } = world.specs;
    labels.push({ id: 77, name: "confirm" });
    const twice = await world.refusal();
    expect(twice.code).to.equal("GiteaConflict");
    expect(twice.message).to.include('2 labels "confirm"').and.include("77");
    labels.shift();
    const replaced = await world.refusal();
    expect(replaced.code).to.equal("GiteaConflict");
    expect(replaced.message).to.include("has id 77 now");
  });
});
