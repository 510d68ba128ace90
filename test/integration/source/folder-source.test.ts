import { expect } from "chai";
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { execFileSync } from "node:child_process";
import { FOLDER_READER } from "../../../agent/source/folder/folder-reader.ts";
import { PARSERS } from "../../../agent/source/folder/folder-source.ts";
import { ParsePool } from "../../../agent/source/parse-pool.ts";
import { specSourceContract } from "../../contract/spec-source.contract.ts";
import { FolderBench, type FolderBenchOptions } from "../../support/folder-bench.ts";
import { specText, type Told } from "../../support/git-source-bench.ts";
import { rejection } from "../../support/rejection.ts";

const reasonOf = ({ result }: Told) => (result.kind === "failed" ? result.reason : result.kind);
const messageOf = ({ result }: Told) => (result.kind === "failed" ? result.message : result.kind);
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

describe("a folder as a source", () => {
  describe("as every SpecSource", () =>
    specSourceContract(async () => new FolderBench(), { commits: false }));

  let bench: FolderBench;
  const start = (options: FolderBenchOptions = {}) => (bench = new FolderBench(options));
  afterEach(() => bench.stop());

  const problemsOf = ({ files }: Told) =>
    files.flatMap(({ parsed }) => (parsed.kind === "invalid" ? parsed.errors : []));
  const seedsOf = ({ files }: Told) =>
    files.flatMap(({ seeds }) => seeds.map((seed) => (seed.kind === "present" ? "present" : seed)));

  it("reports a seed whose bytes alone changed as a change of its specs, and no commit", async () => {
    start().write({ "a.room.yaml": specText("room-a", { seeds: ["s.md"] }), "s.md": "one" });
    await bench.follow();
    bench.write({ "s.md": "two" });
    const { range, files, seeds } = await bench.follow();
    expect(range).to.deep.equal({ history: "descends", commits: [] });
    expect(files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
    expect(seeds.map(({ bytes }) => Buffer.from(bytes).toString())).to.deep.equal(["two"]);
  });

  it("has the same head for the same content, and another for any other", async () => {
    start();
    const one = await bench.commit({ "a.room.yaml": specText("room-a"), "README.md": "one" });
    expect(one).to.match(/^[0-9a-f]{64}$/);
    expect(await bench.commit({ "README.md": "two" })).to.equal(one);
    const two = await bench.commit({ "a.room.yaml": specText("room-a", { version: 2 }) });
    expect(two).to.not.equal(one);
    expect(await bench.commit({ "a.room.yaml": specText("room-a") })).to.equal(one);
  });

  it("passes the locks of editors over, whatever they are", async () => {
    start().write({ "a.room.yaml": specText("room-a") });
    const { result: before } = await bench.follow();
    symlinkSync("ann@desk.4711:1", join(bench.folder, ".#a.room.yaml"));
    bench.write({ ".#b.yaml": specText("room-b"), ".#c.room.YAML": specText("room-c") });
    const { result, files } = await bench.follow();
    expect(files).to.deep.equal([]);
    expect(result).to.deep.equal(before);
  });

  it("passes .git and node_modules over", async () => {
    start().write({
      "a.room.yaml": specText("room-a"),
      ".git/b.room.yaml": specText("room-b"),
      "x/node_modules/c.room.yaml": specText("room-c"),
    });
    const { files } = await bench.follow();
    expect(files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
  });

  const failing: [string, string, () => void, RegExp][] = [
    [
      "does not exist",
      "FolderMissing",
      () => rmSync(bench.folder, { recursive: true }),
      /does not exist\. Create or mount it/,
    ],
    [
      "is a file",
      "FolderMissing",
      () => {
        rmSync(bench.folder, { recursive: true });
        writeFileSync(bench.folder, "x");
      },
      /is a file, not a folder/,
    ],
  ];
  for (const [what, reason, spoil, message] of failing) {
    it(`fails with ${reason} when it ${what}, and recovers`, async () => {
      start().write({ "a.room.yaml": specText("room-a") });
      await bench.follow();
      const aside = join(bench.root, "aside");
      renameSync(bench.folder, aside);
      mkdirSync(bench.folder);
      spoil();
      const told = await bench.follow();
      expect(reasonOf(told)).to.equal(reason);
      expect(messageOf(told)).to.match(message);
      rmSync(bench.folder, { recursive: true, force: true });
      renameSync(aside, bench.folder);
      const { result, files } = await bench.follow();
      expect([result.kind, files]).to.deep.equal(["ready", []]);
    });
  }

  it("fails with FolderUnreadable when a folder in it cannot be listed", async () => {
    start().write({ "a.room.yaml": specText("room-a"), "deep/b.room.yaml": specText("room-b") });
    await bench.follow();
    chmodSync(bench.root, 0o755);
    const above = dirname(bench.root);
    // Where the files of a run have a folder of their own, it is closed to others.
    if ((statSync(above).mode & 0o001) === 0) chmodSync(above, 0o711);
    chmodSync(join(bench.folder, "deep"), 0);
    // Root may read everything.
    if (isRoot) process.seteuid?.(NOBODY);
    const told = await bench.follow().finally(() => process.seteuid?.(process.getuid?.() ?? 0));
    chmodSync(join(bench.folder, "deep"), 0o755);
    expect(reasonOf(told)).to.equal("FolderUnreadable");
    expect(messageOf(told)).to.include("deep").and.include("(permission denied)");
  });

  it("names the limit that it passes", async () => {
    const cases = [
      ["Entries", { entries: 5 }],
      ["Depth", { depth: 1 }],
      ["PackBytes", { packBytes: 300 }],
    ] as const;
    for (const [name, limits] of cases) {
      start({ limits });
      for (const id of ["a", "b", "c", "d"])
        bench.write({ [`one/two/three/${id}.room.yaml`]: specText(`room-${id}`) });
      const told = await bench.follow();
      expect(reasonOf(told)).to.equal("LimitExceeded");
      expect(messageOf(told)).to.match(new RegExp(`limit ${name}: \\d+\\)\\. Move files out`));
      await bench.stop();
    }
    start();
  });

  it("counts a folder of many files only up to Entries", async () => {
    start({ limits: { entries: 1000 } });
    for (let at = 0; at < 1001; at += 1) writeFileSync(join(bench.folder, `${at}.md`), "x");
    expect(messageOf(await bench.follow())).to.include("limit Entries: 1000");
  });

  it("takes a spec that is a link, a pipe or too large as invalid", async () => {
    start({ limits: { specBytes: 400 } });
    bench.write({
      "a.room.yaml": specText("room-a"),
      "big.room.yaml": `${specText("room-b")}${" ".repeat(400)}`,
    });
    symlinkSync("a.room.yaml", join(bench.folder, "link.room.yaml"));
    execFileSync("mkfifo", [join(bench.folder, "pipe.room.yaml")]);
    const told = await bench.follow();
    const said = problemsOf(told).map(({ path, message }) => `${path}: ${message}`);
    expect(said.sort().map((one) => one.slice(0, 50))).to.deep.equal([
      "big.room.yaml: the file has 572 bytes, more than the".slice(0, 50),
      "link.room.yaml: This is a symbolic link. Put the spec".slice(0, 50),
      "pipe.room.yaml: This is not a regular file. Put the s".slice(0, 50),
    ]);
    expect(told.files).to.have.length(4);
  });

  it("keeps the specs below a folder that became a link, as invalid", async () => {
    start().write({ "a.room.yaml": specText("room-a"), "deep/b.room.yaml": specText("room-b") });
    await bench.follow();
    renameSync(join(bench.folder, "deep"), join(bench.root, "elsewhere"));
    symlinkSync(join(bench.root, "elsewhere"), join(bench.folder, "deep"));
    const told = await bench.follow();
    expect(told.result).to.have.property("paths").with.length(2);
    expect(problemsOf(told)[0]?.message).to.include("deep is a symbolic link now");
    expect((await bench.follow()).files).to.deep.equal([]);
  });

  it("never reads a seed through a link", async () => {
    start().write({
      "a.room.yaml": specText("room-a", { seeds: ["s.md", "deep/t.md", "none.md"] }),
      "s.md": { mode: "120000", content: "/etc/hostname" },
      deep: { mode: "120000", content: "/etc" },
    });
    const seeds = seedsOf(await bench.follow());
    expect(seeds.map((seed) => (seed === "present" ? seed : seed.reason))).to.deep.equal([
      "SeedNotRegular",
      "SeedNotRegular",
      "SeedMissing",
    ]);
  });

  it("reads again when a file changes while it is read, and fails with FolderChanging when it never stops", async () => {
    let times = 1;
    let version = 1;
    const reader = {
      read: async (file: Parameters<typeof FOLDER_READER.read>[0]) => {
        if (times > 0) {
          times -= 1;
          version += 1;
          const next = join(bench.folder, "next~");
          writeFileSync(next, specText("room-a", { version }));
          renameSync(next, join(bench.folder, "a.room.yaml"));
        }
        return FOLDER_READER.read(file);
      },
    };
    start({ reader }).write({ "a.room.yaml": specText("room-a") });
    const { files } = await bench.follow();
    const [file] = files;
    expect(file?.parsed.kind === "valid" && file.parsed.spec.metadata.version).to.equal(2);
    times = Infinity;
    await bench.restart();
    expect(reasonOf(await bench.follow())).to.equal("FolderChanging");
    times = 0;
    expect(reasonOf(await bench.follow())).to.equal("ready");
  });

  it("never takes a file that vanishes while it is read as one that is gone", async () => {
    let vanish = false;
    const reader = {
      read: async (file: Parameters<typeof FOLDER_READER.read>[0]) => {
        if (vanish) rmSync(join(bench.folder, file.path));
        return FOLDER_READER.read(file).finally(() => {
          if (vanish) bench.write({ "a.room.yaml": specText("room-a", { version: 2 }) });
        });
      },
    };
    start({ reader }).write({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    vanish = true;
    expect(reasonOf(await bench.follow())).to.equal("FolderChanging");
  });

  it("lists a folder twice, so that a spec that moves meanwhile is not missed", async () => {
    let move = false;
    const reader = {
      read: async (file: Parameters<typeof FOLDER_READER.read>[0]) => {
        const bytes = await FOLDER_READER.read(file);
        if (move && file.path === "b/b.room.yaml") {
          move = false;
          bench.write({ "b/b.room.yaml": null, "a/b.room.yaml": specText("room-b") });
        }
        return bytes;
      },
    };
    start({ reader }).write({
      "a/a.room.yaml": specText("room-a"),
      "b/b.room.yaml": specText("room-b"),
    });
    move = true;
    const { result } = await bench.follow();
    expect(result.kind === "ready" && result.paths.map(({ path }) => path)).to.deep.equal([
      "a/a.room.yaml",
      "a/b.room.yaml",
    ]);
  });

  it("delivers nothing of a folder that changed between poll and sync", async () => {
    start();
    const head = await bench.commit({ "a.room.yaml": specText("room-a") });
    bench.write({ "a.room.yaml": specText("room-a", { version: 2 }) });
    const told = await bench.sync(head);
    expect(reasonOf(told)).to.equal("FolderChanging");
    expect(told.files).to.deep.equal([]);
    expect(reasonOf(await bench.follow())).to.equal("ready");
  });

  it("closes its parsers", async () => {
    const parsers = new ParsePool(PARSERS);
    start({ parsers });
    await bench.source.close();
    const late = { path: "a", bytes: Buffer.from(""), maxBytes: 1, roomIdPattern: "." };
    expect((await rejection(parsers.parse(late))).message).to.include("closed");
  });

  it("says what Path is where it is not a folder", async () => {
    start({ path: "rooms/mine" }).write({ rooms: "a file" });
    const { result } = await bench.follow();
    expect(result)
      .to.have.property("warnings")
      .that.deep.equals([
        {
          reason: "NoSpecsFound",
          message: "Path rooms/mine holds no spec: rooms is a file, not a folder",
        },
      ]);
  });
});
