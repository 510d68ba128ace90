import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import type { WindowsAnswer } from "../../../agent/api/windows-contract.ts";
import { explain } from "../../../agent/cli/explain.ts";
import { windows } from "../../../agent/cli/windows.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { healthOf, logOf } from "../../support/attention-checks.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const HOUR = 3_600_000;

/** A deny window of room-a alone: an hour from half an hour ago on. Passes come by push, people and windows alone. */
function deniedNow(): Record<string, string> {
  const begin = new Date(Date.now() - HOUR / 2);
  return {
    Operator__Reconciliation__StateConsistency__Mode: "passive",
    Operator__SyncWindows__0__Kind: "deny",
    Operator__SyncWindows__0__Schedule: `${begin.getUTCMinutes()} ${begin.getUTCHours()} * * *`,
    Operator__SyncWindows__0__Duration: "1h",
    Operator__SyncWindows__0__Rooms__0: "room-a",
    Operator__SyncWindows__0__Description: "no changes now",
    Operator__SyncWindowOverride__AllowedPersons__0: "Ada@example.org",
  };
}

describe("a sync window", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let room: RoomStory;
  let other: RoomStory;
  /** Lets the agent notice that a minute has passed. */
  let minute: () => Promise<void> = async () => undefined;

  before(async () => {
    world = await AgentWorld.create();
    world.patienceMs = 50_000;
    world.implementations = {
      ...world.implementations,
      everyMinute: (look) => {
        minute = look;
        void look();
        return { stop: async () => undefined };
      },
    };
    room = new RoomStory(world, "room-a");
    other = new RoomStory(world, "room-b");
    room.commit({ version: 1, entities: entityIds(2) });
    other.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    await world.verified(other.id);
    await world.stop();
    await world.start(deniedNow());
    await room.newWrites();
  });

  after(() => world.remove());

  async function run(command: typeof windows, ...args: readonly string[]) {
    const io = new RecordedIo(world.folder);
    const code = await command([...args, "--url", world.url], io);
    return { code, out: io.out };
  }

  it("keeps a new spec from its room alone, and is shown everywhere in the same words", async () => {
    room.commit({ version: 2, entities: entityIds(3) });
    const pushed = other.commit({ version: 2, entities: entityIds(3) });
    await world.verified(other.id, pushed);
    const shown = await eventually("the spec waits", async () => {
      const answer = await room.status();
      return answer.nextAllowedAt === undefined ? undefined : answer;
    });
    const next = shown.nextAllowedAt ?? "";
    expect(Date.parse(next) - Date.now()).to.be.within(HOUR / 4, HOUR / 2 + 60_000);
    expect(await room.conditions()).to.deep.equal(["Ready False SyncWindowClosed"]);
    const message = shown.conditions[0]?.message ?? "";
    expect(message)
      .to.include('Operator.SyncWindows[0] ("no changes now") is on')
      .and.include(`applied by itself at ${next}`);
    expect(shown.pendingDiff?.toJoin).to.deep.equal(["E-03"]);
    expect([shown.needsPerson, shown.howToConfirm]).to.deep.equal([null, null]);
    expect(shown.refusals[0]).to.include({ nextAllowedAt: next, confirmable: false });
    const { body } = await world.get<ExplainAnswer>("/rooms/room-a/explain");
    expect([body.atHead, body.nextAllowedAt]).to.deep.equal([false, next]);
    expect(body.blockedBy[0]).to.deep.include({ reason: "SyncWindowClosed", message });
    const status = await world.status();
    expect(status.health).to.equal("Healthy");
    expect(status.sources[0]?.heldBackBy).to.deep.equal([
      { roomId: "room-a", reason: "SyncWindowClosed" },
    ]);
    const [record] = (await room.audit("room.refused")).slice(-1);
    expect(JSON.stringify(record?.metadata)).to.include("SyncWindowClosed").and.include(next);
    expect(logOf(world).some((line) => line["reason"] === "SyncWindowClosed")).to.equal(true);
    const metrics = await world.text("/metrics");
    expect(metrics).to.match(/room_operator_rooms\{[^}]*reason="SyncWindowClosed"[^}]*\} 1/);
    expect(metrics).to.include('sync_windows_on{kind="deny"} 1');
  });

  it("is listed with the rooms that wait, and by explain", async () => {
    const { body } = await world.get<WindowsAnswer>("/windows");
    const next = (await room.status()).nextAllowedAt ?? null;
    expect(body.windows[0]).to.include({ on: true, changesAt: next, durationMinutes: 60 });
    expect([body.waiting, body.waitingCount]).to.deep.equal([
      [{ roomId: "room-a", nextAllowedAt: next }],
      1,
    ]);
    const shown = await run(windows);
    expect(shown.code).to.equal(0);
    expect(shown.out)
      .to.include(`0  deny  on until ${next}  no changes now`)
      .and.include(`room-a  next allowed at ${next}`);
    expect((await run(explain, "room-a")).out).to.include(`allowed   at ${next}`);
    expect((await run(windows, "room-a")).code).to.equal(2);
  });

  it("answers /apply 412 with the time, whatever is confirmed, and plans a dry run", async () => {
    const next = (await room.status()).nextAllowedAt;
    for (const headers of [{}, { "X-Confirm": "true" }] as Record<string, string>[]) {
      const { status, body } = await room.pass(headers);
      expect([status, body["outcome"]]).to.deep.equal([412, "refused"]);
      expect(String(body["detail"])).to.include(`the sync windows allow it at ${next}`);
    }
    const planned = await room.pass({ "X-Dry-Run": "true" });
    expect([planned.status, planned.body["outcome"]]).to.deep.equal([200, "planned"]);
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("keeps drift corrected, over a restart", async () => {
    await world.stop();
    await world.start();
    await world.kickByHand(room.id, "E-01");
    await room.pass();
    expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
    await world.reason(room.id, "SyncWindowClosed");
  });

  it("is overridden by a commit of a person who may, for what that commit asks for alone", async () => {
    const override = "Bring it in\n\nOverride-Window: customer is waiting\n";
    const files = (version: number, count: number) => ({
      "rooms/room-a.room.yaml": specYaml({
        roomId: "room-a",
        version,
        entities: entityIds(count),
      }),
    });
    world.commit(files(3, 4), override, { committer: "Eve <eve@example.org>" });
    await eventually("the line does not count", async () => {
      const { intentIgnored } = await room.status();
      return intentIgnored[0]?.reason.includes("the committer Eve <eve@example.org> is not in");
    });
    expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
    const head = world.commit(files(4, 5), override);
    await world.verified(room.id, head);
    expect(await room.entities()).to.deep.equal(entityIds(5));
    const [record] = (await room.audit("window.override")).slice(-1);
    expect(record).to.deep.include({ type: "command" });
    expect(record?.metadata).to.deep.include({
      actor: "Ada <ada@example.org>",
      commit: head,
      reason: "customer is waiting",
    });
    await room.newWrites();
    world.commit(files(5, 3), "And something else");
    await world.reason(room.id, "SyncWindowClosed");
    expect((await room.status()).conditions[0]?.message).to.include("`Override-Window: <reason>`");
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("refuses a header that would override it", async () => {
    const { status, body } = await room.pass({ "X-Override-Window": "now" });
    expect([status, body["code"]]).to.deep.equal([400, "InvalidHeader"]);
    expect(String(body["detail"])).to.include("trailer Override-Window");
  });

  it("lets the spec be applied by itself once it is over", async () => {
    world.clockAheadMs = HOUR;
    await minute();
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(entityIds(3));
    expect((await room.status()).nextAllowedAt).to.equal(undefined);
    const lines = logOf(world).map(({ message }) => message);
    expect(lines).to.include.members(["sync window began", "sync window ended"]);
    expect((await run(windows)).out)
      .to.include("off until")
      .and.include("No room waits");
  });

  it("that never opens needs a person, who is shown it everywhere in the same words", async () => {
    await world.stop();
    await world.start({
      ...deniedNow(),
      Operator__SyncWindows__0__Schedule: "0 0 * * *",
      Operator__SyncWindows__0__Duration: "25h",
    });
    room.commit({ version: 6, entities: entityIds(4) });
    const reason = "SyncWindowNeverOpens";
    await world.reason(room.id, reason);
    const { needsPerson, conditions, nextAllowedAt } = await room.status();
    const message = conditions[0]?.message ?? "";
    expect(message).to.include("no time was found");
    expect([needsPerson, nextAllowedAt]).to.deep.equal([{ reason, message }, undefined]);
    const { body } = await world.get<ExplainAnswer>("/rooms/room-a/explain");
    expect(body.blockedBy[0]).to.deep.include({ reason, message });
    expect(body.blockedBy[0]?.unblock).to.match(/^Correct `Operator.SyncWindows`/);
    const { problems } = await healthOf(world);
    expect(problems.map(({ message: text }) => text).join()).to.include(`room-a (${reason})`);
    const [record] = (await room.audit("room.refused")).slice(-1);
    expect(JSON.stringify(record?.metadata)).to.include(reason);
    expect(logOf(world).some((line) => line["reason"] === reason)).to.equal(true);
    expect(await world.text("/metrics")).to.match(
      /room_operator_rooms\{[^}]*reason="SyncWindowNeverOpens"[^}]*\} 1/,
    );
    const { body: shown } = await world.get<WindowsAnswer>("/windows");
    expect(shown.waiting).to.deep.equal([{ roomId: "room-a", nextAllowedAt: null }]);
  });
});
