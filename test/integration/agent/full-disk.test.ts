import { join } from "node:path";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { samplesOf } from "../../support/alert-rules.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { mountTmpfs, type Tmpfs } from "../../support/tmpfs.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("a full disk (needs leave to mount)", function () {
  this.timeout(90_000);
  let disk: Tmpfs | null = null;
  let world: AgentWorld;

  beforeEach(async function () {
    disk = mountTmpfs(16 * 1024 * 1024);
    if (disk === null) return this.skip();
    world = await AgentWorld.create({ Store__Path: join(disk.path, "data") });
    world.random = () => 0.05;
    world.patienceMs = 30_000;
    world.commit({ [PATH]: specYaml({ entities: entityIds(3) }) });
    await world.start();
    await world.verified(ROOM);
  });

  afterEach(async () => {
    if (disk === null) return;
    await world.remove();
    disk.unmount();
  });

  const failedPasses = () => world.lines.filter((line) => line.includes("pass failed")).length;

  it("stops every change before it is made, and all goes on when there is space", async () => {
    disk?.fill();
    const before = await world.log();
    await world.kickByHand(ROOM, "E-02");
    await eventually("two passes have failed", () => failedPasses() >= 2);
    expect(world.lines.findLast((line) => line.includes("pass failed"))).to.include(
      "StoreUnavailable",
    );
    const after = await world.log();
    expect(after.slice(before.length).filter(({ requestId }) => requestId !== null)).to.deep.equal(
      [],
    );
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-01", "E-03"]);
    const { body } = await world.get<ExplainAnswer>(`/rooms/${ROOM}/explain`);
    const cause = body.blockedBy.find(({ reason }) => reason === "StoreUnavailable");
    expect(cause?.message).to.include("the disk is full");
    const failures = samplesOf(await world.text("/metrics")).find(
      ({ metric, labels }) =>
        metric === "room_operator_store_writes_total" && labels["result"] !== "ok",
    );
    expect(failures?.value).to.be.above(0);
    expect(await world.text("/health")).to.include("the disk is full");
    const health = await world.get<{ status: string }>("/health");
    expect(health).to.deep.include({ status: 503 });
    expect(health.body.status).to.equal("unhealthy");
    const [warning] = (await world.status()).warnings ?? [];
    expect(warning).to.deep.equal({ reason: cause?.reason, message: cause?.message });
    expect((await world.room(ROOM)).roomId, "what is known can be read").to.equal(ROOM);

    disk?.free();
    world.commit({ [PATH]: specYaml({ version: 2, entities: entityIds(4) }) });
    await world.verified(ROOM);
    expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(4));
    expect((await world.get("/health")).status).to.equal(200);
    await checkWorld(world);
    const told = (text: string) => world.lines.filter((line) => line.includes(text));
    expect(told('"store cannot be written to"'), "said once").to.have.length(1);
    expect(told('"store recovered"')).to.have.length(1);
    const [failed] = await eventually("the audit tells it", async () => {
      const records = await world.audit("store.failed");
      return records.length > 0 ? records : undefined;
    });
    expect(failed?.metadata["message"]).to.include("the disk is full");
    const [recovered] = await world.audit("store.recovered");
    expect(recovered?.metadata["since"]).to.equal(failed?.timestamp);
  });

  it("in the middle of APPLY doubles nothing: what was done is found by reading", async () => {
    await setFaults(world.roomServerUrl, { kind: "latency", operation: "join", ms: 50 });
    const from = (await world.log()).length;
    world.commit({ [PATH]: specYaml({ version: 2, entities: entityIds(9) }) });
    await eventually("it is at it", async () => (await world.log()).length > from + 1);
    disk?.fill();
    await eventually("the pass has failed", () => failedPasses() >= 1);
    disk?.free();
    await world.verified(ROOM);
    const joined = (await world.log()).slice(from).filter(({ effect }) => effect);
    expect(joined.map(({ target }) => target)).to.deep.equal(entityIds(6, 4));
    const settled = (await world.auditOf(ROOM)).filter((r) => r.metadata["settledByRead"] === true);
    expect(settled.map(({ metadata }) => metadata["outcome"])).to.deep.equal(
      entityIds(6).map(() => "done"),
    );
    await checkWorld(world);
  });

  it("keeps the last good commit enforced when there is no room for the clone of the next", async () => {
    const from = (await world.log()).length;
    disk?.fill();
    world.commit({ [PATH]: specYaml({ version: 2, entities: entityIds(5) }) });
    await eventually("the push could not be taken in", async () => {
      const { sources } = await world.status();
      return sources[0]?.lastError !== null || world.lines.some((l) => l.includes("poll failed"));
    });
    expect((await world.log()).slice(from), "nothing is changed meanwhile").to.deep.equal([]);
    disk?.free();
    await world.verified(ROOM);
    expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(5));
    await checkWorld(world);
  });
});
