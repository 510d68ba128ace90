import { expect } from "chai";
import type { FileContent } from "../../support/file-content.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

const BASE = { "rooms/a.room.yaml": specText("room-a"), "other/b.room.yaml": specText("room-b") };
const SCRIPT = { mode: "100755", content: "run" } as const;
const MODULE = { mode: "160000", oid: "1".repeat(40) } as const;

describe("a git source that reads one folder", () => {
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start({ path: "rooms" });
    bench.repository.commit({ ...BASE, "run.sh": "run", tools: MODULE });
    await bench.follow();
  });
  afterEach(() => bench.stop());

  /** By message, whether a new commit changes no file. */
  async function told(): Promise<Record<string, boolean>> {
    const { range } = await bench.follow();
    expect(range?.history).to.equal("descends");
    const commits = range?.commits ?? [];
    return Object.fromEntries(commits.map((one) => [one.message, one.changesNoFile ?? false]));
  }

  const rows: readonly {
    readonly what: string;
    readonly files: Readonly<Record<string, FileContent>>;
    readonly is: boolean;
  }[] = [
    { what: "nothing", files: {}, is: true },
    { what: "a file with the same text", files: BASE, is: true },
    {
      what: "a spec of the folder",
      files: { "rooms/a.room.yaml": specText("room-a", { version: 2 }) },
      is: false,
    },
    {
      what: "a spec of another folder",
      files: { "other/b.room.yaml": specText("room-b", { version: 2 }) },
      is: false,
    },
    { what: "a file's mode", files: { "run.sh": SCRIPT }, is: false },
    { what: "a submodule", files: { tools: { ...MODULE, oid: "2".repeat(40) } }, is: false },
    { what: "a file that goes", files: { "run.sh": null }, is: false },
  ];
  for (const { what, files, is } of rows) {
    it(`says of a commit with ${what} that it changes ${is ? "no file" : "files"}`, async () => {
      bench.repository.commit(files, { message: "Change" });
      expect(await told()).to.deep.equal({ Change: is });
    });
  }

  it("compares a merge with its first parent", async () => {
    const base = bench.repository.head() ?? "";
    const aside = { parents: [base], branch: "side" };
    const change = { "other/c.txt": "text" };
    const side = bench.repository.commit(change, { ...aside, message: "Side" });
    const ours = bench.repository.commit({}, { parents: [base, side], message: "Ours" });
    const parents = [ours, side];
    bench.repository.commit(change, { parents, message: "Theirs" });
    expect(await told()).to.deep.equal({ Side: false, Ours: true, Theirs: false });
  });

  it("does not say it of the head of a first clone, whose parent it does not have", async () => {
    const fresh = await GitSourceBench.start({ path: "rooms" });
    try {
      fresh.repository.commit(BASE);
      fresh.repository.commit({}, { message: "Empty" });
      const { range } = await fresh.follow();
      expect(range?.commits[0]).to.include({ message: "Empty" });
      expect(range?.commits[0]).to.not.have.property("changesNoFile");
    } finally {
      await fresh.stop();
    }
  });
});
