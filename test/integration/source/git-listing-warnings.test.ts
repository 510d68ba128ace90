import { rmSync } from "node:fs";
import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { FileContent } from "../../support/file-content.ts";

const TEXT = specText("room-a");

describe("git source: names in a tree", () => {
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start();
  });
  afterEach(() => bench.stop());

  const warnings = async () => {
    const { result } = await bench.follow();
    if (result.kind !== "ready") throw new Error(JSON.stringify(result));
    return (result.warnings ?? []).map(({ reason, message }) => `${reason}: ${message}`);
  };

  it("warns of files that seem to be meant as specs, as long as they are there", async () => {
    const odd = ["b.room.YAML", "c.Room.yaml", "d.room.yml.txt", "e/.room.yaml", "f.ROOM.json"];
    const fine = ["a.room.yaml", "y.room.yaml.bak", "z.room.md"];
    const files = [...odd, ...fine].map((path) => [path, TEXT]);
    bench.repository.commit(Object.fromEntries(files));
    const [warning, ...others] = await warnings();
    expect(others).to.deep.equal([]);
    expect(warning).to.match(/^SpecNameIgnored: 5 files are not read because of the name: /);
    for (const path of odd) expect(warning).to.include(path);
    for (const path of fine) expect(warning).to.not.include(` ${path}`);
    bench.repository.commit({ "README.md": "more" });
    expect(await warnings()).to.have.length(1);
    bench.repository.commit(Object.fromEntries(odd.map((path) => [path, null])));
    expect(await warnings()).to.deep.equal([]);
  });

  it("bounds the warning and counts all", async () => {
    const files = Array.from({ length: 500 }, (_, at) => [`d${at % 7}/${at}.room.YML`, TEXT]);
    bench.repository.commit({ "a.room.yaml": TEXT, ...Object.fromEntries(files) });
    const [warning = ""] = await warnings();
    expect(warning).to.include("500 files").and.include("(500 in all)");
    expect(warning.length).to.be.below(1_000);
  });

  const READ_BY_KIND =
    /^RoomSpecNotRead: a file has kind: RoomSpec and is not read because of its name: rooms\/lab\.yaml\. The name/;

  it("warns of a file with kind: RoomSpec whose name is not a spec's, unless it is kept out", async () => {
    const template = `kind: RoomSpec\n${"# long\n".repeat(10_000)}`;
    bench.repository.commit({
      "rooms/desk.room.yaml": TEXT,
      "rooms/lab.yaml": "apiVersion: v1\nkind: RoomSpec\n",
      "rooms/values.yaml": "list:\n  kind: RoomSpec\n",
      "rooms/large.yaml": template,
      "drafts/b.json": TEXT,
      "drafts/.roomignore": "b.json\n",
    });
    const [warning, ...others] = await warnings();
    expect(others).to.deep.equal([]);
    expect(warning).to.match(READ_BY_KIND);
    bench.repository.commit({ "drafts/.roomignore": "c.json\n" });
    expect((await warnings())[0])
      .to.include("2 files have")
      .and.include("drafts/b.json");
    bench.repository.commit({ "rooms/lab.yaml": "kind: List\n", "drafts/b.json": null });
    expect(await warnings()).to.deep.equal([]);
  });

  it("fetches no file to look at its kind, and looks at those that a push brings", async () => {
    await bench.stop();
    bench = await GitSourceBench.start({ filter: true });
    bench.repository.commit({
      "rooms/desk.room.yaml": TEXT,
      "rooms/large.json": JSON.stringify({ kind: "RoomSpec", is: "x".repeat(1_000_000) }),
      "charts/lab.yaml": "kind: RoomSpec\n",
    });
    expect(await warnings()).to.deep.equal([]);
    const fetches = bench.server.requests.filter(({ command }) => command === "fetch").length;
    expect(fetches, "head and specs").to.equal(2);
    bench.repository.commit({ "rooms/lab.yaml": "kind: RoomSpec\n# pushed\n" });
    expect((await warnings())[0]).to.match(READ_BY_KIND);
  });

  it("keeps the warning while the file is there and a new clone does not have it", async () => {
    await bench.stop();
    bench = await GitSourceBench.start({ filter: true });
    bench.repository.commit({ "a.room.yaml": TEXT });
    await warnings();
    bench.repository.commit({ "rooms/lab.yaml": "kind: RoomSpec\n" });
    expect((await warnings())[0]).to.match(READ_BY_KIND);
    rmSync(bench.folder, { recursive: true });
    await bench.restart();
    bench.repository.commit({ "README.md": "more", "rooms/other.yaml": "kind: RoomSpec\n" });
    expect((await warnings())[0]).to.match(READ_BY_KIND);
    bench.repository.commit({ "rooms/lab.yaml": "kind: List\n" });
    expect(await warnings()).to.deep.equal([]);
  });

  const places: readonly { what: string; content: FileContent; message: RegExp }[] = [
    { what: "a link", content: { mode: "120000", content: "b" }, message: /is a symbolic link/ },
    { what: "a submodule", content: { mode: "160000", oid: "1".repeat(40) }, message: /submodule/ },
    { what: "a file", content: "x", message: /is a file, not a folder/ },
  ];
  for (const { what, content, message } of places) {
    it(`says that its Path is ${what}`, async () => {
      bench.repository.commit({ "b/a.room.yaml": TEXT, teams: content });
      await bench.restart({ path: "teams/rooms" });
      const [warning] = await warnings();
      expect(warning).to.match(message).and.include('Path "teams/rooms"').and.include(': "teams" ');
    });
  }

  it("says that its Path is not there", async () => {
    bench.repository.commit({ "Teams/a.room.yaml": TEXT });
    await bench.restart({ path: "teams" });
    expect((await warnings())[0]).to.match(/^NoSpecsFound: .*case counts/);
  });
});
