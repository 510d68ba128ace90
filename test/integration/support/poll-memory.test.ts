import { expect } from "chai";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer } from "../../support/git-server.ts";

const POLL = "0014command=ls-refs\n00010000";

describe("polls of a git server of the tests", () => {
  let repository: GitRepository;
  let server: GitServer;

  before(async () => {
    repository = GitRepository.create();
    server = await GitServer.start(repository.root);
  });

  after(async () => {
    await server.stop();
    repository.remove();
  });

  async function polled(): Promise<string> {
    const headers = {
      "git-protocol": "version=2",
      "content-type": "application/x-git-upload-pack-request",
    };
    const answer = await fetch(`${server.url()}/git-upload-pack`, {
      method: "POST",
      headers,
      body: POLL,
    });
    expect(answer.headers.get("content-type")).to.equal("application/x-git-upload-pack-result");
    return answer.text();
  }

  const changes: readonly { readonly name: string; readonly change: () => void }[] = [
    { name: "a commit", change: () => repository.commit({ a: "1" }) },
    { name: "another commit", change: () => repository.commit({ a: "2" }) },
    { name: "packed refs", change: () => repository.git("pack-refs", "--all") },
    { name: "a commit over packed refs", change: () => repository.commit({ a: "3" }) },
    {
      name: "a branch that is forced back",
      change: () => repository.forceBranch(repository.git("rev-parse", "main~2")),
    },
    { name: "another branch", change: () => repository.commit({ b: "1" }, { branch: "side" }) },
    { name: "a branch that is deleted", change: () => repository.deleteBranch("side") },
  ];
  for (const { name, change } of changes) {
    it(`show ${name} at once, however often they came before`, async () => {
      await polled();
      await polled();
      change();
      const refs = repository.git("for-each-ref", "--format=%(objectname) %(refname)");
      const shown = [...(await polled()).matchAll(/[0-9a-f]{40} refs\/[^\n]*/g)].map(String);
      expect(shown.join("\n")).to.equal(refs);
      expect(await polled()).to.equal(await polled());
    });
  }

  it("show a changed setting at once", async () => {
    const described = async () => {
      const headers = { "git-protocol": "version=2" };
      const url = `${server.url()}/info/refs?service=git-upload-pack`;
      return (await fetch(url, { headers })).text();
    };
    expect(await described())
      .to.match(/fetch=/)
      .and.not.match(/fetch=.*\bfilter\b/);
    repository.git("config", "uploadpack.allowFilter", "true");
    expect(await described()).to.match(/fetch=.*\bfilter\b/);
    expect(await described()).to.match(/fetch=.*\bfilter\b/);
  });

  it("are refused for a repository that is gone", async () => {
    await polled();
    repository.remove();
    const answer = await fetch(`${server.url()}/info/refs?service=git-upload-pack`);
    expect(answer.status).to.equal(404);
  });
});
