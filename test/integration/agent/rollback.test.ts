import { expect } from "chai";
import type { RoomAnswer } from "../../../agent/api/status-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults, type FaultGiven } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { shownRoom } from "../../support/shown-room.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const SPEC = "rooms/harbor7.room.yaml";

/** A final no to whatever is done with this item. */
const no = (operation: string, target: string, status = 403): FaultGiven => ({
  kind: "status",
  operation,
  target,
  status,
  body: JSON.stringify({ error: "NOT_ALLOWED" }),
});

const artifact = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  type: "document",
  workspace: "shared",
  seedFrom: `seeds/${name}.md`,
  ...more,
});

const ONE = specYaml({
  roomId: ROOM,
  version: 1,
  entities: [{ id: "E-1", kind: "human", displayName: "Old" }, "E-gone"],
  artifacts: [artifact("notes", { promoteAfterSeed: true }), artifact("old", { tags: ["a", "b"] })],
  policies: { dmVisibilityDefault: "owner" },
});

const NEW = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Seven changes that are done (join, update, kick, overwrite, promote, delete, policy) and eight new artifacts. */
const TWO = specYaml({
  roomId: ROOM,
  version: 2,
  entities: [{ id: "E-1", kind: "human", displayName: "New" }, "E-2"],
  artifacts: [
    artifact("notes", { tags: ["new"], promoteAfterSeed: true }),
    ...NEW.map((name) => artifact(name)),
  ],
  policies: { dmVisibilityDefault: "team" },
});

const REFUSALS = NEW.map((name) => no("seed", name, 413));

function quarantined(world: AgentWorld): Promise<RoomAnswer> {
  const read = async () => {
    const room = await world.room(ROOM);
    const isAtRest = room.quarantine?.pending.length === 0 && room.lastOutcome === "converged";
    return isAtRest ? room : undefined;
  };
  return eventually("the room is quarantined and at rest", read);
}

describe("a change that the RoomServer refuses for the most part", function () {
  this.timeout(120_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
    const seeds = Object.fromEntries(
      [...NEW, "notes", "old"].map((name) => [`seeds/${name}.md`, `${name} 1\n`]),
    );
    world.commit({ [SPEC]: ONE, ...seeds });
  });

  afterEach(async () => {
    await world.remove();
  });

  const start = async (env: Record<string, string> = {}) => {
    await world.start(env);
    await world.verified(ROOM);
  };

  const push = () =>
    world.commit(
      { [SPEC]: TWO, "seeds/notes.md": "notes 2\n" },
      `Change it all\n\nConfirm: ${ROOM}`,
    );

  it("is undone byte for byte, quarantined over a restart, and tried again when a person says so", async () => {
    await start();
    const before = await shownRoom(world, ROOM);
    const verified = (await world.room(ROOM)).verifiedRevision;
    await setFaults(world.roomServerUrl, ...REFUSALS);
    const commit = push();
    const room = await quarantined(world);
    expect(await shownRoom(world, ROOM)).to.deep.equal(before);
    expect(room.quarantine).to.deep.include({
      revision: `main@sha1:${commit}`,
      specVersion: 2,
      reason: "RolledBack",
      enforcedRevision: verified,
      notUndone: [],
    });
    expect(room.quarantine?.undone).to.deep.equal([
      { action: "setPolicy", item: "policy/dmVisibilityDefault" },
      { action: "delete", item: "artifact/old" },
      { action: "seed", item: "artifact/notes" },
      { action: "kick", item: "entity/E-gone" },
      { action: "join", item: "entity/E-2" },
      { action: "replace", item: "entity/E-1" },
    ]);
    expect(room.quarantine?.howToRetry).to.include("POST /apply");
    expect(room.conditions.map(({ type, reason }) => `${type} ${reason}`)).to.include(
      "Stalled Quarantined",
    );
    const { sources } = await world.status();
    expect(sources[0]?.heldBackBy).to.deep.equal([{ roomId: ROOM, reason: "Quarantined" }]);

    const [record] = await world.audit("room.rolledBack");
    expect(record?.metadata).to.deep.include({ phase: "ROLLBACK", notUndone: [], pending: [] });
    expect(record?.metadata["undone"]).to.have.length(6);
    expect(await world.text("/metrics")).to.match(
      /room_operator_reconcile_outcomes_total\{[^}]*outcome="rolledBack"[^}]*\} 1\n/,
    );
    await checkWorld(world);

    // Drift goes on being corrected, by an agent that was started anew.
    await world.stop();
    await world.start();
    await world.kickByHand(ROOM, "E-1");
    await eventually("the drift is corrected", async () => {
      const { entities } = await world.contents(ROOM);
      return entities.includes("E-1") ? true : undefined;
    });
    expect((await world.room(ROOM)).quarantine).to.not.equal(null);

    await setFaults(world.roomServerUrl);
    // The confirmed removals were used up by the first try: kick and delete are asked for again.
    const { status, body } = await world.apply({ roomId: ROOM }, { "X-Confirm": "true" });
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body["outcome"]).to.equal("converged");
    expect((await world.contents(ROOM)).artifacts).to.deep.equal([...NEW, "notes"]);
    expect((await world.room(ROOM)).quarantine).to.equal(null);
    expect(await world.audit("retry")).to.have.length(1);
    await checkWorld(world);
  });

  it("is undone when it was posted, and tried again when it is posted again", async () => {
    await world.start();
    const posted = specYaml({ roomId: "room-posted", entities: ["E-1", "E-2", "E-3"] });
    const refusals = ["E-2", "E-3"].map((id) => no("join", id));
    await setFaults(world.roomServerUrl, ...refusals);
    expect((await world.applyYaml(posted)).status).to.equal(502);
    expect((await world.contents("room-posted")).entities).to.deep.equal([]);
    expect((await world.room("room-posted")).quarantine?.enforcedRevision).to.equal(null);
    await setFaults(world.roomServerUrl);
    const { status, body } = await world.applyYaml(posted);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect((await world.contents("room-posted")).entities).to.have.length(3);
  });

  it("is lifted by new inputs and nothing else that is pushed, and answers 502 to who tries it again", async () => {
    await start();
    await setFaults(world.roomServerUrl, ...REFUSALS);
    push();
    await quarantined(world);
    const writes = (await world.writes()).length;
    world.commit({ "README.md": "about something else" });
    await world.observed();
    // What is enforced is converged, so a pass over it writes nothing.
    await world.apply({ roomId: ROOM }, { "X-Dry-Run": "true" });
    expect((await world.writes()).length).to.equal(writes);
    expect((await world.room(ROOM)).quarantine).to.not.equal(null);

    await setFaults(world.roomServerUrl, ...REFUSALS, no("kick", "E-2"));
    const { status, body } = await world.apply({ roomId: ROOM }, { "X-Confirm": "true" });
    expect(status).to.equal(502);
    expect(body).to.deep.include({
      code: "RolledBack",
      outcome: "rolledBack",
      phase: "ROLLBACK",
      success: false,
    });
    expect(body["errors"]).to.have.length(1);
    expect(body["errors"]).to.have.nested.property("[0].name", "entity/E-2");

    await setFaults(world.roomServerUrl);
    world.commit({ [SPEC]: ONE.replace("version: 1", "version: 3") });
    const room = await world.verified(ROOM);
    expect(room.quarantine).to.equal(null);
    expect(await world.audit("room.quarantineLifted")).to.have.length(1);
  });

  it("stays where it got to with Rollback.Mode off", async () => {
    await start({ Operator__Rollback__Mode: "off" });
    await setFaults(world.roomServerUrl, ...REFUSALS);
    push();
    const room = await world.reason(ROOM, "ActionsFailed");
    expect(room.quarantine).to.equal(null);
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-1", "E-2"]);
    expect(await world.audit("room.rolledBack")).to.deep.equal([]);
  });

  it("is undone from a smaller share of refusals with a smaller FailureRatio", async () => {
    await start({ Operator__Rollback__FailureRatio: "0.05" });
    await setFaults(world.roomServerUrl, no("seed", "a", 422));
    push();
    await quarantined(world);
    expect((await world.contents(ROOM)).artifacts).to.deep.equal(["notes", "old"]);
  });

  it("is undone to the end by the agent that comes after one that was killed in the middle of it", async () => {
    const agent = await world.spawn();
    await world.verified(ROOM);
    const before = await shownRoom(world, ROOM);
    await setFaults(
      world.roomServerUrl,
      ...REFUSALS,
      // The undo hangs when the entity is gone and its answer is not here.
      { kind: "hang", operation: "kick", target: "E-2", afterWork: true, count: 1 },
    );
    push();
    await eventually("the undo hangs", async () =>
      (await world.writes(ROOM)).includes("kick E-2") ? true : undefined,
    );
    await agent.killAgent();
    await world.spawn();
    const room = await quarantined(world);
    expect(await shownRoom(world, ROOM)).to.deep.equal(before);
    expect(room.quarantine?.undone).to.have.length(6);
    expect(room.quarantine?.notUndone).to.deep.equal([]);
    // Each was put back once, and nothing of the refused change was tried again.
    const log = (await world.log()).filter(({ effect }) => effect);
    expect(log.filter(({ op, target }) => op === "join" && target === "E-gone")).to.have.length(2);
    expect(log.filter(({ op }) => op === "policy")).to.have.length(3);
    await checkWorld(world);
  });
});
