import { expect } from "chai";
import type { Forge } from "../../../agent/forge/forge.ts";
import { openGitlab } from "../../../agent/forge/gitlab/open-gitlab.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { SIGNAL, valueOf } from "../../contract/forge/forge-answers.ts";
import { startCannedForge } from "../../support/forge/canned-forge.ts";
import type { CannedForge } from "../../support/forge/canned-forge.ts";

const SHA = "a".repeat(40);
const OTHER_SHA = "b".repeat(40);
const ADA = { id: 11, username: "ada" };

function aRequest(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iid: 7,
    title: "Change",
    web_url: "https://gitlab.com/acme/team/rooms/-/merge_requests/7",
    state: "merged",
    draft: false,
    author: ADA,
    labels: [{ id: 5, name: "confirm" }],
    source_project_id: 1,
    target_project_id: 1,
    target_branch: "main",
    sha: OTHER_SHA,
    merge_commit_sha: null,
    squash_commit_sha: null,
    ...change,
  };
}

describe("what GitLab answers otherwise than it seems", () => {
  let canned: CannedForge;
  let forge: Forge;

  /** All groups before the name belong to it. */
  const of = (path: string) => `/api/v4/projects/acme%2Fteam%2Frooms${path}`;

  beforeEach(async () => {
    canned = await startCannedForge();
    canned.answer("GET", of(""), { body: { id: 1 } });
    forge = openGitlab({
      kind: "gitlab",
      apiUrl: `${canned.origin}/api/v4`,
      repository: "acme/team/rooms",
      login: () => Promise.resolve({ kind: "token", token: "a-token" }),
      access: () => Promise.resolve({}),
      timeoutMs: 20_000,
      clock: systemClock,
    });
  });

  afterEach(async () => {
    forge.close();
    await canned.stop();
  });

  const get = async (change: Record<string, unknown>) => {
    canned.answer("GET", of("/merge_requests"), { body: [aRequest(change)] });
    return valueOf(await forge.pullRequests.get(7, SIGNAL));
  };

  const MERGES = [
    [
      "the merge commit, also after a squash",
      { merge_commit_sha: SHA, squash_commit_sha: OTHER_SHA },
      SHA,
    ],
    ["the squashed commit where there is no merge commit", { squash_commit_sha: SHA }, SHA],
    ["the head after a fast-forward", {}, OTHER_SHA],
    ["none while it is open", { state: "opened", merge_commit_sha: SHA }, null],
    ["none while a merge is under way", { state: "locked", merge_commit_sha: SHA }, null],
    ["none when it was closed", { state: "closed", merge_commit_sha: SHA }, null],
  ] as const;
  for (const [name, change, want] of MERGES)
    it(`takes for the merged commit ${name}`, async () => {
      expect((await get(change))?.mergeSha).to.equal(want);
    });

  it("reads one without commits, of a fork that is gone and an author who is", async () => {
    const pull = await get({ state: "locked", sha: null, source_project_id: null, author: null });
    expect(pull).to.deep.include({
      state: "open",
      headSha: "",
      headRef: "refs/merge-requests/7/head",
      isFork: true,
      author: { id: "-1", login: "ghost" },
      labels: [{ id: "5", name: "confirm" }],
    });
  });

  it("leaves out of the open ones those without commits and into other branches", async () => {
    const open = { state: "opened" } as const;
    canned.answer("GET", of("/merge_requests"), {
      body: [
        aRequest({ ...open, iid: 9 }),
        aRequest({ ...open, iid: 8, sha: null }),
        aRequest({ ...open, iid: 6, target_branch: "release" }),
        aRequest({ ...open, iid: 3 }),
      ],
    });
    const { list } = valueOf(await forge.pullRequests.open("main", SIGNAL));
    expect(list.map(({ number }) => number)).to.deep.equal([3, 9]);
  });

  it("does not take one into another project for ours", async () => {
    expect((await get({ target_project_id: 2 }))?.isOurBase).to.equal(false);
  });

  for (const count of ["1000+", "2", null])
    it(`does not take one file for all where GitLab counts ${count}`, async () => {
      canned.answer("GET", of("/merge_requests/7"), { body: { changes_count: count } });
      canned.answer("GET", of("/merge_requests/7/diffs"), {
        body: [{ old_path: "a", new_path: "a" }],
      });
      const { isWhole } = valueOf(await forge.pullRequests.files(7, SIGNAL));
      expect(isWhole).to.equal(false);
    });

  const MEMBERS = [
    ["a developer", { access_level: 30 }, true],
    ["a reporter", { access_level: 20 }, false],
    ["a maintainer who is blocked", { access_level: 40, state: "blocked" }, false],
    ["somebody else with this number", { access_level: 40, id: 12 }, false],
  ] as const;
  for (const [name, change, want] of MEMBERS)
    it(`says of ${name} that they ${want ? "may" : "may not"} write`, async () => {
      canned.answer("GET", of("/members/all/11"), { body: { id: 11, state: "active", ...change } });
      const answer = await forge.labels.mayWrite({ id: "11", login: "ada" }, SIGNAL);
      expect(valueOf(answer)).to.equal(want);
    });

  it("follows no page that does not come after the one it asked for", async () => {
    canned.answer("GET", of("/labels"), { headers: { "x-next-page": "1" }, body: [] });
    expect(valueOf(await forge.labels.named(["confirm"], SIGNAL))).to.deep.equal([]);
    expect(canned.requests.length).to.equal(1);
  });

  describe("of a state that it will not write again", () => {
    const written = {
      context: "plan",
      state: "pending",
      description: "new",
      targetUrl: null,
    } as const;
    const statuses = of(`/repository/commits/${SHA}/statuses`);

    beforeEach(() => {
      canned.answer("GET", of(`/repository/commits/${SHA}`), {
        body: { last_pipeline: { id: 31 } },
      });
      canned.answer("POST", of(`/statuses/${SHA}`), {
        status: 400,
        body: { message: "Cannot transition status via :enqueue from :pending" },
      });
    });

    it("counts it as written where it stands there", async () => {
      const old = { id: 1, name: "plan", status: "pending", description: "old", target_url: null };
      canned.answer("GET", statuses, { body: [old] });
      expect(valueOf(await forge.statuses.set(SHA, written, SIGNAL))).to.equal(null);
      const sent = canned.requests.find(({ method }) => method === "POST");
      expect(JSON.parse(sent?.body ?? "")).to.deep.equal({
        state: "pending",
        name: "plan",
        description: "new",
        pipeline_id: 31,
      });
    });

    it("says that it is refused where something else stands there", async () => {
      canned.answer("GET", statuses, {
        body: [{ id: 1, name: "plan", status: "success", description: "", target_url: null }],
      });
      const got = await forge.statuses.set(SHA, written, SIGNAL);
      expect(got).to.include({ kind: "failed", reason: "ForgeRefused" });
      expect(JSON.stringify(got)).to.contain("Look at the commit's pipelines");
    });
  });

  const TOKENS = [
    ["ok", { scopes: ["api"] }, 30, "ok", "ok"],
    ["a scope is missing", { scopes: ["read_api"] }, 30, "missing", "missing"],
    ["the role is too low", { scopes: ["api"] }, 20, "ok", "missing"],
  ] as const;
  for (const [name, token, level, comments, statuses] of TOKENS)
    it(`finds for the doctor what a token may do: ${name}`, async () => {
      canned.answer("GET", of(""), {
        body: {
          id: 1,
          permissions: { project_access: { access_level: level }, group_access: null },
        },
      });
      canned.answer("GET", of("/merge_requests"), { body: [] });
      canned.answer("GET", "/api/v4/personal_access_tokens/self", { body: token });
      const found = new Map(
        (await forge.check(SIGNAL)).map(({ check, result }) => [check, result] as const),
      );
      expect(found.get("may write comments")).to.equal(comments);
      expect(found.get("may set statuses")).to.equal(statuses);
    });
});
