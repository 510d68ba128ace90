import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { doctor } from "../../../agent/cli/doctor.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { healthOf } from "../../support/attention-checks.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("doctor, of an agent that runs", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "doctor-"));
    world = await AgentWorld.create();
    room = new RoomStory(world, "lab-01");
    room.commit({ version: 1, entities: entityIds(1) });
    await world.start();
    await world.verified(room.id);
  });

  after(async () => {
    await world.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run() {
    const configuration = {
      RoomServer: { BaseUrl: world.roomServerUrl },
      HttpApi: { Port: Number(new URL(world.url).port) },
      Store: { Path: world.data },
      Git: { Sources: [{ Name: "specs", Url: world.git.url("specs.git") }] },
    };
    writeFileSync(join(folder, "appsettings.json"), JSON.stringify(configuration));
    const io = new RecordedIo(folder, { ROOM_AUTH_TOKEN: "token" });
    const code = await doctor([], io);
    const of = (about: string) => io.lines.filter((line) => line.slice(9).startsWith(about));
    return {
      code,
      agent: of("running agent"),
      source: of("source specs"),
      server: of("RoomServer"),
    };
  }

  it("says that it is healthy", async () => {
    const { code, agent } = await run();
    expect(agent).to.deep.equal(["ok       running agent: is healthy"]);
    expect(code).to.equal(0);
  });

  it("warns of what it says alone, such as a head of an unrelated history", async () => {
    const text = specYaml({ roomId: room.id, version: 9, entities: entityIds(1) });
    world.commit({ [room.path]: text }, "Theirs", { parents: [], fresh: true });
    await eventually("the head is unrelated", async () => {
      const [source] = (await world.status()).sources;
      return source?.lastError?.reason === "UnrelatedHistory";
    });
    const { agent, source } = await run();
    expect(source[0]).to.match(/^ok /);
    expect(agent).to.have.length(1);
    expect(agent[0]).to.match(/^warning {2}running agent: source specs - UnrelatedHistory: /);
  });

  it("warns of what it says of a source of which doctor says something else", async () => {
    const broken = { "bad.room.yaml": "kind: RoomSpec\nnope: [", "lab.yaml": "kind: RoomSpec\n" };
    const head = world.commit(broken, "Theirs, too");
    await eventually("the agent saw it", async () => {
      const [source] = (await world.status()).sources;
      return source?.lastError?.message.includes(head);
    });
    const { agent, source } = await run();
    expect(source.join("\n")).to.match(/missing .* 1 error in spec files: bad\.room\.yaml/);
    expect(agent).to.have.length(1);
    expect(agent[0]).to.match(/^warning {2}running agent: source specs - UnrelatedHistory: /);
  });

  it("leaves out what doctor itself says", async () => {
    await setFaults(world.roomServerUrl, { kind: "status", status: 401 });
    void room.pass().catch(() => undefined);
    await eventually("the agent says it too", async () => {
      const { problems } = await healthOf(world);
      return problems.some(({ check }) => check === "roomServer");
    });
    const { agent, server } = await run();
    expect(server[0]).to.match(/^missing /);
    expect(agent.join()).to.include("UnrelatedHistory");
    expect(agent.filter((line) => line.includes("roomServer"))).to.deep.equal([]);
  });
});
