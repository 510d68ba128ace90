import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import type { RoomAnswer } from "../../../agent/api/status-contract.ts";
import type { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { ONE, WaitingRoom } from "./waiting-room.ts";

const THREE = ["entity/E-02", "entity/E-03", "entity/E-04"];
const DAY_MS = 86_400_000;

describe("a confirmation that waits is shown", function () {
  this.timeout(60_000);
  let the: WaitingRoom;
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    the = await WaitingRoom.create();
    ({ world, room } = the);
  });

  afterEach(() => world.remove());

  /** In the status of all rooms and in that of the room alone, which say the same. */
  async function shown(): Promise<RoomAnswer["confirmations"]> {
    const { confirmations } = await room.status();
    const alone = await world.get<RoomAnswer>(`/status/rooms/${room.id}`);
    expect(alone.body.confirmations).to.deep.equal(confirmations);
    return confirmations;
  }

  async function explained(): Promise<readonly string[]> {
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    const found = body.blockedBy.filter(({ reason }) => reason === "ConfirmationWaits");
    return found.map(({ message }) => message);
  }

  it("with its commit, what it covers and until when, until it is carried out", async () => {
    expect(await shown()).to.equal(undefined);
    expect(await explained()).to.deep.equal([]);
    const commit = await the.shrink();
    const [one, ...others] = (await shown()) ?? [];
    expect(others).to.deep.equal([]);
    expect(one).to.include({ origin: "commit", commit });
    expect(one?.by).to.match(/^.+ <.+@.+>$/);
    expect(one?.items).to.deep.equal(THREE);
    expect(Date.parse(one?.until ?? "") - Date.parse(one?.since ?? "")).to.equal(DAY_MS);
    const [message] = await explained();
    expect(message).to.include(`commit ${commit}`).and.include(THREE.join(", "));
    expect(message).to.include(one?.until);
    const page = await world.get<RoomAnswer>(`/status/rooms/${room.id}?count=1`);
    expect(page.body.confirmations?.[0]?.items).to.deep.equal(THREE.slice(0, 1));
    expect(page.body.cutLists).to.deep.include({
      list: "confirmations[0].items",
      shown: 1,
      total: 3,
    });
    await the.isCarriedOut();
    expect(await shown()).to.equal(undefined);
    expect(await explained()).to.deep.equal([]);
  });

  it("where it ended it is not", async () => {
    await the.shrink();
    await the.observed(world.commit({ [room.path]: null }, "Give it up"));
    await world.reason(room.id, "Orphaned");
    expect(await shown()).to.equal(undefined);
  });

  it("with the source that has to have the room first", async () => {
    const commit = the.other.commit(
      { "a.room.yaml": the.spec(2, ONE) },
      { message: `Take it over\n\nConfirm: ${room.id}` },
    );
    const [one] = await eventually("it is shown", shown);
    expect(one).to.include({ origin: "commit", commit, forSource: "other" });
    expect((await explained())[0]).to.include('once source "other" has the room');
  });

  it("of a request, with its correlation id", async () => {
    await the.resume();
    await the.faulty(true);
    await the.shrink("Shrink");
    await eventually("it is refused", async () => (await room.refusals()).length > 0);
    await room.pass({ "X-Confirm": "true" });
    const [one] = await eventually("it is shown", shown);
    const [record] = await room.audit("confirm");
    expect(one).to.include({ origin: "request", commit: null });
    expect(one?.correlationId).to.equal(record?.correlationId);
    expect(one?.items).to.deep.equal(THREE);
    expect((await explained())[0]).to.include(`\`X-Confirm\` of request ${one?.correlationId}`);
  });
});
