import { createServer } from "node:http";
import { existsSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { AgentWorld } from "../support/agent-world.ts";
import { checkWorld } from "../support/check-world.ts";
import { specYaml } from "../support/spec-yaml.ts";
import { mountTmpfs } from "../support/tmpfs.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("starting the agent", function () {
  this.timeout(60_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
    world.commit({ [PATH]: specYaml({ entities: ["E-01"] }) });
  });

  afterEach(async () => {
    await world.remove();
  });

  it("on wrong settings tells all of them and leaves everything alone", async () => {
    writeFileSync(join(world.folder, "appsettings.json"), '{"Stor":{}}');
    const agent = world.launch({
      RoomServer__BaseUrl: "ftp://rooms.test",
      Git__Sources__0__Url: "no address",
      Git__Sources__0__IntervalSeconds: "often",
      Operator__Reconciliation__ParalelRooms: "2",
      HttpApi__Port: "http",
    });
    expect(await agent.ended).to.deep.equal({ code: 1, signal: null });
    expect(agent.stderr).to.include("6 problems");
    for (const key of [
      "RoomServer.BaseUrl is",
      "Git.Sources[0].Url ",
      "Git.Sources[0].IntervalSeconds is",
      '"ParalelRooms" is not a known key; did you mean ParallelRooms?',
      "Stor is not a known key",
      "HttpApi.Port is",
    ]) {
      expect(agent.stderr).to.include(key);
    }
    expect(agent.lines).to.deep.equal([]);
    expect(world.git.requests).to.deep.equal([]);
    expect(existsSync(world.data)).to.equal(false);
  });

  it("on a port in use names it, ends with 1 and has touched no room; and so next to another agent on its data folder", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const early = world.launch({ HttpApi__Port: String(port) });
    expect((await early.ended).code, early.output).to.equal(1);
    expect(early.stderr).to.include(String(port)).and.include("HttpApi.Port");
    expect(early.stderr.trim().split("\n"), "no stack").to.have.length(1);
    expect(await world.log()).to.deep.equal([]);
    other.close();

    const first = await world.spawn({ HttpApi__Port: "0" });
    await world.verified(ROOM);
    const writes = await world.log();
    const polls = world.git.requests.length;
    const second = world.launch();
    expect((await second.ended).code, second.output).to.equal(1);
    expect(second.stderr).to.match(/^StoreLocked: /);
    expect(second.stderr).to.include(`pid ${first.pid}`).and.include(world.data);
    expect(await world.log()).to.deep.equal(writes);
    world.commit({ [PATH]: specYaml({ version: 2, entities: ["E-01", "E-02"] }) });
    await world.verified(ROOM);
    expect(world.git.requests.length).to.be.above(polls);
    await checkWorld(world);
  });

  it("on a read-only data folder says so, ends with 1 and has touched no room", async function () {
    const disk = mountTmpfs(4 * 1024 * 1024);
    if (disk === null) this.skip();
    try {
      disk.makeReadOnly();
      const agent = world.launch({ Store__Path: `${disk.path}/data` });
      expect((await agent.ended).code, agent.output).to.equal(1);
      expect(agent.stderr).to.match(/^StoreUnavailable: .*read-only/i);
      expect(agent.stderr).to.include(disk.path);
      expect(await world.log()).to.deep.equal([]);
    } finally {
      disk.unmount();
    }
  });
});
