import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import { headAlone, inShort } from "./range-in-short.ts";

/** Files that each commit changes. */
const FILES = Array.from({ length: 100 }, (_unused, at) => `${at}.room.yaml`);

describe("git source: commits that cost much", () => {
  let bench: GitSourceBench;
  before(async () => {
    bench = await GitSourceBench.start({ limits: { commitFiles: 2_500 } });
    const files = Object.fromEntries(FILES.map((path, at) => [path, specText(`room-${at}`)]));
    bench.repository.commit(files);
    await bench.follow();
  });
  after(() => bench.stop());

  function toggle(commits: number): string {
    const { repository } = bench;
    const line = repository.commitLine(commits, (at) =>
      Object.fromEntries(FILES.map((path, n) => [path, `${specText(`room-${n}`)}# ${at % 2}\n`])),
    );
    repository.forceBranch(line.at(-1) ?? "");
    return line.at(-1) ?? "";
  }

  it("reads commits up to CommitFiles files", async () => {
    toggle(20);
    const { range } = await bench.follow();
    expect(range).to.include({ history: "descends" });
    expect(range?.commits).to.have.length(20);
  });

  it("takes the head in without the commits where they change more, and says which limit", async () => {
    const head = toggle(40);
    const { result, range } = await bench.follow();
    expect(result).to.include({ kind: "ready", head });
    expect(inShort(range)).to.deep.include(headAlone(head));
    expect(range?.unread).to.match(/change too many files \(limit CommitFiles: 2500\)/);
    expect(range?.said).to.have.length(40);
    expect(range?.said?.at(-1)).to.deep.include({ oid: head, touches: [] });
  });

  it("reads the honest commit on top of them", async () => {
    const honest = bench.repository.commit({ "0.room.yaml": `${specText("room-0")}# new\n` });
    const { range } = await bench.follow();
    expect(range).to.include({ history: "descends" });
    expect(range?.commits.map(({ oid }) => oid)).to.deep.equal([honest]);
  });

  it("does the same where a seed that all of them name changes in many commits", async () => {
    const { repository } = bench;
    const seeded = (path: string) =>
      `apiVersion: v1\nkind: RoomSpec\nmetadata: { name: r, version: 1 }\nspec:\n  roomId: room-${path.split(".")[0]}\n` +
      "  artifacts: [{ name: a, type: document, workspace: shared, seedFrom: seeds/a.md }]\n";
    repository.commit({
      ...Object.fromEntries(FILES.map((path) => [path, seeded(path)])),
      "seeds/a.md": "begin",
    });
    await bench.follow();
    const line = repository.commitLine(40, (at) => ({ "seeds/a.md": `text ${at}` }));
    repository.forceBranch(line.at(-1) ?? "");
    const { result, range } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.unread).to.include("CommitFiles");
  });

  it("reads specs up to 16 MiB in one request, the first ones first, and says that the rest is too much", async () => {
    const { repository, source, signal } = bench;
    const padding = `# ${"x".repeat(1000)}\n`.repeat(1000);
    const texts = Array.from({ length: 20 }, (_, at) => `${specText(`room-${at}`)}${padding}`);
    // By another name they are not parsed when they come, but when they are asked for.
    const files = Object.fromEntries(texts.map((text, at) => [`large/${at}.txt`, text]));
    const commit = repository.commit(files);
    const paths = Object.keys(files);
    await bench.follow();
    const oids = paths.map((path) => repository.oidOf(commit, path));
    const few = await source.readSpecs(oids.slice(0, 16), signal);
    expect([...few.specs.values()].map((spec) => spec?.spec.roomId)).to.deep.equal(
      Array.from({ length: 16 }, (_, at) => `room-${at}`),
    );
    expect(few.unread).to.equal(null);
    const { specs, unread } = await source.readSpecs(oids, signal);
    expect([...specs.keys()]).to.deep.equal(oids.slice(0, specs.size));
    expect(specs.size).to.be.within(10, 17);
    expect(unread).to.include("fixed limit: 16777216 bytes");
  });
});
