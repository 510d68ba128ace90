import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type Clock } from "../../../agent/kernel/clock.ts";
import { FolderBench } from "../../support/folder-bench.ts";
import type { FileContent } from "../../support/file-content.ts";
import { specText } from "../../support/git-source-bench.ts";

type Files = Readonly<Record<string, FileContent>>;

const SPEC = specText("room-a", { seeds: ["s.md"] });
const KIND = "kind: RoomSpec\n";
const FILES: Files = {
  "a.room.yaml": SPEC,
  "s.md": "twelve bytes",
  "draft.room.yaml": specText("room-draft"),
  ".roomignore": "draft.room.yaml\n",
  "lab.yaml": KIND,
};

describe("a folder as a source: files that are being saved", () => {
  let bench: FolderBench;
  /** What happens during each wait for a file that lost something, one after the other. */
  let during: (() => void)[];
  let waits: number;
  const clock: Clock = {
    ...systemClock,
    sleep: async (delayMs, signal) => {
      if (delayMs !== 1_000) return systemClock.sleep(delayMs, signal);
      waits += 1;
      during.shift()?.();
    },
  };

  beforeEach(async () => {
    during = [];
    waits = 0;
    bench = new FolderBench({ clock });
    bench.write(FILES);
    await bench.follow();
  });
  afterEach(() => bench.stop());

  const delivered = async () => {
    const { result, files, seeds } = await bench.follow();
    if (result.kind === "failed") return `${result.reason}: ${result.message}`;
    if (result.kind !== "ready") return result.kind;
    const names = files.map(({ path }) => path).sort();
    const texts = seeds.map(({ bytes }) => Buffer.from(bytes).toString());
    const unread = (result.warnings ?? []).flatMap(({ notRead = [] }) => notRead);
    return {
      files: names,
      seeds: texts,
      gone: !result.paths.some((one) => one.path === "a.room.yaml"),
      unread,
    };
  };
  const NOTHING = { files: [], seeds: [], gone: false, unread: ["lab.yaml"] };

  const halves: readonly (readonly [string, string, FileContent])[] = [
    ["an empty spec", "a.room.yaml", ""],
    ["half a spec", "a.room.yaml", SPEC.slice(0, SPEC.length / 2)],
    ["a spec that is away", "a.room.yaml", null],
    ["the longer half of a spec", "a.room.yaml", SPEC.replace("artifact-0", "b".repeat(200))],
    ["an empty seed", "s.md", ""],
    ["half a seed", "s.md", "twelve"],
    ["a seed that is away", "s.md", null],
    ["an empty .roomignore", ".roomignore", ""],
    ["an empty file with a name that is not read", "lab.yaml", ""],
    ["such a file that is away", "lab.yaml", null],
  ];
  for (const [what, path, half] of halves) {
    it(`does not ingest ${what} whose rest follows`, async () => {
      bench.write({ [path]: half });
      during = [() => bench.write({ [path]: FILES[path] ?? null })];
      expect(await delivered()).to.deep.equal(NOTHING);
      expect(waits).to.equal(1);
    });
  }

  it("ingests what stays shorter, and waits for that once", async () => {
    bench.write({ "s.md": "six" });
    expect(await delivered()).to.deep.include({ files: ["a.room.yaml"], seeds: ["six"] });
    bench.write({ "a.room.yaml": null, "lab.yaml": null });
    expect(await delivered()).to.deep.include({ gone: true, unread: [] });
    expect(waits).to.equal(2);
    await delivered();
    expect(waits, "at the next poll").to.equal(2);
  });

  it("waits for nothing where no file lost anything", async () => {
    bench.write({ "b.room.yaml": specText("room-b"), "s.md": "seventeen bytes.." });
    expect(await delivered()).to.deep.include({ files: ["a.room.yaml", "b.room.yaml"] });
    expect(waits).to.equal(0);
  });

  it("fails with FolderChanging while a file is shorter and another one each time", async () => {
    const shorter = () => {
      const text = readFileSync(join(bench.folder, "s.md"), "utf8");
      writeFileSync(join(bench.folder, "s.md"), text.slice(1));
    };
    shorter();
    during = Array.from({ length: 5 }, () => shorter);
    expect(await delivered()).to.match(
      /^FolderChanging: .* kept losing content or going away: s\.md\. /,
    );
    expect(waits).to.equal(5);
    expect(await delivered()).to.deep.include({ seeds: [" bytes"] });
    expect(waits, "and is judged by what was ingested").to.equal(6);
  });

  const busy = (round: number) => `busy at ${String(round).padStart(4, "0")}`;

  it("ingests a removal while another file is written all the time", async () => {
    bench.write({ "a.room.yaml": specText("room-a"), "s.md": busy(0), "b.room.yaml": SPEC });
    during = Array.from(
      { length: 5 },
      (_, round) => () => bench.write({ "s.md": busy(round + 1) }),
    );
    expect(await delivered()).to.deep.include({
      files: ["a.room.yaml", "b.room.yaml"],
      seeds: ["busy at 0001"],
    });
    expect(waits).to.equal(1);
  });

  it("waits for what loses something in a later reading, too", async () => {
    bench.write({ "draft.room.yaml": null, ".roomignore": null });
    during = [
      () => bench.write({ "s.md": "" }),
      () => bench.write({ "s.md": "twelve bytes" }),
      () => bench.write({ "s.md": "not read" }),
    ];
    expect(await delivered()).to.deep.include({ files: [], seeds: [] });
    expect(waits).to.equal(2);
  });

  it("does not ingest half of a spec that is moved", async () => {
    bench.write({ "a.room.yaml": null });
    during = [
      () => bench.write({ "z.room.yaml": SPEC.slice(0, SPEC.length / 2) }),
      () => bench.write({ "z.room.yaml": SPEC }),
    ];
    expect(await delivered()).to.deep.include({ files: ["z.room.yaml"], gone: true });
    expect(waits).to.equal(3);
  });

  it("ingests no half file after a restart", async () => {
    bench.write({ "a.room.yaml": SPEC.slice(0, SPEC.length / 2) });
    await bench.restart();
    during = [
      () => bench.write({ "a.room.yaml": SPEC.slice(0, SPEC.length - 9) }),
      () => bench.write({ "a.room.yaml": SPEC }),
    ];
    expect(await delivered()).to.deep.equal(NOTHING);
    expect(waits).to.equal(3);
  });

  it("ingests what changed before a restart and stays so", async () => {
    bench.write({ "s.md": "longer than twelve bytes" });
    await bench.restart();
    expect(await delivered()).to.deep.include({ seeds: ["longer than twelve bytes"] });
    expect(waits).to.equal(1);
  });

  it("waits for nothing after a restart where nothing changed, or without a head", async () => {
    await bench.restart();
    await delivered();
    const other = new FolderBench({ clock, folder: bench.folder });
    await other.follow();
    await other.stop();
    expect(waits).to.equal(0);
  });

  it("ingests a file that is written all the time after a restart, unless it loses something", async () => {
    await bench.restart();
    const write = (round: number) => () => bench.write({ "s.md": busy(round) });
    write(0)();
    during = Array.from({ length: 5 }, (_, round) => write(round + 1));
    expect(await delivered()).to.deep.include({ seeds: ["busy at 0005"] });
    expect(waits).to.equal(5);
    await bench.restart();
    bench.write({ "s.md": "thirty bytes or so, as it seems" });
    during = Array.from({ length: 5 }, (_, round) => write(round + 6));
    expect(await delivered()).to.match(/^FolderChanging: .*: s\.md\. /);
  });

  it("does not take what was read between poll and sync for a whole file", async () => {
    const head = await bench.commit({ "s.md": "twelve bytes!" });
    bench.write({ "s.md": "" });
    expect((await bench.sync(head)).result).to.include({ reason: "FolderChanging" });
    during = [() => bench.write({ "s.md": "twelve bytes!" })];
    expect(await delivered()).to.deep.include({ seeds: ["twelve bytes!"] });
    expect(waits).to.equal(1);
  });
});
