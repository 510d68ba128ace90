import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { doctor } from "../../../agent/cli/doctor.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { PlanWorld } from "../../support/plan-world.ts";
import { specYaml } from "../../support/spec-yaml.ts";

describe("doctor", function () {
  this.timeout(60_000);
  let world: PlanWorld;

  before(async () => {
    world = await PlanWorld.create({ "rooms/a.room.yaml": specYaml({ roomId: "room-a" }) });
  });
  after(() => world.remove());

  const settings = (source: object = {}, more: object = {}) => ({
    RoomServer: { BaseUrl: world.agent.roomServerUrl },
    Git: {
      Sources: [
        {
          Name: "specs",
          Url: `${world.gitea.url}/${world.people.repository}.git`,
          Auth: { Kind: "token", Token: world.people.token("agent") },
          Forge: { Kind: "gitea", Token: world.people.token("agent") },
          ...source,
        },
      ],
    },
    ...more,
  });

  async function run(configuration: object) {
    const { folder } = world.agent;
    writeFileSync(join(folder, "appsettings.json"), JSON.stringify(configuration));
    const io = new RecordedIo(folder);
    return { code: await doctor([], io), lines: io.lines };
  }

  it("says of each thing that it is well, or what is missing and how to give it", async () => {
    const { code, lines } = await run(settings());
    const marks = lines.map((line) => line.replace(/ - .*/, ""));
    expect(marks[0]).to.match(/^ok {7}configuration: .*appsettings\.json can be used$/);
    expect(marks).to.include(`ok       RoomServer: read ${world.agent.roomServerUrl}`);
    expect(marks.find((line) => line.includes("source specs"))).to.match(
      /^ok {7}source specs: read main: main@sha1:[0-9a-f]{40}$/,
    );
    expect(marks).to.include("ok       forge of specs: may write comments");
    expect(marks).to.include("ok       forge of specs: the label confirm exists once");
    // The branch of this repository is not protected.
    expect(lines.filter((line) => line.startsWith("missing")).join("\n")).to.include(
      "protect the branch",
    );
    expect(code).to.equal(1);
    expect(lines.join("\n")).not.to.include(world.people.token("agent"));
  });

  it("names a token that is refused, a label that does not exist and a server that is not there", async () => {
    const configuration = settings(
      {
        Forge: { Kind: "gitea", Token: "wrong" },
        Auth: { Kind: "none" },
        Ref: { Branch: "absent" },
      },
      { RoomServer: { BaseUrl: "http://127.0.0.1:1" } },
    );
    const { code, lines } = await run(configuration);
    expect(code).to.equal(1);
    const missing = lines.filter((line) => line.startsWith("missing")).join("\n");
    expect(missing).to.match(/RoomServer: read http:\/\/127\.0\.0\.1:1 - .*127\.0\.0\.1:1/);
    expect(missing).to.match(/source specs: read absent - /);
    expect(missing).to.match(/forge of specs: can see the repository - /);
  });

  it("says in the words of /status that a Path holds no spec, and that a spec has errors", async () => {
    const ofSpecs = (lines: readonly string[]) =>
      lines.filter((line) => line.includes("read its specs")).join("\n");
    expect(ofSpecs((await run(settings())).lines)).to.equal(
      "ok       source specs: read its specs: 1 file",
    );
    const typo = await run(settings({ Path: "romos" }));
    expect(typo.code).to.equal(1);
    const message =
      'NoSpecsFound: Path "romos" holds no spec: "romos" is not in the repository; case counts';
    expect(ofSpecs(typo.lines)).to.equal(`missing  source specs: read its specs - ${message}`);
    const meant = await run(settings({ Path: "romos", AllowEmpty: true }));
    expect(ofSpecs(meant.lines)).to.equal(`ok       source specs: read its specs - ${message}`);
    const small = await run(settings({ Limits: { SpecBytes: 20 } }));
    expect(ofSpecs(small.lines)).to.match(
      /^missing {2}source specs: read its specs - 1 error in spec files: rooms\/a\.room\.yaml:/,
    );
  });

  it("says first that sources are run, with the reason of the launcher", async () => {
    writeFileSync(join(world.agent.folder, "appsettings.json"), "{");
    const why = "agent/main.ts is not what it was when they were built";
    const io = new RecordedIo(world.agent.folder, { ROOM_OPERATOR_SOURCES_BECAUSE: why });
    expect(await doctor([], io)).to.equal(1);
    expect(io.lines[0]).to.equal(
      `warning  program: its sources are run and start slower: ${why}. Run npm run build in its folder`,
    );
  });

  it("names a label of another id, and a doubled one", async () => {
    await world.people.makeLabel("twice");
    await world.people.makeLabel("twice");
    const { lines } = await run(settings({ Labels: { DryRun: "twice", ConfirmId: "9999" } }));
    const text = lines.join("\n");
    expect(text).to.match(/missing {2}forge of specs: the label confirm exists once - .*9999/);
    expect(text).to.match(/missing {2}forge of specs: the label twice exists once - 2 labels/);
  });

  it("lists what is wrong with a configuration that is refused", async () => {
    const { code, lines } = await run({ Git: { Sources: [{ Name: "specs" }] } });
    expect(code).to.equal(1);
    expect(lines).to.have.length(2);
    expect(lines[1]).to.equal("1 wrong: nothing else was checked");
    expect(lines[0]).to.match(/^wrong {4}configuration: Git\.Sources\[0\]\.Url is required/);
  });
});
