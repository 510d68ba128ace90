import { promises as fs, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { log, readBlob } from "isomorphic-git";
import { CloneFolder } from "../../../agent/source/git/git-clone-folder.ts";
import { GitHost } from "../../support/git-host.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

/** The clone's packs and indexes are written by the agent itself: other implementations of git must be able to read them. */
describe("git clone", () => {
  let bench: GitSourceBench;
  before(async () => {
    bench = await GitSourceBench.start();
    for (const version of [1, 2, 3]) {
      bench.repository.commit({ "a.room.yaml": specText("room-a", { version }) });
      await bench.follow();
    }
  });
  after(() => bench.stop());

  it("is a sound repository for the git program", () => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: bench.folder };
    const run = (...args: readonly string[]) =>
      GitHost.get()
        .run(["--git-dir", bench.folder, ...args], { env, input: "" })
        .toString();
    expect(run("fsck", "--strict", "--full")).not.to.match(/error|missing|broken/);
    expect(run("rev-parse", "refs/agent/synced").trim()).to.equal(bench.repository.head());
    expect(run("remote", "get-url", "origin").trim()).to.equal(bench.server.url());
  });

  it("is read by isomorphic-git, commits and files", async () => {
    const head = bench.repository.head() ?? "";
    const clone = { fs: { promises: fs }, gitdir: bench.folder };
    const commits = await log({ ...clone, ref: head });
    expect(commits.map(({ oid }) => oid))
      .to.have.length(3)
      .and.include(head);
    const { blob } = await readBlob({ ...clone, oid: head, filepath: "a.room.yaml" });
    expect(Buffer.from(blob).toString()).to.equal(specText("room-a", { version: 3 }));
  });

  it("names the server as origin by its newest address", async () => {
    const folder = mkdtempSync(join(tmpdir(), "room-operator-clone-"));
    try {
      for (const url of ["https://host/a.git", "https://host/a.git", "https://host/ab.git"]) {
        await new CloneFolder(folder, url).open();
        const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
        const args = ["--git-dir", folder, "remote", "get-url", "--all", "origin"];
        expect(GitHost.get().run(args, { env, input: "" }).toString()).to.equal(`${url}\n`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
