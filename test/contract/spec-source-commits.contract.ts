import { expect } from "chai";
import { specText } from "../support/git-source-bench.ts";
import type { Told } from "../support/git-source-bench.ts";

/** A source that reads what is committed. */
export interface CommitsRig {
  /** Makes a new head out of the last one and these changes (null: gone). */
  commit(
    files: Readonly<Record<string, string | null>>,
    message?: string,
  ): string | Promise<string>;
  /** Polls, syncs to what was found, remembers and settles it. */
  follow(): Promise<Told>;
}

/** What every SpecSource says of the commits that it reads. */
export function specSourceCommitsContract(rig: () => CommitsRig): void {
  const oidOf = (told: Told, path: string) =>
    told.files.find((file) => file.path === path)?.oid ?? null;

  it("tells a spec whose seed alone changed, and the commit as touching it", async () => {
    await rig().commit({
      "a.room.yaml": specText("room-a", { seeds: ["seeds/a.md"] }),
      "b.room.yaml": specText("room-b"),
      "seeds/a.md": "one",
    });
    const oid = oidOf(await rig().follow(), "a.room.yaml");
    await rig().commit({ "seeds/a.md": "two" });
    const { range, files } = await rig().follow();
    expect(range?.commits[0]?.touches).to.deep.equal([
      { path: "a.room.yaml", before: oid, after: oid },
    ]);
    expect(files.map((file) => file.path)).to.deep.equal(["a.room.yaml"]);
    expect(files[0]?.seeds[0]).to.deep.include({ kind: "present", size: 3 });
  });

  it("tells a change of a seed as touching the specs that named it in that very commit", async () => {
    const seeded = (seeds: string[], version: number) => specText("room-a", { seeds, version });
    await rig().commit({
      "a.room.yaml": seeded(["one.md"], 1),
      "one.md": "1",
      "two.md": "1",
      "x.md": "1",
    });
    await rig().follow();
    await rig().commit({ "two.md": "2" }, "named by nobody yet");
    await rig().commit({ "a.room.yaml": seeded(["x.md"], 2) }, "names x for a while");
    await rig().commit({ "x.md": "2" }, "named meanwhile");
    await rig().commit({ "a.room.yaml": seeded(["two.md"], 3) }, "names two");
    await rig().commit({ "one.md": "2", "x.md": "3" }, "named no longer");
    await rig().commit({ "two.md": "3" }, "named now");
    const { range } = await rig().follow();
    const touching = range?.commits.filter((commit) => commit.touches.length > 0);
    expect(touching?.map((commit) => commit.message)).to.deep.equal([
      "names x for a while",
      "named meanwhile",
      "names two",
      "named now",
    ]);
  });

  it("marks a commit that changes no file, and none that changes any", async () => {
    await rig().commit({ "a.room.yaml": specText("room-a"), "README.md": "one" });
    await rig().follow();
    await rig().commit({}, "empty");
    await rig().commit({ "README.md": "two" }, "another file");
    await rig().commit({ "a.room.yaml": specText("room-a", { version: 2 }) }, "a spec");
    await rig().commit({ "README.md": null }, "a file goes");
    await rig().commit({ "README.md": "two" }, "and is back");
    await rig().commit({}, "empty again");
    const { range } = await rig().follow();
    const empty = range?.commits.filter(({ changesNoFile }) => changesNoFile === true);
    expect(empty?.map(({ message }) => message)).to.deep.equal(["empty", "empty again"]);
    expect(empty?.flatMap(({ touches }) => touches)).to.deep.equal([]);
  });

  it("marks a first commit without a file", async () => {
    await rig().commit({}, "begin");
    const { range } = await rig().follow();
    expect(range?.commits[0]).to.deep.include({ changesNoFile: true, touches: [] });
  });
}
