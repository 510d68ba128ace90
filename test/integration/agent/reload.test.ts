import { rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { ConfigWorld } from "../../support/config-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ALPHA = "room-alpha";
const BETA = "room-beta";

describe("a reload of the configuration", () => {
  let config: ConfigWorld;

  beforeEach(async () => {
    config = await ConfigWorld.create();
    config
      .repository("alpha")
      .commit({ "a.room.yaml": specYaml({ roomId: ALPHA, entities: ["E-01"] }) });
    config
      .repository("beta")
      .commit({ "b.room.yaml": specYaml({ roomId: BETA, entities: ["E-02"] }) });
    // The watch of the file has tests of its own.
    config.world.implementations = {
      ...config.world.implementations,
      watchFile: () => ({ stop: async () => undefined }),
    };
  });

  afterEach(() => config.world.remove());

  const alpha = () => config.source("alpha");
  const beta = () => config.source("beta");
  const start = async () => {
    config.write([alpha()]);
    await config.world.start();
    await config.world.verified(ALPHA, config.repository("alpha").head());
  };
  const changesOf = async (answer: ReturnType<ConfigWorld["ask"]>) =>
    ((await answer).body.changes ?? []).map(({ what, key }) => `${what} ${key}`);
  const configuration = async () => (await config.world.status()).configuration;
  const health = async () =>
    (
      await config.world.get<{ status: string; problems: { check: string; message: string }[] }>(
        "/health",
      )
    ).body;
  const gauge = async (name: string) =>
    Number(
      new RegExp(`^room_operator_${name} (.+)$`, "m").exec(
        await config.world.text("/metrics"),
      )?.[1],
    );
  const configAudit = async () =>
    (await config.world.audit())
      .map(({ action }) => action)
      .filter((one) => one.startsWith("config"));

  it("adds a source, whose rooms come up, and leaves the others undisturbed", async () => {
    await start();
    expect(await changesOf(config.reload([alpha(), beta()]))).to.deep.equal([
      "added Git.Sources[1]",
    ]);
    const now = await config.world.status();
    expect(now.sources.map(({ name }) => name)).to.deep.equal(["alpha", "beta"]);
    // One that is opened again was not polled yet.
    expect(now.sources[0]?.lastPoll).to.be.a("string");
    await config.world.verified(BETA, config.repository("beta").head());
    // A poll is counted once all of it was taken in, and the room is verified before that.
    const counted = /source_polls_total\{source="beta",result="changed"\} 1/;
    await eventually("the poll is counted", async () =>
      counted.test(await config.world.text("/metrics")),
    );
    const metrics = await config.world.text("/metrics");
    expect(metrics).to.match(/rooms\{source="beta",ready="True",reason="Converged"\} 1/);
    expect(await configAudit()).to.deep.equal(["config.reloaded.intended", "config.reloaded"]);
  });

  it("removes a source: its rooms are kept as they are, without an owner, until it is back", async () => {
    config.write([alpha(), beta()]);
    await config.world.start();
    await config.world.verified(ALPHA, config.repository("alpha").head());
    await config.world.verified(BETA, config.repository("beta").head());
    const writes = (await config.world.writes()).length;

    expect(await changesOf(config.reload([alpha()]))).to.deep.equal(["removed Git.Sources[1]"]);
    await config.world.reason(BETA, "SourceNotConfigured");
    await config.world.kickByHand(BETA, "E-02");
    config.repository("beta").commit({ "b.room.yaml": null });
    await config.world.kickByHand(ALPHA, "E-01");
    await eventually("drift of the room that stayed is corrected", async () =>
      (await config.world.contents(ALPHA)).entities.includes("E-01"),
    );
    expect((await config.world.contents(BETA)).entities).to.deep.equal([]);
    const later = (await config.world.writes()).slice(writes);
    expect(later).to.deep.equal(["kick E-02", "kick E-01", "join E-01"]);
    const metrics = await config.world.text("/metrics");
    expect(metrics).not.to.contain('source="beta"');
    expect((await config.world.get("/webhooks/beta/deliveries")).status).to.equal(404);

    config
      .repository("beta")
      .commit({ "b.room.yaml": specYaml({ roomId: BETA, entities: ["E-02"] }) });
    await config.reload([alpha(), beta()]);
    await eventually("the room has its owner again", async () =>
      (await config.world.contents(BETA)).entities.includes("E-02"),
    );
  });

  it("changes a source: another branch is followed from then on", async () => {
    await start();
    const parents = [config.repository("alpha").head() as string];
    const branch = config
      .repository("alpha")
      .commit(
        { "a.room.yaml": specYaml({ roomId: ALPHA, version: 2, entities: ["E-01", "E-09"] }) },
        { branch: "next", parents },
      );
    const next = config.source("alpha", { Ref: { Branch: "next" } });
    expect(await changesOf(config.reload([next]))).to.deep.equal([
      "changed Git.Sources[0].Ref.Branch",
    ]);
    await eventually("the room is at the other branch", async () => {
      const { verifiedRevision } = await config.world.room(ALPHA);
      return verifiedRevision === `next@sha1:${branch}`;
    });
    expect((await config.world.status()).sources[0]?.ref).to.equal("next");
  });

  it("changes guardrails for the next pass: a plan that was refused is carried out", async () => {
    const strict = { Operator: { Reconciliation: { Guardrails: { ChangeThreshold: 0.1 } } } };
    config
      .repository("alpha")
      .commit({ "a.room.yaml": specYaml({ roomId: ALPHA, entities: ["E-01", "E-02"] }) });
    config.write([alpha()], strict);
    await config.world.start();
    await config.world.verified(ALPHA, config.repository("alpha").head());
    config
      .repository("alpha")
      .commit({ "a.room.yaml": specYaml({ roomId: ALPHA, version: 2, entities: ["E-01"] }) });
    await config.world.reason(ALPHA, "ChangeThresholdExceeded");
    const lax = { Operator: { Reconciliation: { Guardrails: { ChangeThreshold: 1 } } } };
    expect(await changesOf(config.reload([alpha()], lax))).to.deep.equal([
      "changed Operator.Reconciliation.Guardrails.ChangeThreshold",
    ]);
    await config.world.verified(ALPHA, config.repository("alpha").head());
    expect((await config.world.contents(ALPHA)).entities).to.deep.equal(["E-01"]);
  });

  it("answers that nothing changed, and makes no noise", async () => {
    await start();
    for (let times = 0; times < 5; times += 1)
      expect(await config.ask()).to.deep.include({ status: 200 });
    expect(await changesOf(config.ask())).to.deep.equal([]);
    expect(await configAudit()).to.deep.equal([]);
    expect(await gauge("config_last_reload_successful")).to.equal(1);
  });

  it("refuses what cannot change as a whole, says so everywhere, and ends that when the file is back", async () => {
    await start();
    const other = { Store: { RetentionDays: 9 }, Logging: { Level: "debug" } };
    const { status, body } = await config.reload([alpha(), beta()], other);
    expect(status).to.equal(409);
    expect(body.code).to.equal("RestartRequired");
    expect(body.errors?.map(({ name }) => name)).to.deep.equal(["Store.RetentionDays"]);
    expect(body.detail).to.contain("Store.RetentionDays").and.contain("restart the agent");
    expect((await config.world.status()).sources.map(({ name }) => name)).to.deep.equal(["alpha"]);

    const { lastError } = await configuration();
    expect(lastError).to.deep.include({ reason: "RestartRequired", message: body.detail });
    expect((await config.world.status()).health).to.equal("Degraded");
    const { problems, status: state } = await health();
    expect(state).to.equal("degraded");
    expect(problems.find(({ check }) => check === "configuration")?.message).to.contain(
      body.detail,
    );
    expect(config.world.said).to.contain('"configuration refused"');
    expect(await gauge("config_last_reload_successful")).to.equal(0);
    const { blockedBy, atHead } = (await config.world.get<ExplainAnswer>(`/rooms/${ALPHA}/explain`))
      .body;
    expect(atHead).to.equal(true);
    expect(blockedBy.map(({ reason, message }) => ({ reason, message }))).to.deep.equal([
      { reason: "RestartRequired", message: body.detail },
    ]);
    await config.ask();
    expect(await configAudit()).to.deep.equal(["config.refused"]);

    expect((await config.reload([alpha()])).status).to.equal(200);
    expect((await configuration()).lastError).to.equal(null);
    expect(await gauge("config_last_reload_successful")).to.equal(1);
    expect(await configAudit()).to.deep.equal(["config.refused", "config.reloaded"]);
  });

  it("explains to rooms of a source that the refused file changes that their head is not known", async () => {
    await start();
    const slower = config.source("alpha", { IntervalSeconds: 9 });
    await config.reload([slower], { Store: { RetentionDays: 3 } });
    const { body } = await config.world.get<ExplainAnswer>(`/rooms/${ALPHA}/explain`);
    expect(body.atHead).to.equal(null);
    expect(body.blockedBy[0]?.reason).to.equal("RestartRequired");
  });

  for (const [name, text, found] of [
    ["an empty file", "", /is empty: write/],
    ["a half written one", '{ "Git": { "Sources": [\n  { "Na', /not valid JSON at line|at its end/],
    ["a syntax error", '{\n  "Git": nope\n}', /not valid JSON at line 2, column \d+/],
    ["an unknown key", '{ "Git": { "Sourcs": [] } }', /Git\.Sourcs is not a known key/],
    [
      "a value out of range",
      '{ "Git": { "Sources": [{ "Name": "A" }] } }',
      /Git\.Sources\[0\]\.Name/,
    ],
    ["a list", "[]", /must hold one JSON object/],
    ["a huge one", `{ "Git": "${"x".repeat(9_000_000)}" }`, /has 90000\d\d bytes; at most/],
    ["none at all", null, /does not exist/],
  ] as const) {
    it(`refuses ${name} and keeps what is in force`, async () => {
      await start();
      if (text === null) rmSync(config.file);
      else writeFileSync(config.file, text);
      const { status, body } = await config.ask();
      expect(status).to.equal(409);
      expect(body.code).to.equal("ConfigInvalid");
      expect(body.detail).to.match(found);
      expect((await configuration()).lastError?.reason).to.equal("ConfigInvalid");
      expect((await health()).status).to.equal("degraded");
      const commit = config.repository("alpha").commit({
        "a.room.yaml": specYaml({ roomId: ALPHA, version: 2, entities: ["E-01", "E-05"] }),
      });
      await config.world.verified(ALPHA, commit);
    });
  }

  it("is one where many are asked for at once, and the last of them counts", async () => {
    await start();
    const answers = [];
    for (let round = 0; round < 10; round += 1) {
      config.write(round % 2 === 0 ? [alpha(), beta()] : [beta()]);
      answers.push(config.ask(), config.ask());
    }
    for (const answer of answers) expect((await answer).status).to.equal(200);
    await eventually("the last file is in force", async () => {
      const { sources } = await config.world.status();
      return sources.length === 1 && sources[0]?.name === "beta";
    });
    expect((await configAudit()).length).to.be.at.most(2 * answers.length);
    await config.world.verified(BETA, config.repository("beta").head());
  });

  it("is cut short by a stop of the agent, which waits for no pass", async () => {
    await start();
    config.write([beta()]);
    const answer = config.ask().catch(() => null);
    await config.world.stop();
    expect((await answer)?.status ?? 503).to.be.oneOf([200, 503]);
    await config.world.start();
    await config.world.verified(BETA, config.repository("beta").head());
    await config.world.reason(ALPHA, "SourceNotConfigured");
  });
});
