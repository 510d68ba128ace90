import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { resume, suspend } from "../../../agent/cli/suspend.ts";
import { logOf } from "../../support/attention-checks.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

describe("a suspended room", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let room: RoomStory;
  let other: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "1" });
    world.patienceMs = 50_000;
    room = new RoomStory(world, "room-a");
    other = new RoomStory(world, "room-b");
    room.commit({ version: 1, entities: entityIds(2) });
    other.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    await world.verified(other.id);
  });

  afterEach(() => world.remove());

  /** Runs a command as people do; gives back its exit code and what it printed. */
  async function run(command: typeof suspend, ...args: readonly string[]) {
    const io = new RecordedIo(world.folder);
    const code = await command([...args, "--url", world.url], io);
    return { code, out: io.out, err: io.err };
  }

  it("is written to by nobody's commit and no drift, over a restart, until it is resumed", async () => {
    const asked = await run(suspend, "room-a", "--reason", "database move");
    expect(asked).to.deep.include({ code: 0, out: "Suspended room room-a until it is resumed.\n" });
    await world.kickByHand(room.id, "E-01");
    await room.newWrites();
    const pushed = room.commit({ version: 2, entities: entityIds(3) });
    await eventually("the plan is published", async () => {
      const { pendingDiff } = await room.status();
      return pendingDiff?.toJoin.join(" ") === "E-01 E-03";
    });
    expect(await room.conditions()).to.include("Suspended True Suspended");
    await world.stop();
    await world.start();
    await world.reason(room.id, "Suspended");
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(["E-02"]);
    // Others go on.
    other.commit({ version: 2, entities: entityIds(3) });
    await world.verified(other.id);

    const back = await run(resume, "room-a");
    expect(back.code).to.equal(0);
    expect(back.out).to.match(/^Resumed room room-a, suspended by http 127\.0\.0\.1 since /);
    await world.verified(room.id, pushed);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-03"]);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
  });

  it("is told in status, health, explain, audit, log and a gauge, in the same words", async () => {
    await run(suspend, "--source", "specs", "--reason", "incident 7", "--for", "2h");
    room.commit({ version: 2, entities: entityIds(3) });
    const shown = await eventually("the room is behind", async () => {
      const answer = await room.status();
      return answer.pendingDiff === null ? undefined : answer;
    });
    const message = shown.conditions.find(({ type }) => type === "Suspended")?.message ?? "";
    expect(message).to.match(
      /^all rooms of source specs are suspended by http 127\.0\.0\.1 since /,
    );
    expect(message).to.include("incident 7").and.include("--source specs").and.include("until 20");
    const status = await world.status();
    expect(status.suspensions?.map(({ scope }) => scope)).to.deep.equal([
      { kind: "source", source: "specs" },
    ]);
    expect(status.health).to.equal("Degraded");
    const { body } = await world.get<ExplainAnswer>("/rooms/room-a/explain");
    expect(body.atHead).to.equal(false);
    expect(body.blockedBy[0]).to.deep.include({ reason: "Suspended", message });
    const health = await world.get<{ problems: { message: string }[] }>("/health");
    expect(health.body.problems[0]?.message).to.include("room-a (Suspended)");
    const [record] = (await world.audit("suspend")).slice(-1);
    expect(record?.metadata).to.include({ source: "specs", reason: "incident 7" });
    expect(await world.text("/metrics")).to.include('suspensions{scope="source"} 1');
    const line = logOf(world).find((one) => one.message === "suspended");
    expect(line).to.include({
      level: "warn",
      source: "specs",
      reason: "Suspended",
      detail: message,
    });
  });

  it("refuses /apply with who and why, plans a dry run, and is not opened by X-Confirm", async () => {
    const { out } = await run(suspend, "--all", "--reason", "freeze");
    expect(out).to.equal("Suspended all rooms until they are resumed.\n");
    for (const headers of [{}, { "X-Confirm": "true" }] as Record<string, string>[]) {
      const { status, body } = await room.pass(headers);
      expect([status, body["code"]]).to.deep.equal([409, "Suspended"]);
      expect(String(body["detail"])).to.include("freeze").and.include("resume --all");
    }
    const planned = await room.pass({ "X-Dry-Run": "true" });
    expect([planned.status, planned.body["outcome"]]).to.deep.equal([200, "planned"]);
    expect((await run(resume, "--all")).code).to.equal(0);
    expect((await room.pass()).status).to.equal(200);
  });

  it("shows all suspensions that hold it, and resume what is left of them", async () => {
    await run(suspend, "room-a", "--reason", "database move");
    await run(suspend, "--source", "specs", "--reason", "repository moves");
    await run(suspend, "--all", "--reason", "incident");
    room.commit({ version: 2, entities: entityIds(3) });
    const named = await eventually("all three are named", async () => {
      const { conditions } = await room.status();
      const { message = "" } = conditions.find(({ type }) => type === "Suspended") ?? {};
      return message.startsWith("3 suspensions hold the room until each has ended: ") && message;
    });
    expect(named).to.match(/"database move".*"repository moves".*"incident"/);
    for (const how of ["resume room-a`", "resume --source specs`", "resume --all`"])
      expect(named).to.include(how);
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(body.blockedBy.find(({ reason }) => reason === "Suspended")?.message).to.equal(named);
    expect(String((await room.pass()).body["detail"])).to.include(named);
    const source = await run(resume, "--source", "specs");
    expect(source.out).to.match(/^Resumed all rooms of source specs, .*\n/);
    expect(source.out).to.match(
      /It is still suspended: all rooms are suspended by http 127\.0\.0\.1 \(incident\)\.\n/,
    );
    expect(source.out).to.match(/It is still suspended: room room-a is .*\(database move\)\.\n$/);
    const one = await run(resume, "room-a");
    expect(one.out).to.match(/It is still suspended: all rooms are .*\(incident\)\.\n$/);
    await run(suspend, "room-a", "--reason", "look");
    const all = await run(resume, "--all");
    expect(all.out).to.match(/It is still suspended: room room-a is .*\(look\)\.\n$/);
    expect((await run(resume, "room-a")).out).to.not.include("still");
    await world.verified(room.id);
  });

  it("stays suspended when its source is renamed, and the agent says so where it cannot know", async () => {
    await run(suspend, "--source", "specs", "--reason", "move");
    await world.stop();
    await world.start({ Git__Sources__0__Name: "renamed" });
    await eventually("the renamed source has the room", async () => {
      return (await room.status()).source === "renamed";
    });
    await room.newWrites();
    room.commit({ version: 2, entities: entityIds(3) });
    await world.observed();
    await world.reason(room.id, "Suspended");
    const { suspensions, warnings } = await world.status();
    expect(suspensions?.map(({ scope }) => scope)).to.deep.equal([
      { kind: "source", source: "renamed" },
    ]);
    expect(warnings).to.equal(undefined);
    const [moved] = await world.audit("suspension.moved");
    expect(moved?.metadata).to.include({ source: "renamed", from: "specs", reason: "move" });
    expect(await room.newWrites()).to.deep.equal([]);
    await world.stop();
    await world.start({ Git__Sources__0__Name: "third", Git__Sources__0__Path: "rooms" });
    const unused = await world.status();
    expect(unused.warnings?.map(({ reason }) => reason)).to.deep.equal(["SuspensionUnused"]);
    expect(logOf(world).map(({ message }) => message)).to.include(
      "a suspended source is not configured",
    );
    expect((await run(resume, "--source", "renamed")).code).to.equal(0);
    expect((await world.status()).warnings).to.equal(undefined);
  });

  it("goes on by itself when its time is over", async () => {
    const until = new Date(Date.now() + 2500).toISOString();
    expect((await run(suspend, "room-a", "--reason", "short", "--until", until)).code).to.equal(0);
    room.commit({ version: 2, entities: entityIds(3) });
    await world.reason(room.id, "Suspended");
    await world.verified(room.id);
    const ended = await world.audit("suspension.ended");
    expect(ended[0]?.metadata).to.include({ room: "room-a", reason: "short", until });
  });

  it("does not begin where the request is wrong, and says how it is right", async () => {
    const past = "2020-01-01T00:00:00Z";
    const bodies: readonly (readonly [string, unknown, number])[] = [
      ["/rooms/room-x/suspend", { reason: "x" }, 404],
      ["/sources/other/suspend", { reason: "x" }, 404],
      ["/rooms/room-a/suspend", {}, 400],
      ["/rooms/room-a/suspend", { reason: "  " }, 400],
      ["/rooms/room-a/suspend", { reason: "x", until: past }, 400],
      ["/rooms/room-a/suspend", { reason: "x", until: "2099-01-01T00:00:00" }, 400],
      ["/rooms/room-a/suspend", { reason: "x", until: "9999-12-31T23:59:59-14:00" }, 400],
      ["/rooms/room-a/suspend", { reason: "x", until: "2099-12-31T23:59:60Z" }, 400],
      ["/rooms/room-a/suspend", { reason: "x", for: "2h" }, 400],
      ["/suspend", "reason", 400],
    ];
    for (const [path, body, want] of bodies) {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(world.url + path, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      expect(answer.status, `${path} ${JSON.stringify(body)}`).to.equal(want);
      await answer.body?.cancel();
    }
    const wrong = await Promise.all([
      run(suspend, "room-a"),
      run(suspend, "room-a", "--all", "--reason", "x"),
      run(suspend, "--reason", "x"),
      run(suspend, "room-a", "--reason", "x", "--for", "0h"),
      run(suspend, "room-a", "--reason", "x", "--for", "soon"),
      run(suspend, "room-a", "--reason", "x", "--for", "1h", "--until", past),
      run(resume),
      run(resume, "room-a", "--for", "2h"),
      run(suspend, "", "--reason", "x"),
      run(suspend, "--source", "", "--reason", "x"),
      run(suspend, "room-a", "--reason", "x", "--until", "tomorrow"),
      run(suspend, "room-a", "--reason", "x", "--until", "2099-01-01T10:00"),
    ]);
    expect(wrong.map(({ code }) => code)).to.deep.equal(wrong.map(() => 2));
    // A URL drops dots: the whole agent would be meant.
    for (const given of [["."], [".."], ["--source", ".."]]) {
      const failed = await run(suspend, ...given, "--reason", "x").catch(String);
      expect(failed).to.include("is not the name of a room or source");
    }
    expect(wrong[3]?.err).to.include("--for 0h is not a time: write 30m, 2h or 3d");
    expect(wrong[10]?.err).to.include("--until tomorrow is not a time with a zone: write 20");
    await eventually("nothing is suspended", async () => {
      const { suspensions } = await world.status();
      return suspensions === undefined;
    });
  });
});
