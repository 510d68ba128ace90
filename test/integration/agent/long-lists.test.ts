import { expect } from "chai";
import type { RoomAnswer } from "../../../agent/api/status-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { LyingServer } from "./lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";

const EACH = 10_000;
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(at).padStart(5, "0")}`);

describe("a room with 20,000 entities and artifacts that its spec does not name", function () {
  this.timeout(120_000);
  let world: AgentWorld;
  let server: LyingServer;
  let room: RoomStory;
  let refused: { status: number; body: Record<string, unknown> };

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "600" });
    server = await LyingServer.start(world.roomServerUrl);
    room = new RoomStory(world, "room-crowded");
    server.lie = ({ roomId, entities }) => ({
      roomId,
      entities: [...entities, ...names("X", EACH - entities.length).map((id) => ({ id }))],
      artifacts: names("file", EACH).map((name) => ({ name })),
    });
    world.commit({ "README.md": "rooms" });
    await world.start({ RoomServer__BaseUrl: server.url });
    refused = await room.push({ entities: ["E-1"] });
  });

  after(async () => {
    await world.remove();
    await server.stop();
  });

  const pages = async (read: (page: RoomAnswer) => readonly string[]) => {
    const all: string[] = [];
    for (let offset = 0; ; offset += 1000) {
      const path = `/status/rooms/${room.id}?offset=${offset}`;
      const text = await world.text(path);
      expect(text.length, path).to.be.lessThan(400_000);
      const shown = read(JSON.parse(text) as RoomAnswer);
      if (shown.length === 0) return all;
      all.push(...shown);
    }
  };

  it("is answered with the first of each list, their number, and where the rest is", () => {
    expect(refused.status).to.equal(412);
    expect(JSON.stringify(refused.body).length).to.be.lessThan(60_000);
    expect(refused.body["cutLists"]).to.deep.include({
      list: "diff.toKick",
      shown: 50,
      total: EACH,
    });
    expect(refused.body["detail"]).to.include(`GET /status/rooms/${room.id}?offset=0`);
  });

  it("is shown in short by /status, and whole, page by page, by its own", async () => {
    expect((await world.text("/status")).length).to.be.lessThan(60_000);
    const foreign = [...names("X", EACH), ...names("file", EACH)];
    const removals = await pages(({ wouldRemove }) => wouldRemove);
    expect(removals).to.have.length(2 * EACH);
    expect(new Set(removals.map((item) => item.split("/")[1]))).to.deep.equal(new Set(foreign));
    const kicks = await pages(({ pendingDiff }) => pendingDiff?.toKick ?? []);
    expect(kicks).to.deep.equal(names("X", EACH));
    const cut = (await room.status()).cutLists;
    expect(cut).to.deep.include({ list: "wouldRemove", shown: 1000, total: 2 * EACH });
  });

  it("refuses a page that is none", async () => {
    for (const query of ["offset=-1", "count=0", "count=1001", "offset=1e9", "page=2"]) {
      const { status } = await world.get(`/status/rooms/${room.id}?${query}`);
      expect(status, query).to.equal(400);
    }
  });

  it("keeps each audit record short, and is confirmed whole", async () => {
    const digest = String(refused.body["planDigest"]);
    await room.pass({ "X-Confirm": digest });
    const records = await world.auditOf(room.id);
    for (const record of records)
      expect(JSON.stringify(record).length, record.action).to.be.lessThan(40_000);
    const confirm = records.find(({ action }) => action === "confirm");
    expect(confirm?.metadata).to.include({ itemCount: 2 * EACH, planDigest: digest });
    expect(confirm?.metadata["items"]).to.have.length(200);
  });
});
