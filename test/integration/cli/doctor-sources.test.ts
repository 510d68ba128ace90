import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { doctor } from "../../../agent/cli/doctor.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { specText } from "../../support/git-source-bench.ts";

describe("doctor, of specs and the port", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "doctor-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  async function run(configuration: object, env: Record<string, string> = {}) {
    const base = { RoomServer: { BaseUrl: "http://127.0.0.1:1" }, HttpApi: { Port: 0 } };
    write({ "appsettings.json": JSON.stringify({ ...base, ...configuration }) });
    const io = new RecordedIo(folder, env);
    const code = await doctor([], io);
    const linesOf = (about: string) => io.lines.filter((line) => line.slice(9).startsWith(about));
    return { code, linesOf };
  }

  const source = (name: string, more: object = {}) => ({
    Name: name,
    Kind: "folder",
    Folder: join(folder, name),
    ...more,
  });

  it("says of files that claim a room twice, or may not have it, what /status says", async () => {
    write({
      "one/a.room.yaml": specText("lab-01"),
      "one/b.room.yaml": specText("lab-01"),
      "one/c.room.yaml": specText("desk-01"),
      "two/d.room.yaml": specText("desk-01"),
      "two/e.room.yaml": specText("ops-01"),
      "three/f.room.yaml": specText("hall-01"),
    });
    const sources = [source("one"), source("two", { AllowedRooms: ["desk-*"] }), source("three")];
    const { code, linesOf } = await run({ Git: { Sources: sources } });
    const [, one = ""] = linesOf("source one");
    expect(one).to.match(/^missing {2}source one: read its specs - 3 errors in spec files: /);
    for (const path of ["a", "b"])
      expect(one).to.include(`${path}.room.yaml:1:1: ClaimedTwice: room "lab-01" is claimed by`);
    expect(one).to.include(
      'ClaimedTwice: room "desk-01" is claimed by c.room.yaml of source "one" and by d.room.yaml of source "two"',
    );
    const [, two = ""] = linesOf("source two");
    expect(two).to.include('RoomNotAllowed: source "two" may not manage room "ops-01"');
    expect(linesOf("source three")[1]).to.equal("ok       source three: read its specs: 1 file");
    expect(code).to.equal(1);
  });

  it("says which seeds of which room cannot be used", async () => {
    write({
      "one/a.room.yaml": specText("lab-01", { seeds: ["seeds/a.md", "seeds/b.md"] }),
      "one/seeds/a.md": "a",
    });
    const { linesOf } = await run({ Git: { Sources: [source("one")] } });
    expect(linesOf("source one")[1]).to.match(
      /^missing {2}source one: read its specs - room lab-01: SeedMissing: artifact\/artifact-1: .*seeds\/b\.md/,
    );
  });

  it("warns of a file with kind: RoomSpec that is not read, and that alone is no failure", async () => {
    write({ "one/a.room.yaml": specText("lab-01"), "one/lab.yaml": "kind: RoomSpec\n" });
    const { linesOf } = await run({ Git: { Sources: [source("one")] } });
    expect(linesOf("source one")[1]).to.match(
      /^warning {2}source one: .* RoomSpecNotRead: .*lab\.yaml/,
    );
  });

  it("warns of resources that are not set up because the feature is off", async () => {
    const spec = JSON.parse(specText("lab-01")) as { spec: object };
    const resources = [{ name: "tool", type: "mcp-tool" }];
    const text = JSON.stringify({ ...spec, spec: { ...spec.spec, resources } });
    write({ "one/a.room.yaml": text, "one/b.room.yaml": specText("lab-02") });
    const sources = { Git: { Sources: [source("one")] } };
    expect((await run(sources)).linesOf("source one")[1]).to.equal(
      "warning  source one: read its specs - Pending: the resources of lab-01 are not set up, because Operator.Features.Resources is off: set it to true",
    );
    const on = await run({ ...sources, Operator: { Features: { Resources: true } } });
    expect(on.linesOf("source one")[1]).to.equal("ok       source one: read its specs: 2 files");
  });

  it("says first how to rename the only spec where its name is not read", async () => {
    write({ "one/rooms/lab.yaml": specText("lab-01") });
    const { linesOf } = await run({ Git: { Sources: [source("one")] } });
    expect(linesOf("source one")[1]).to.match(
      /^missing {2}source one: .* NoSpecsFound: Rename rooms\/lab\.yaml to rooms\/lab\.room\.yaml\. Path/,
    );
  });

  it("says that another program holds the port", async () => {
    const other: Server = createServer((_, response) => response.end("hello"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const { code, linesOf } = await run({ HttpApi: { Port: port } });
      expect(linesOf("HTTP API")).to.deep.equal([
        `missing  HTTP API: listen on 127.0.0.1 port ${port} - PortInUse: port ${port} of 127.0.0.1 is in use: ` +
          "stop the program that holds it, or set HttpApi.Port (HttpApi__Port) to a free one",
      ]);
      expect(code).to.equal(1);
    } finally {
      other.close();
    }
    expect((await run({ HttpApi: { Port: port } })).linesOf("HTTP API")).to.deep.equal([
      `ok       HTTP API: listen on 127.0.0.1 port ${port}`,
    ]);
  });

  it("is well with the agent of this Store.Path on the port, and not with another one", async () => {
    const world = await AgentWorld.create();
    try {
      await world.start();
      const port = Number(new URL(world.url).port);
      const held = `listen on 127.0.0.1 port ${port}`;
      const own = await run({ HttpApi: { Port: port }, Store: { Path: world.data } });
      expect(own.linesOf("HTTP API")).to.deep.equal([
        `ok       HTTP API: ${held}: the agent with pid ${process.pid} does, with this Store.Path`,
      ]);
      const holder = { pid: process.pid, host: "elsewhere", since: "2026-01-01T00:00:00.000Z" };
      for (const files of [{}, { "data/holder.json": JSON.stringify(holder) }]) {
        write(files);
        const Store = { Path: join(folder, "data") };
        const other = await run({ HttpApi: { Port: port }, Store });
        expect(other.linesOf("HTTP API")[0])
          .to.match(/^missing {2}HTTP API: .* PortInUse: /)
          .and.to.match(/ It is an agent with another Store\.Path$/);
      }
      // As one that runs in its own folder, looked at from another one.
      const away = await run({ HttpApi: { Port: port }, Store: { Path: "data" } });
      expect(away.linesOf("HTTP API")[0])
        .to.include("another Store.Path, or this one started in another folder")
        .and.include(`Store.Path is relative, and ${join(folder, "data")} here.`);
    } finally {
      await world.remove();
    }
  });
});
