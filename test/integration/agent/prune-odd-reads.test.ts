import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { LyingServer } from "./lying-server.ts";

const OURS = ["E-1", "E-2", "E-3", "E-4"];
const ROOMS = ["1", "2", "3", "4"].map((name) => `room-odd-${name}`);
const ABSENT = { status: 404, body: { error: "ENTITY_NOT_FOUND", message: "not in the room" } };

describe("prunes on a RoomServer that restarts", () => {
  let world: AgentWorld;
  let server: LyingServer;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__StateConsistency__StaleTolerance: "2s",
      Git__Sources__0__Prune: "true",
    });
    server = await LyingServer.start(world.roomServerUrl);
    world.commit({
      "seeds/notes.md": "notes",
      "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }),
    });
    await world.start({ RoomServer__BaseUrl: server.url });
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
    await server.stop();
  });

  /** From the `nth` removal on it is away, then has no rooms for a time, and then has them all again. */
  function restartAt(nth: number): void {
    let removals = 0;
    let sinceMs = Infinity;
    server.instead = (method) => {
      if (method === "DELETE" && (removals += 1) === nth) sinceMs = Date.now();
      const goneMs = Date.now() - sinceMs;
      if (goneMs >= 0 && goneMs < 500) return "cut";
      return method === "DELETE" && goneMs >= 500 && goneMs < 1900 ? ABSENT : null;
    };
    server.lie = (state) =>
      Date.now() - sinceMs >= 0 && Date.now() - sinceMs < 1900
        ? { ...state, entities: [], artifacts: [], policies: {}, resources: [] }
        : state;
  }

  it("end by what it removed, not by a moment in which it shows nothing", async function () {
    this.timeout(60_000);
    const rooms = ROOMS.map((id) => new RoomStory(world, id));
    for (const room of rooms) room.commit({ entities: OURS, artifacts: ["notes"] });
    for (const room of rooms) await world.verified(room.id);
    restartAt(9);
    const files = Object.fromEntries(rooms.map(({ path }) => [path, null]));
    world.commit(files, `Remove them\n\nConfirm: ${ROOMS.join(", ")}`);
    for (const room of rooms) {
      await world.reason(room.id, "Pruned");
      expect(await room.entities(), room.id).to.deep.equal([]);
      expect(await room.artifacts(), room.id).to.deep.equal([]);
      const [record] = await room.audit("room.pruned");
      expect(record?.metadata, room.id).to.include({ removed: 5, found: 0 });
    }
  });
});
