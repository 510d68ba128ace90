import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld, type Answer } from "../../support/agent-world.ts";
import { giteaHeaders, pushBody, SECRET, type Push } from "../../support/a-delivery.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { eventually } from "../../support/eventually.ts";
import { fetchAgain } from "../../support/fetch-again.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";
const spec = (version: number, entities: number) => ({
  [PATH]: specYaml({ version, entities: entityIds(entities) }),
});

/** A poll comes so rarely that only a webhook can have brought what a test waits for. */
const RARELY = { Git__Sources__0__IntervalSeconds: "3600" };

describe("webhooks", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({
      ...RARELY,
      Git__Sources__0__Webhook__Secret: SECRET,
    });
  });

  afterEach(() => world.remove());

  /** What a forge would send for a push to the world's repository. */
  async function deliver(push: Push = {}, secret = SECRET): Promise<Answer> {
    const body = pushBody({ repository: "specs", ...push });
    const answer = await fetchAgain(`${world.url}/webhooks/specs`, {
      method: "POST",
      headers: Object.fromEntries(giteaHeaders(body, push, secret)),
      body,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it("bring a push at once, although the next poll is an hour away", async () => {
    const before = world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const after = world.commit(spec(2, 2));
    const answer = await deliver({ before, after });
    expect(answer).to.deep.include({ status: 202 });
    expect(answer.body["result"]).to.equal("accepted");
    await world.verified(ROOM, after);
    expect((await world.contents(ROOM)).entities).to.have.length(2);
    const [source] = (await world.status()).sources;
    expect(source?.webhook?.deliveries[0]).to.include({
      result: "accepted",
      matchedSecret: "current",
    });
    expect(await world.text("/metrics")).to.include(
      'room_operator_webhook_deliveries_total{source="specs",result="accepted"} 1',
    );
  });

  it("say when the source is polled where its server asked to wait", async () => {
    const before = world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const asked = { "retry-after": "31536000" };
    world.git.fault = () => ({ kind: "status", status: 429, headers: asked });
    await deliver({ before });
    const limited = await eventually("the server asked to wait", async () => {
      const [source] = (await world.status()).sources;
      return source?.lastError?.reason === "RateLimited" && source;
    });
    world.git.fault = () => undefined;
    const after = world.commit(spec(2, 2));
    const { why } = (await deliver({ before, after })).body;
    expect(why).to.include(`it is polled at ${limited.nextPoll}, since its server asked to wait`);
    expect(limited.lastError?.message).to.match(/nothing is asked before 20/);
  });

  it("are believed in nothing but that there is something to look at", async () => {
    world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const after = world.commit(spec(2, 2));
    // The payload names another commit than the one that is there.
    await deliver({ after: "f".repeat(40) });
    await world.verified(ROOM, after);
  });

  it("bring a push that the git server shows only later", async () => {
    const before = world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const after = world.commit(spec(2, 2));
    // The server shows the old head for a moment more, as a replica that lags does.
    world.repository.forceBranch(before);
    expect((await deliver({ before, after })).body["result"]).to.equal("accepted");
    const polls = world.git.requests.length;
    await eventually("the source is polled again", () =>
      Promise.resolve(world.git.requests.length > polls || undefined),
    );
    expect((await world.status()).sources[0]?.observedRevision).to.equal(`main@sha1:${before}`);
    world.repository.forceBranch(after);
    await world.verified(ROOM, after);
  });

  it("let a source be polled less often, until one is missed", async () => {
    const interval = async () => (await world.status()).sources[0]?.webhook?.intervalSeconds;
    // A poll sets the pace once all of it was taken in, and the room is verified before that.
    const polledEvery = (seconds: number) =>
      eventually(`the source is polled every ${seconds} s`, async () =>
        (await interval()) === seconds ? seconds : undefined,
      );
    const before = world.commit(spec(1, 1));
    await world.start({ Git__Sources__0__IntervalSeconds: "0.5" });
    await world.verified(ROOM);
    await polledEvery(0.5);
    const after = world.commit(spec(2, 2));
    await deliver({ before, after });
    await world.verified(ROOM, after);
    await polledEvery(3);
    const missed = world.commit(spec(3, 3));
    await world.verified(ROOM, missed);
    await polledEvery(0.5);
    expect(world.said).to.include("poll found what no webhook announced");
    await deliver({ before: after, after: missed });
    await polledEvery(3);
  });

  it("bring polls between the times of a Schedule and change none of them", async () => {
    await world.remove();
    world = await AgentWorld.create({
      Git__Sources__0__Schedule: "0 3 1 1 *",
      Git__Sources__0__Webhook__Secret: SECRET,
    });
    const before = world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const source = async () => (await world.status()).sources[0];
    /** Null while a poll runs. */
    const nextPoll = () =>
      eventually("a poll is due", async () => (await source())?.nextPoll ?? undefined);
    const due = await nextPoll();
    expect(due).to.match(/-01-01T03:00:/);
    const after = world.commit(spec(2, 2));
    await deliver({ before, after });
    await world.verified(ROOM, after);
    expect((await source())?.webhook?.intervalSeconds).to.equal(null);
    expect((await nextPoll()).slice(0, 16)).to.equal(due.slice(0, 16));
  });

  it("change nothing when their secret is another one", async () => {
    const first = world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const polls = () => world.git.requests.length;
    const asked = polls();
    world.commit(spec(2, 2));
    const answer = await deliver({}, "guessed");
    expect(answer).to.deep.include({ status: 403 });
    expect(answer.body["code"]).to.equal("WebhookRefused");
    await eventually(
      "the refusal is audited",
      async () => (await world.audit("webhook.refused"))[0],
    );
    expect(polls()).to.equal(asked);
    expect((await world.status()).sources[0]?.observedRevision).to.equal(`main@sha1:${first}`);
    expect(world.said).not.to.include(SECRET).and.not.include("guessed");
  });

  it("take a renewed secret from its file, and the one before while both are there", async () => {
    const file = (name: string, secret: string) => writeFileSync(join(world.folder, name), secret);
    world = await replaced(world, {
      Git__Sources__0__Webhook__SecretFile: "hook",
      Git__Sources__0__Webhook__PreviousSecretFile: "hook-before",
    });
    const result = async (id: string, secret: string) =>
      (await deliver({ id }, secret)).body["result"] ?? "refused";
    file("hook-before", SECRET);
    file("hook", "renewed");
    expect(await result("1", "renewed")).to.equal("accepted");
    expect(await result("2", SECRET)).to.equal("accepted");
    const list = await world.get<{ deliveries: { matchedSecret: string }[] }>(
      "/webhooks/specs/deliveries",
    );
    expect(list.body.deliveries.map(({ matchedSecret }) => matchedSecret)).to.have.members([
      "current",
      "previous",
    ]);
  });

  it("warn everywhere while the file of their secret is empty, before any delivery", async () => {
    await world.remove();
    world = await AgentWorld.create({ ...RARELY, Git__Sources__0__Webhook__SecretFile: "hook" });
    const file = join(world.folder, "hook");
    writeFileSync(file, "\n");
    const before = world.commit(spec(1, 1));
    await world.start();
    await world.verified(ROOM);
    const warned = () =>
      eventually("the source warns", async () => {
        const [source] = (await world.status()).sources;
        return source?.warnings.find(({ reason }) => reason === "WebhookSecretUnreadable");
      });
    const { message } = await warned();
    expect(message)
      .to.include("no delivery of the webhook can be verified")
      .and.include(`${file} is empty`);
    expect((await healthOf(world)).problems).to.deep.include({
      check: "source specs",
      message: `WebhookSecretUnreadable: ${message}`,
    });
    expect((await world.status()).health).to.equal("Degraded");
    const line = logOf(world).find(({ reason }) => reason === "WebhookSecretUnreadable");
    expect(line).to.include({ level: "warn", message: "source warning", detail: message });
    const [record] = await eventually("it is audited", async () => {
      const records = await world.audit("source.warned");
      return records.length > 0 && records;
    });
    expect(record?.metadata).to.include({ reason: "WebhookSecretUnreadable", message });
    const gauge = async () =>
      sum(await gauges(world), "source_warning", { reason: "WebhookSecretUnreadable" });
    expect(await gauge()).to.equal(1);
    const explained = await world.get<ExplainAnswer>(`/rooms/${ROOM}/explain`);
    expect(explained.body.atHead).to.equal(true);
    expect(JSON.stringify(explained.body)).to.include(`source specs: ${message}`);
    expect((await deliver({ before })).status).to.equal(503);
    writeFileSync(file, SECRET);
    const after = world.commit(spec(2, 2));
    expect((await deliver({ before, after })).status).to.equal(202);
    await world.verified(ROOM, after);
    await eventually("the warning ends", async () =>
      (await world.status()).sources[0]?.warnings.length === 0 ? true : undefined,
    );
    expect(await gauge()).to.equal(0);
    await eventually(
      "the end is audited",
      async () => (await world.audit("source.warningEnded"))[0],
    );
    expect(world.said).not.to.include(SECRET);
  });

  it("are not there for a source without a secret", async () => {
    await world.remove();
    world = await AgentWorld.create(RARELY);
    world.commit(spec(1, 1));
    await world.start();
    expect((await deliver()).status).to.equal(404);
    expect((await world.status()).sources[0]).not.to.have.property("webhook");
  });

  /** An agent on the same files whose webhook has these settings in place of its secret. */
  async function replaced(old: AgentWorld, env: Record<string, string>): Promise<AgentWorld> {
    await old.remove();
    const other = await AgentWorld.create({ ...RARELY, ...env });
    other.commit(spec(1, 1));
    writeFileSync(join(other.folder, "hook"), SECRET);
    await other.start();
    await other.verified(ROOM);
    return other;
  }
});
