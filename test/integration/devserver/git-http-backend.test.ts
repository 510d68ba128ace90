import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer } from "../../support/git-server.ts";

const run = promisify(execFile);

describe("createGitHttpBackend", () => {
  let repository: GitRepository;
  let server: GitServer;
  let folder: string;
  beforeEach(async () => {
    repository = GitRepository.create();
    server = await GitServer.start(repository.root);
    folder = mkdtempSync(join(tmpdir(), "room-operator-push-"));
  });
  afterEach(async () => {
    await server.stop();
    repository.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const git = async (...args: string[]): Promise<string> => {
    const env = { PATH: process.env["PATH"], HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
    return (await run("git", args, { env })).stdout.trim();
  };

  it("takes a clone and a push from the git CLI, of a body sent in chunks, too", async () => {
    repository.commit({ "a.txt": "a" });
    const work = join(folder, "work");
    await git("clone", "--quiet", server.url(), work);
    // More than git sends in one piece.
    writeFileSync(join(work, "big.bin"), randomBytes(3_000_000));
    await git("-C", work, "add", "-A");
    const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
    await git("-C", work, ...who, "commit", "--quiet", "-m", "Push");
    await git("-C", work, "push", "--quiet", "origin", "main");
    expect(repository.git("log", "-1", "--format=%s", "main")).to.equal("Push");
  });

  it("answers an error for what is not there, is outside of its root, or is no path", async () => {
    for (const path of [
      "/none.git/info/refs",
      "/..%2f..%2fetc/info/refs",
      "/%00/info/refs",
      "/%/info/refs",
    ]) {
      const answer = await fetch(`${server.origin}${path}?service=git-upload-pack`);
      expect(answer.status, path).to.be.at.least(400);
    }
  });
});
