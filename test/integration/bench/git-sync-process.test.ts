import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { gitSync } from "../../../bench/git-sync.ts";
import { GitSyncProcess } from "../../../bench/support/git-sync-process.ts";

/** Links to a commit as git-sync does, and keeps running. */
const LINKS = `for given in "$@"; do case $given in --root=*) root=\${given#--root=} ;; esac; done
mkdir -p "$root/.worktrees/abc" && ln -s .worktrees/abc "$root/current" && exec sleep 60`;

describe("git-sync in a benchmark", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "room-operator-git-sync-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(script: string): Promise<GitSyncProcess> {
    const program = join(folder, "git-sync");
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o700);
    const repositoryUrl = "http://127.0.0.1:9/specs.git";
    return GitSyncProcess.start({ program, folder, repositoryUrl, periodSeconds: 1 });
  }

  it("has synced when its link leads to the commit", async () => {
    const started = await start(LINKS);
    try {
      expect(await started.linkedAtMs("abc")).to.be.greaterThan(started.startedAtMs);
    } finally {
      await started.stop();
    }
  });

  it("is a failure with its last words when it ends", async () => {
    const started = await start("echo 'repository not found' >&2; exit 1");
    const error = await started.linkedAtMs("abc").catch(String);
    expect(error).to.match(/git-sync ended: repository not found/);
    await started.stop();
  });

  it("is skipped where no program is named, and says how to name it", async () => {
    const before = process.env["GIT_SYNC_BIN"];
    delete process.env["GIT_SYNC_BIN"];
    try {
      const world = () => Promise.reject(new Error("no world is needed"));
      const ended = await gitSync.run({
        quick: true,
        nodeArguments: [],
        say: () => undefined,
        world,
      });
      expect(ended)
        .to.have.property("skipped")
        .that.matches(/set GIT_SYNC_BIN/);
    } finally {
      if (before !== undefined) process.env["GIT_SYNC_BIN"] = before;
    }
  });
});
