import { expect } from "chai";
import type { PassPointReached } from "../../../agent/room/pass-points.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("the points of a pass", () => {
  let world: AgentWorld;
  let seen: PassPointReached[];

  beforeEach(async () => {
    world = await AgentWorld.create();
    seen = [];
    world.onPassPoint = (reached) => void seen.push(reached);
  });

  afterEach(async () => {
    await world.remove();
  });

  /** What was reached since it was last asked. */
  const points = () => seen.splice(0).map(({ point }) => point);

  it("are told in their order, and none where nothing changes", async () => {
    world.commit({ [PATH]: specYaml({ entities: ["E-01", "E-02"] }) });
    await world.start();
    await world.verified(ROOM);
    await eventually("it is written down", () => seen.at(-1)?.point === "concluded");
    const sending = seen.filter(({ point }) => point === "sent");
    expect(sending.map(({ intent }) => intent?.action.item)).to.deep.equal([
      "entity/E-01",
      "entity/E-02",
    ]);
    expect(seen.map(({ roomId }) => roomId)).to.deep.equal([
      null,
      ...seen.slice(1).map(() => ROOM),
    ]);
    expect(points()).to.deep.equal([
      "fetched",
      "recorded",
      "planned",
      "judged",
      "intended",
      "sent",
      "answered",
      "sent",
      "answered",
      "applied",
      "verified",
      "concluded",
    ]);

    const { body } = await world.apply({ roomId: ROOM });
    expect(body["success"]).to.equal(true);
    expect(points()).to.deep.equal([]);
  });

  it("tell of a person's yes once it is kept", async () => {
    world.commit({ [PATH]: specYaml({ entities: entityIds(3) }) });
    await world.start();
    await world.verified(ROOM);
    world.commit({ [PATH]: specYaml({ version: 2 }) });
    await world.reason(ROOM, "ChangeThresholdExceeded");
    seen = [];
    await world.apply({ roomId: ROOM }, { "X-Confirm": "true" });
    // Passes that nobody asked for may have come by before.
    const reached = points();
    const at = reached.indexOf("confirmed");
    const around = reached.slice(Math.max(at - 1, 0), at + 3);
    expect(around).to.deep.equal(["planned", "confirmed", "judged", "intended"]);
  });

  it("hold the work up until their observer has looked", async () => {
    world.commit({ [PATH]: specYaml({ entities: ["E-01"] }) });
    let letGo: () => void = () => undefined;
    const looking = new Promise<void>((resolve) => (letGo = resolve));
    world.onPassPoint = async ({ point }) => {
      seen.push({ point, roomId: null });
      if (point === "intended") await looking;
    };
    await world.start();
    await eventually("it looks", () => seen.at(-1)?.point === "intended");
    await world.observed();
    expect(await world.log()).to.deep.equal([]);
    letGo();
    await world.verified(ROOM);
    expect(await world.writes()).to.deep.equal(["join E-01"]);
  });
});
