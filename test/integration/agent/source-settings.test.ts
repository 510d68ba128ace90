import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const SOURCE = "Git__Sources__0__";
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("a setting of Git.Sources[]", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({
      [`${SOURCE}IntervalSeconds`]: "0.1",
      Operator__Reconciliation__IntervalSeconds: "60",
    });
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const source = async () => (await world.status()).sources[0];
  const lastError = (reason: string) =>
    eventually(reason, async () => {
      const error = (await source())?.lastError;
      return error?.reason === reason ? error : undefined;
    });

  it("Ref.Branch is the branch that is followed, and no other", async () => {
    const room = new RoomStory(world, "room-branch");
    const main = new RoomStory(world, "room-main");
    world.commit({ [main.path]: specYaml({ roomId: main.id }) });
    const head = world.commit(
      { [room.path]: specYaml({ roomId: room.id, entities: ["E-01"] }) },
      "On a branch",
      { branch: "release/1" },
    );
    await world.start({ [`${SOURCE}Ref__Branch`]: "release/1" });
    const status = await eventually("verified", async () => {
      const answer = await room.status();
      return typeof answer.verifiedRevision === "string" ? answer : undefined;
    });
    expect(status.verifiedRevision).to.equal(`release/1@sha1:${head}`);
    expect((await world.status()).rooms.map(({ roomId }) => roomId)).to.deep.equal([room.id]);
  });

  it("Path is the folder that is searched; seeds lie at the repository's root all the same", async () => {
    world.commit({
      "teams/a/in.room.yaml": specYaml({ roomId: "room-inside", artifacts: ["plan"] }),
      "teams/b/out.room.yaml": specYaml({ roomId: "room-outside" }),
      "teams/a/not-a-spec.yaml": specYaml({ roomId: "room-misnamed" }),
      "seeds/plan.md": "a plan",
    });
    await world.start({ [`${SOURCE}Path`]: "teams/a" });
    await world.verified("room-inside");
    expect((await world.status()).rooms.map(({ roomId }) => roomId)).to.deep.equal(["room-inside"]);
    expect((await world.contents("room-inside")).artifacts).to.deep.equal(["plan"]);
  });

  it("Name and Url are what /status calls it, and Path what it warns of when it holds nothing", async () => {
    world.commit({ "rooms/a.room.yaml": specYaml({ roomId: "room-elsewhere" }) });
    await world.start({
      [`${SOURCE}Name`]: "the-specs",
      [`${SOURCE}Path`]: "typo",
      [`${SOURCE}IntervalSeconds`]: "1000",
    });
    await world.observed();
    const status = await source();
    expect(status).to.include({ name: "the-specs", url: world.git.url(), ref: "main" });
    expect(status?.lastError).to.equal(null);
    const [warning] = status?.warnings ?? [];
    expect(warning?.reason).to.equal("NoSpecsFound");
    expect(warning?.message).to.include(
      'Path "typo" holds no spec: "typo" is not in the repository',
    );
    const times = await eventually("the next poll is planned", async () => {
      const now = await source();
      return now?.nextPoll == null || now.lastPoll == null
        ? undefined
        : [Date.parse(now.lastPoll), Date.parse(now.nextPoll)];
    });
    const [last = 0, next = 0] = times;
    expect((next - last) / 1000, "IntervalSeconds, give or take 10 %").to.be.within(890, 1110);
  });

  it("TimeoutSeconds ends a fetch that hangs", async () => {
    world.commit({ "README.md": "x" });
    let asked = 0;
    world.git.fault = (request) => {
      if (request.method !== "POST") return undefined;
      asked += 1;
      return asked === 1 ? undefined : { kind: "hang" };
    };
    await world.start({ [`${SOURCE}TimeoutSeconds`]: "0.3" });
    await lastError("Timeout");
  });

  it("Auth is what the git server is told, and nothing that the agent says", async () => {
    const file = join(world.folder, "credential");
    writeFileSync(file, "from-file\n");
    const ways = [
      { Kind: "none" },
      { Kind: "token", Token: "t0ken" },
      { Kind: "token", TokenFile: file, Username: "ci" },
      { Kind: "basic", Username: "ada", Password: "pass word" },
      { Kind: "basic", Username: "ada", PasswordFile: file },
    ];
    const env = ways.flatMap((auth, at) => [
      [`Git__Sources__${at}__Name`, `way-${at}`],
      [`Git__Sources__${at}__Url`, world.git.url(`${at}.git`)],
      ...Object.entries(auth).map(([key, value]) => [`Git__Sources__${at}__Auth__${key}`, value]),
    ]);
    world.git.authorization = "nobody is let in";
    await world.start(Object.fromEntries(env));
    const told = await eventually("every source has asked", async () => {
      const { sources } = await world.status();
      const isDone = sources.every(
        ({ lastError: error }) => error?.reason === "AuthenticationFailed",
      );
      return isDone ? world.git.requests : undefined;
    });
    for (const [at, wanted] of [
      undefined,
      basic("x-access-token", "t0ken"),
      basic("ci", "from-file"),
      basic("ada", "pass word"),
      basic("ada", "from-file"),
    ].entries()) {
      const asked = told.filter(({ url }) => url.startsWith(`/${at}.git/`));
      expect(new Set(asked.map(({ authorization }) => authorization))).to.deep.equal(
        new Set([wanted]),
      );
    }
    const said = world.said + (await world.text("/status")) + (await world.text("/audit"));
    expect(said).to.not.match(/t0ken|from-file|pass word/);
  });

  it("AllowedRooms refuses rooms that no glob matches, and writes nothing to them", async () => {
    const inside = new RoomStory(world, "team-a-lab");
    const outside = new RoomStory(world, "team-b-lab");
    const empty = new RoomStory(world, "team-c-lab");
    world.commit({
      [inside.path]: specYaml({ roomId: inside.id, entities: ["E-01"] }),
      [outside.path]: specYaml({ roomId: outside.id, entities: ["E-01"] }),
      [empty.path]: specYaml({ roomId: empty.id }),
    });
    await world.start({
      [`${SOURCE}AllowedRooms__0`]: "team-a-*",
      [`${SOURCE}AllowedRooms__1`]: "x",
    });
    await world.verified(inside.id);
    const [source] = (await world.observed()).sources;
    expect(source?.specErrors.map(({ path }) => path)).to.deep.equal([outside.path, empty.path]);
    for (const { message } of source?.specErrors ?? []) expect(message).to.match(/^RoomNotAllowed/);
    for (const room of [outside, empty]) {
      expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(404);
      const explained = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(explained.body.blockedBy[0]?.reason).to.equal("RoomNotAllowed");
      expect(await room.newWrites()).to.deep.equal([]);
    }
  });

  it("AllowedRooms that is narrowed later ends the corrections, too", async () => {
    const room = new RoomStory(world, "team-a-lab");
    world.commit({ [room.path]: specYaml({ roomId: room.id, entities: ["E-01", "E-02"] }) });
    await world.start();
    await world.verified(room.id);
    await room.newWrites();
    await world.stop();
    await world.start({ [`${SOURCE}AllowedRooms__0`]: "team-b-*" });
    await world.reason(room.id, "RoomNotAllowed");
    await room.driftOut("E-01");
    expect((await room.pass()).status).to.equal(412);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.refusals()).to.deep.equal(["RoomNotAllowed"]);
  });

  it("Prune switched off while a prune waits leaves the room as it is", async () => {
    const room = new RoomStory(world, "room-pruned");
    world.commit({ "rooms/other.room.yaml": specYaml({ roomId: "room-other" }) });
    await world.start({ [`${SOURCE}Prune`]: "true" });
    await room.push({ entities: ["E-01"] });
    world.commit({ [room.path]: null }, "Remove it");
    await world.reason(room.id, "PruneNeedsConfirm");
    await world.stop();
    await world.start({ [`${SOURCE}Prune`]: "false" });
    await world.reason(room.id, "NoSpec");
    expect(await room.audit("room.pruneEnded")).to.have.length(1);
    world.commit({}, `Yes\n\nConfirm: ${room.id}`);
    await world.observed();
    expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(202);
    expect(await room.entities()).to.deep.equal(["E-01"]);
    await world.stop();
    await world.start({ [`${SOURCE}Prune`]: "true" });
    expect((await room.status()).conditions.map(({ reason }) => reason)).to.include("NoSpec");
    expect(await room.entities()).to.deep.equal(["E-01"]);
  });

  it("Limits are refused with their name and value, and what was in force stays", async () => {
    const room = new RoomStory(world, "room-limited");
    room.commit({ entities: ["E-01"] });
    await world.start();
    await world.verified(room.id);
    world.commit({ "a/b/c/d/deep.room.yaml": specYaml({ roomId: "room-deep" }) });
    world.commit({ "big.bin": randomBytes(30_000) });
    for (const [limit, value] of [
      ["PackBytes", "20000"],
      ["Depth", "2"],
    ] as const) {
      await world.stop();
      rmSync(join(world.data, "git"), { recursive: true });
      world.commit({ [`more-${limit}`]: limit });
      await world.start({ ...WIDE, [`${SOURCE}Limits__${limit}`]: value });
      await eventually(`${limit} is passed`, async () => {
        const error = (await source())?.lastError;
        return error?.reason === "LimitExceeded" && error.message.includes(`${limit}: ${value}`);
      });
      await room.driftOut("E-01");
      await room.pass();
      expect(await room.entities(), limit).to.deep.equal(["E-01"]);
    }
    await world.stop();
    await world.start(WIDE);
    await world.verified("room-deep");
    await eventually("no error", async () => (await source())?.lastError === null);
  });

  it("Limits.Commits makes a long way one that nobody can confirm on, not a failure", async () => {
    const room = new RoomStory(world, "room-many-commits");
    room.commit({ entities: ["E-01", "E-02", "E-03"] });
    await world.start({ [`${SOURCE}Limits__Commits`]: "3" });
    await world.verified(room.id);
    await world.stop();
    for (let count = 0; count < 5; count += 1) world.commit({ "README.md": String(count) });
    room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await world.start();
    const status = await eventually("a word on it", async () => {
      const seen = await source();
      const now = await room.status();
      return seen?.lastError?.reason === "LimitExceeded" ||
        now.refusals.some(({ reason }) => reason === "ChangeThresholdExceeded")
        ? now
        : undefined;
    });
    expect(status.verifiedRevision).to.not.equal(`main@sha1:${world.repository.head()}`);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-03"]);
  });

  it("Limits.SpecBytes makes a larger spec invalid, and no other", async () => {
    const large = new RoomStory(world, "room-large");
    const small = new RoomStory(world, "room-small");
    world.commit({
      [large.path]: `${specYaml({ roomId: large.id })}# ${"x".repeat(600)}\n`,
      [small.path]: specYaml({ roomId: small.id }),
    });
    await world.start({ [`${SOURCE}Limits__SpecBytes`]: "500" });
    await world.verified(small.id);
    const [error] = (await source())?.specErrors ?? [];
    expect(error?.path).to.equal(large.path);
    expect(error?.message).to.include("SpecBytes");
  });
});

/** The limits as they are without a setting. */
const WIDE = {
  [`${SOURCE}Limits__PackBytes`]: "67108864",
  [`${SOURCE}Limits__Depth`]: "16",
};
