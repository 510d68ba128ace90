import { expect } from "chai";
import { createDevserver } from "../../../devserver/devserver.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { logOf } from "../../support/attention-checks.ts";
import { joinEntity, readContents } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ALL = entityIds(4);
/** Its file is edited, and that of the other one moves to another source. */
const EDITED = "room-edited";
const MOVED = "room-moved";
const ROOMS = [EDITED, MOVED] as const;

describe("a first poll after the rooms were verified on another RoomServer", () => {
  const other = createDevserver({ port: 0 });
  let world: AgentWorld;
  let url = "";

  before(async () => {
    ({ url } = await other.start());
    for (const id of [...ROOMS, "room-second"])
      for (const entity of ALL) await joinEntity(url, id, entity);
    world = await AgentWorld.create({
      Git__Sources__0__Path: "rooms",
      Git__Sources__1__Name: "other",
      Git__Sources__1__Path: "rooms2",
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    world.commit({
      "rooms/edited.room.yaml": spec(EDITED),
      "rooms/moved.room.yaml": spec(MOVED),
      "rooms2/second.room.yaml": spec("room-second"),
    });
    await start();
    for (const id of [...ROOMS, "room-second"]) await world.verified(id);
    await world.stop();
  });

  after(async () => {
    await world.remove();
    await other.stop();
  });

  const spec = (roomId: string, version = 1, count = 4) =>
    specYaml({ roomId, version, entities: entityIds(count) });
  const start = (env: Readonly<Record<string, string>> = {}) =>
    world.start({ Git__Sources__1__Url: world.git.url("specs.git"), ...env });
  const entities = async (roomId: string) => [...(await readContents(url, roomId)).entities].sort();

  /** Waits until a pass that began since then found the room as its spec says. */
  function converged(roomId: string, since: string): Promise<unknown> {
    return eventually(`${roomId} is read on the other RoomServer`, async () => {
      const { lastReconcile, conditions } = await world.room(roomId);
      const isNew = lastReconcile !== null && lastReconcile > since;
      return isNew && conditions.some(({ reason }) => reason === "Converged");
    });
  }

  it("confirms nothing by commits that it brings, and by later ones", async () => {
    const commit = world.commit(
      {
        "rooms/edited.room.yaml": spec(EDITED, 2, 1),
        "rooms/moved.room.yaml": null,
        "rooms2/moved.room.yaml": spec(MOVED, 2, 1),
      },
      `Shrink both\n\nConfirm: ${EDITED}, ${MOVED}`,
    );
    world.git.break({ kind: "status", status: 503 });
    const since = new Date().toISOString();
    await start({ RoomServer__BaseUrl: url });
    for (const roomId of ROOMS) await converged(roomId, since);
    await world.stop();
    await start();
    world.git.heal();
    for (const roomId of ROOMS) {
      const { verifiedRevision } = await world.reason(roomId, "ChangeThresholdExceeded");
      expect(verifiedRevision).to.not.include(commit);
      expect(await entities(roomId)).to.deep.equal(ALL);
    }
    expect(await world.audit("confirm")).to.deep.equal([]);
    const { intentIgnored } = await world.room(EDITED);
    expect(intentIgnored).to.have.length(1);
    expect(intentIgnored[0]).to.include({ commit });
    expect(intentIgnored[0]?.reason).to.match(/came with the first poll .* in a new commit/);
    const said = logOf(world).filter(({ message }) => message === "intent ignored");
    expect(said).to.have.length(2);
    world.commit({}, `They may go there, too\n\nConfirm: ${EDITED}, ${MOVED}`);
    for (const roomId of ROOMS) {
      await world.reason(roomId, "Converged");
      expect(await entities(roomId)).to.deep.equal(["E-01"]);
    }
  });
});
