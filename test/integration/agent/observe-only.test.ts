import { expect } from "chai";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { acknowledge } from "../../../agent/cli/acknowledge.ts";
import type { StatusBody } from "../../../agent/api/contract.ts";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { changeRows, damagePage } from "../../support/damage.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const OTHER = "room-mole4";
const PATHS = { [ROOM]: "rooms/harbor7.room.yaml", [OTHER]: "rooms/mole4.room.yaml" } as const;

const spec = (roomId: string, version: number, entities: readonly string[]) => ({
  [PATHS[roomId as typeof ROOM]]: specYaml({ roomId, version, entities }),
});

describe("observe-only", function () {
  this.timeout(90_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
    world.patienceMs = 30_000;
    world.commit({ ...spec(ROOM, 1, entityIds(3)), ...spec(OTHER, 1, entityIds(3)) });
    await world.start();
    await world.verified(ROOM);
    await world.verified(OTHER);
  });

  afterEach(() => world.remove());

  /** Damages the store of the stopped agent, and starts it again. */
  async function restartDamaged(): Promise<void> {
    await world.stop();
    damagePage(join(world.data, "store.db"), { page: 2, from: 0, bytes: 4096 });
    await world.start();
  }

  const observeOnly = async () => (await world.get<StatusBody>("/status")).body.observeOnly;
  const ours = async () => (await world.log()).filter(({ requestId }) => requestId !== null);

  it("plans, judges and publishes, and writes to no room, over restarts and until a person says so", async () => {
    const before = await ours();
    await world.kickByHand(ROOM, "E-02");
    await world.joinByHand(OTHER, "E-09");
    await restartDamaged();
    const file = (await observeOnly())?.file ?? "";
    expect(readdirSync(world.data).map((name) => join(world.data, name))).to.include(file);
    const room = await world.reason(ROOM, "ObserveOnly");
    expect(room.pendingDiff?.toJoin).to.deep.equal(["E-02"]);
    expect(room.lastOutcome).to.equal("waiting/ObserveOnly");
    expect(room.howToConfirm).to.include("room-operator acknowledge").and.include(ROOM);
    const explained = await world.get<ExplainAnswer>(`/rooms/${ROOM}/explain`);
    // The first poll may be under way at this very moment, or a pass.
    const others = new Set(["NotYetPolled", "PassRunning"]);
    const causes = explained.body.blockedBy.map(({ reason }) => reason);
    expect(causes.filter((reason) => !others.has(reason))).to.deep.equal(["ObserveOnly"]);
    const cause = explained.body.blockedBy.find(({ reason }) => reason === "ObserveOnly");
    expect(cause?.unblock).to.include("room-operator acknowledge");
    const other = await world.reason(OTHER, "ObserveOnly");
    expect(other.wouldRemove, "what guardrails say is said too").to.deep.equal(["entity/E-09"]);
    await eventually("both rooms hold the source back", async () => {
      const { heldBackBy = [] } = (await world.status()).sources[0] ?? {};
      return heldBackBy.filter(({ reason }) => reason === "ObserveOnly").length === 2;
    });
    const health = await world.get<{ status: string; problems: { check: string }[] }>("/health");
    expect(health.status).to.equal(200);
    expect(health.body.status).to.equal("degraded");
    expect(health.body.problems.map(({ check }) => check)).to.include("observeOnly");
    for (const text of [JSON.stringify(health.body), room.howToConfirm])
      expect(text).to.include("suspensions from before the damage are lost");
    expect(await world.text("/metrics")).to.match(/^room_operator_observe_only 1$/m);

    await world.stop();
    await world.start();
    world.commit(spec(ROOM, 2, entityIds(4)), "Grow\n\nConfirm: room-harbor7");
    await eventually("the new plan is made", async () =>
      (await world.room(ROOM)).pendingDiff?.toJoin.includes("E-04"),
    );
    await world.kickByHand(ROOM, "E-01");
    await eventually("drift is seen", async () =>
      (await world.room(ROOM)).pendingDiff?.toJoin.includes("E-01"),
    );
    expect(await ours()).to.deep.equal(before);
    expect(await world.audit("store.damaged")).to.have.length(1);
    expect(await world.audit("store.damaged")).to.have.nested.property("[0].metadata.file", file);
    const told = world.lines.filter((line) => line.includes("observe-only: no room"));
    expect(told, "once at each start").to.have.length(2);
  });

  it("ends for one room by /apply with X-Confirm, which covers what that room's plan removes", async () => {
    await world.joinByHand(ROOM, "E-09");
    await world.kickByHand(OTHER, "E-02");
    await restartDamaged();
    await world.reason(OTHER, "ObserveOnly");
    const held = await world.apply({ roomId: ROOM });
    expect(held.status).to.equal(202);
    expect(held.body).to.include({ outcome: "waiting", reason: "ObserveOnly" });
    expect(held.body["message"]).to.include("X-Confirm: true").and.include("acknowledge");
    expect(held.body["diff"]).to.have.property("toKick").that.deep.equals(["E-09"]);
    const dry = await world.apply({ roomId: ROOM }, { "X-Dry-Run": "true", "X-Confirm": "true" });
    expect(dry.body["outcome"], "a rehearsal lets go of nothing").to.equal("planned");
    expect((await observeOnly())?.released).to.deep.equal([]);

    const before = (await ours()).length;
    const answer = await world.apply({ roomId: ROOM }, { "X-Confirm": "true" });
    expect(answer.body["outcome"], JSON.stringify(answer.body)).to.equal("converged");
    expect((await ours()).slice(before).map(({ op, target }) => `${op} ${target}`)).to.deep.equal([
      "kick E-09",
    ]);
    const lifted = (await world.audit("confirm")).find(({ metadata }) => "lifted" in metadata);
    expect(lifted).to.deep.include({ type: "command" });
    expect(lifted?.metadata).to.deep.include({ room: ROOM, lifted: ["ObserveOnly"] });
    expect(lifted?.metadata["actor"]).to.match(/^http /);

    await world.stop();
    await world.start();
    expect((await observeOnly())?.released).to.deep.equal([ROOM]);
    await world.kickByHand(ROOM, "E-03");
    await eventually("its drift is corrected", async () =>
      (await world.contents(ROOM)).entities.includes("E-03"),
    );
    expect((await world.contents(OTHER)).entities, "the other waits").to.not.include("E-02");
  });

  it("ends for all rooms by `room-operator acknowledge`, which confirms no removal", async () => {
    await world.kickByHand(ROOM, "E-02");
    await world.joinByHand(OTHER, "E-09");
    await restartDamaged();
    await world.reason(ROOM, "ObserveOnly");
    await world.reason(OTHER, "ObserveOnly");
    const io = new RecordedIo(world.folder);
    expect(await acknowledge(["--url", world.url], io)).to.equal(0);
    expect(io.out).to.include("was observe-only since").and.include("store.db.damaged-");
    expect(io.out).to.include("suspend again what must not be written to");
    await world.verified(ROOM);
    await world.reason(OTHER, "AdoptionNeedsConfirm");
    expect((await world.contents(OTHER)).entities).to.include("E-09");
    expect(await observeOnly()).to.equal(null);
    expect(await world.text("/metrics")).to.match(/^room_operator_observe_only 0$/m);
    const [record] = await world.audit("acknowledge");
    expect(record).to.include({ type: "command" });
    expect(record?.metadata["actor"]).to.match(/^http /);
    expect(record?.metadata["lost"]).to.include("suspensions from before the damage are lost");
    const again = new RecordedIo(world.folder);
    expect(await acknowledge(["--url", `${world.url}/`], again)).to.equal(0);
    expect(again.out).to.include("nothing to acknowledge");
    expect(await world.audit("acknowledge"), "and that is no command").to.have.length(1);
    await world.stop();
    await world.start();
    expect(await observeOnly(), "a restart does not bring it back").to.equal(null);
  });

  it("verifies by reading a room that is as its spec says", async () => {
    const before = await ours();
    await restartDamaged();
    await world.verified(ROOM);
    expect((await world.room(ROOM)).conditions[0]?.reason).to.equal("Converged");
    expect(await ours()).to.deep.equal(before);
  });

  it("holds a posted spec as well: it is kept, planned and not carried out", async () => {
    await restartDamaged();
    const posted = specYaml({ roomId: "room-posted", entities: ["E-01"] });
    const held = await world.applyYaml(posted);
    expect(held.status).to.equal(202);
    expect(held.body).to.include({ reason: "ObserveOnly" });
    expect(await world.writes("room-posted")).to.deep.equal([]);
    const answer = await world.applyYaml(posted, { "X-Confirm": "true" });
    expect(answer.body["outcome"]).to.equal("converged");
    expect(await world.writes("room-posted")).to.deep.equal(["join E-01"]);
  });

  it("is not what follows a store that is gone: that is a first install", async () => {
    await world.stop();
    for (const part of ["store.db", "store.db-wal"])
      rmSync(join(world.data, part), { force: true });
    await world.start();
    expect(await observeOnly()).to.equal(null);
    await world.verified(ROOM);
  });

  describe("after a damage that was found while the agent ran", () => {
    /** Makes the row of a room unreadable under the running agent. */
    function damageRow(roomId: string): void {
      const sql = `UPDATE room SET document = '{' WHERE room_id = '${roomId}'`;
      changeRows(join(world.data, "store.db"), sql);
    }

    it("begins with the next start; until then nothing is written and health says what to do", async () => {
      damageRow(ROOM);
      const health = await eventually("health has noticed", async () => {
        const answer = await world.get<{ problems: { message: string }[] }>("/health");
        return answer.status === 503 ? answer.body : undefined;
      });
      expect(health.problems.map(({ message }) => message).join()).to.include(
        "The next start sets it aside",
      );
      const before = await ours();
      await world.kickByHand(OTHER, "E-02");
      await eventually("passes fail", () =>
        world.lines.some((line) => line.includes(OTHER) && line.includes("StoreDamaged")),
      );
      expect((await world.apply({ roomId: OTHER }, { "X-Confirm": "true" })).status).to.equal(503);
      expect((await world.room(OTHER)).roomId, "what can be read is shown").to.equal(OTHER);
      expect(await ours()).to.deep.equal(before);
      expect(world.lines.filter((line) => line.includes('"store damaged"'))).to.have.length(1);

      await world.stop();
      await world.start();
      expect((await observeOnly())?.message).to.include("not JSON");
      await world.reason(OTHER, "ObserveOnly");
      expect(await ours()).to.deep.equal(before);
    });
  });
});
