import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import type { AgentProcess } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";

const SOURCES_AT = "Git.Sources[0]";

/** `room-operator run` as a person starts it; its file is `appsettings.json` in the folder it is started in. */
describe("the reload of a running program", () => {
  let world: AgentWorld;
  let file: string;

  beforeEach(async () => {
    world = await AgentWorld.create();
    world.followsGit = false;
    file = join(world.folder, "appsettings.json");
  });

  afterEach(() => world.remove());

  const text = (...names: readonly string[]) =>
    JSON.stringify({
      Git: { Sources: names.map((Name) => ({ Name, Url: world.git.url("specs.git") })) },
    });
  const sources = async () => (await world.status()).sources.map(({ name }) => name);
  const inForce = (...names: readonly string[]) =>
    eventually(`the sources are ${names.join()}`, async () => {
      const found = await sources();
      return found.join() === names.join();
    });
  const reloads = (agent: AgentProcess) =>
    agent.lines.filter(({ message }) => message === "configuration reloaded");

  it("comes by SIGHUP, before the start has ended too, which the launcher passes on, and the program continues", async () => {
    writeFileSync(file, text());
    const agent = world.launch();
    await eventually("the program has begun", () =>
      agent.lines.some(({ message }) => message === "configuration read"),
    );
    writeFileSync(file, text("one"));
    agent.signal("SIGHUP");
    world.url = await agent.url();
    await inForce("one");
    const { pid } = agent;
    writeFileSync(file, text("two"));
    agent.signal("SIGHUP");
    await inForce("two");
    writeFileSync(file, "{");
    agent.signal("SIGHUP");
    await eventually("the file is refused", async () => {
      const { configuration } = await world.status();
      return configuration.lastError?.reason === "ConfigInvalid";
    });
    expect(agent.pid).to.equal(pid);
    expect(await sources()).to.deep.equal(["two"]);
    agent.signal("SIGTERM");
    expect(await agent.ended).to.deep.equal({ code: 0, signal: null });
  });

  it("follows a file that is written in place, and one that is renamed to its name, and waits for one that is half written", async () => {
    writeFileSync(file, text());
    const agent = await world.spawn();
    const whole = text("one");
    writeFileSync(file, whole.slice(0, 20));
    await eventually("the watch has seen it", () => true);
    writeFileSync(file, whole);
    await inForce("one");
    expect(agent.output).not.to.contain("configuration refused");
    for (const names of [["two"], ["two", "three"]]) {
      writeFileSync(`${file}.new`, text(...names));
      renameSync(`${file}.new`, file);
      await inForce(...names);
    }
    unlinkSync(file);
    await eventually("the lost file is reported", async () => {
      const { configuration } = await world.status();
      return configuration.lastError?.message.includes("does not exist");
    });
    writeFileSync(file, text("two"));
    await inForce("two");
    expect(reloads(agent).length).to.equal(4);
    expect(reloads(agent)[0]?.["changes"]).to.deep.equal([`added ${SOURCES_AT}`]);
  });

  it("follows the symlinks of a mounted ConfigMap", async () => {
    const put = (version: string, ...names: readonly string[]) => {
      mkdirSync(join(world.folder, version));
      writeFileSync(join(world.folder, version, "appsettings.json"), text(...names));
      symlinkSync(version, join(world.folder, "..data_tmp"));
      renameSync(join(world.folder, "..data_tmp"), join(world.folder, "..data"));
    };
    put("..1");
    symlinkSync("..data/appsettings.json", file);
    await world.spawn();
    put("..2", "one");
    await inForce("one");
    put("..3", "one", "two");
    await inForce("one", "two");
  });
});
