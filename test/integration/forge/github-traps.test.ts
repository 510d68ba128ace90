import { expect } from "chai";
import type { Forge } from "../../../agent/forge/forge.ts";
import { openGithub } from "../../../agent/forge/github/open-github.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { inShort, SIGNAL, valueOf } from "../../contract/forge/forge-answers.ts";
import { startCannedForge } from "../../support/forge/canned-forge.ts";
import type { CannedForge } from "../../support/forge/canned-forge.ts";
import { startGithubWorld } from "../../support/forge/github-stand-in.ts";
import type { HubWorld } from "../../support/forge/hub-world.ts";

const HERE = { id: 1, full_name: "acme/rooms" };
const FORK = { id: 2, full_name: "bob/rooms" };
const SHA = "a".repeat(40);
const OTHER_SHA = "b".repeat(40);

function aPull(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    number: 7,
    title: "Change",
    html_url: "https://github.com/acme/rooms/pull/7",
    state: "closed",
    draft: false,
    user: { id: 11, login: "ada" },
    labels: [{ id: 5, name: "confirm" }],
    merged_at: "2026-11-29T10:00:30Z",
    merge_commit_sha: SHA,
    head: { ref: "change", sha: OTHER_SHA, repo: FORK },
    base: { ref: "main", repo: HERE },
    ...change,
  };
}

function anEvent(id: number, event: string, second: number): Record<string, unknown> {
  const created = `2026-11-29T10:00:${String(second).padStart(2, "0")}Z`;
  const label = event.endsWith("labeled") ? { label: { name: "confirm", color: "fff" } } : {};
  return { id, event, actor: { id: 11, login: "ada" }, created_at: created, ...label };
}

describe("what GitHub answers otherwise than it seems", () => {
  let canned: CannedForge;
  let forge: Forge;

  const of = (path: string) => `/repos/acme/rooms${path}`;

  beforeEach(async () => {
    canned = await startCannedForge();
    canned.answer("GET", of(""), { body: {} });
    forge = openGithub({
      kind: "github",
      apiUrl: canned.origin,
      repository: "acme/rooms",
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

  const mergedAs = async (pulls: readonly unknown[]) => {
    canned.answer("GET", of(`/commits/${SHA}/pulls`), { body: pulls });
    const found = valueOf(await forge.pullRequests.mergedAs(SHA, "main", SIGNAL));
    return found.map(({ number }) => number);
  };

  const notMerged = [
    ["an open one, whose merge commit is a test", { state: "open", merged_at: null }],
    ["one that was closed, whose merge commit was a test", { merged_at: null }],
    ["one that was merged as another commit", { merge_commit_sha: OTHER_SHA }],
    ["one that was merged into another branch", { base: { ref: "release", repo: HERE } }],
    ["one that was merged into another repository", { base: { ref: "main", repo: FORK } }],
  ] as const;
  for (const [name, change] of notMerged)
    it(`does not take ${name}, for merged as this commit`, async () => {
      expect(await mergedAs([aPull({ ...change, number: 8 }), aPull()])).to.deep.equal([7]);
    });

  it("says which member is missing where GitHub answers another version of its API", async () => {
    const { merge_commit_sha: _, ...newer } = aPull();
    canned.answer("GET", of(`/commits/${SHA}/pulls`), { body: [newer] });
    const got = await forge.pullRequests.mergedAs(SHA, "main", SIGNAL);
    expect(got).to.include({ kind: "failed", reason: "ForgeAnswerInvalid" });
    expect(JSON.stringify(got)).to.contain("0.merge_commit_sha");
  });

  it("reads one whose author and fork are gone", async () => {
    const head = { ref: "change", sha: OTHER_SHA, repo: null };
    canned.answer("GET", of("/pulls/7"), { body: aPull({ user: null, head }) });
    const pull = valueOf(await forge.pullRequests.get(7, SIGNAL));
    expect(pull).to.deep.include({ isFork: true, author: { id: "-1", login: "ghost" } });
  });

  const history = async () => inShort(valueOf(await forge.labels.history(7, SIGNAL)).events);

  describe("of when commits were pushed", () => {
    const activity = "/repos/bob/rooms/activity";
    const aMove = (second: number, ref = "refs/heads/change") => ({
      ref,
      timestamp: `2026-11-29T10:00:${second}Z`,
      actor: { id: 12, login: "bob" },
      activity_type: "push",
    });

    beforeEach(() => {
      canned.answer("GET", of("/pulls/7"), { body: aPull() });
      canned.answer("GET", of("/issues/7/events"), {
        body: [anEvent(1, "labeled", 20), anEvent(2, "merged", 30)],
      });
    });

    it("asks where the head is, and leaves out other branches", async () => {
      canned.answer("GET", activity, { body: [aMove(10), aMove(25), aMove(26, "refs/heads/x")] });
      expect(await history()).to.deep.equal(["push", "+confirm by 11", "push", "merge"]);
    });

    for (const status of [403, 404])
      it(`takes for pushed last what GitHub answers ${status} about`, async () => {
        canned.answer("GET", activity, { status, body: {} });
        expect(await history()).to.deep.equal(["+confirm by 11", "push", "merge"]);
      });

    it("takes for pushed last what GitHub has no moves of", async () => {
      canned.answer("GET", activity, { body: [] });
      expect(await history()).to.deep.equal(["+confirm by 11", "push", "merge"]);
    });

    it("takes for pushed last what was in a fork that is gone", async () => {
      const head = { ref: "change", sha: OTHER_SHA, repo: null };
      canned.answer("GET", of("/pulls/7"), { body: aPull({ head }) });
      expect(await history()).to.deep.equal(["+confirm by 11", "push", "merge"]);
    });

    it("fails where GitHub cannot answer now", async () => {
      canned.answer("GET", activity, { status: 502, body: {} });
      expect(await forge.labels.history(7, SIGNAL)).to.include({ reason: "ForgeServerError" });
    });

    it("does not ask where no label was ever set", async () => {
      canned.answer("GET", of("/issues/7/events"), { body: [anEvent(2, "merged", 30)] });
      expect(await history()).to.deep.equal(["merge"]);
      expect(canned.requests.some(({ path }) => path.startsWith(activity))).to.equal(false);
    });
  });

  it("counts pages, and asks no address that an answer names", async () => {
    const elsewhere = await startCannedForge();
    canned.answer("GET", of("/pulls"), {
      headers: { link: `<${elsewhere.origin}/repos/acme/rooms/pulls?page=2>; rel="next"` },
      body: [],
    });
    const open = valueOf(await forge.pullRequests.open("main", SIGNAL));
    expect(open.isWhole, "there is no end").to.equal(false);
    expect(canned.requests.length).to.equal(40);
    expect(canned.requests.at(-1)?.path).to.contain("page=40");
    expect(elsewhere.requests).to.deep.equal([]);
    await elsewhere.stop();
  });

  it("does not know its own account where its token may not ask", async () => {
    canned.answer("GET", "/user", { status: 403, body: {} });
    expect(valueOf(await forge.comments.self(SIGNAL))).to.equal(null);
  });

  describe("of statuses", () => {
    let world: HubWorld;
    let sha: string;
    const status = { context: "room-operator/plan", description: "d", targetUrl: null } as const;

    before(async () => {
      world = await startGithubWorld();
      sha = (await world.refAt("refs/heads/main")) ?? "";
    });

    after(() => world.end());

    it("does not tell upper from lower case", async () => {
      const { statuses } = world.forge;
      const shouted = { ...status, context: "Room-Operator/PLAN", state: "failure" } as const;
      valueOf(await statuses.set(sha, shouted, SIGNAL));
      const latest = valueOf(await statuses.latest(sha, status.context, SIGNAL));
      expect(latest).to.include({ state: "failure" });
    });

    it("writes the same once", async () => {
      const { statuses } = world.forge;
      const before = world.hub.statuses.length;
      valueOf(await statuses.set(sha, { ...status, state: "success" }, SIGNAL));
      valueOf(await statuses.set(sha, { ...status, state: "success" }, SIGNAL));
      expect(world.hub.statuses.length).to.equal(before + 1);
    });

    it("says that a commit takes 1000 of one context", async () => {
      const by = world.hub.people.agent;
      for (let count = 0; count < 1000; count += 1)
        world.hub.status({
          sha,
          context: "full",
          state: "pending",
          description: "",
          targetUrl: null,
          by,
        });
      const full = { ...status, context: "full", state: "success" } as const;
      const got = await world.forge.statuses.set(sha, full, SIGNAL);
      expect(got).to.include({ kind: "failed", reason: "ForgeRefused" });
      expect(JSON.stringify(got)).to.match(/maximum number of statuses.*push another commit/);
    });
  });
});
