import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Forge, ForgeFailureReason, ForgeOptions } from "../../../agent/forge/forge.ts";
import { openGitea } from "../../../agent/forge/gitea/open-gitea.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { startCannedForge } from "../../support/forge/canned-forge.ts";
import type { CannedForge } from "../../support/forge/canned-forge.ts";
import { GITEA_FAULTS, TOKEN } from "./gitea-fault-rows.ts";

const SHA = "1".repeat(40);
const REPO = "/api/v1/repos/rooms/specs";

/** Each kind of question with where it is asked. */
const QUESTIONS: readonly {
  readonly method: string;
  readonly path: string;
  readonly what: string;
  readonly ask: (forge: Forge, signal: AbortSignal) => Promise<unknown>;
}[] = [
  {
    method: "GET",
    path: `${REPO}/pulls`,
    what: 'the open pull requests into "main"',
    ask: async (forge, signal) => forge.pullRequests.open("main", signal),
  },
  {
    method: "GET",
    path: `${REPO}/commits/${SHA}/pull`,
    what: `the pull request that was merged as ${SHA}`,
    ask: async (forge, signal) => forge.pullRequests.mergedAs(SHA, "main", signal),
  },
  {
    method: "GET",
    path: `${REPO}/issues/7/timeline`,
    what: "the history of pull request 7",
    ask: async (forge, signal) => forge.labels.history(7, signal),
  },
  {
    method: "POST",
    path: `${REPO}/statuses/${SHA}`,
    what: `writing the status "room-operator/plan" of ${SHA}`,
    ask: async (forge, signal) =>
      forge.statuses.set(
        SHA,
        { context: "room-operator/plan", state: "success", description: "", targetUrl: null },
        signal,
      ),
  },
  {
    method: "POST",
    path: `${REPO}/issues/7/comments`,
    what: "writing a comment to pull request 7",
    ask: async (forge, signal) => forge.comments.create(7, "a plan", signal),
  },
  {
    method: "PATCH",
    path: `${REPO}/issues/comments/12`,
    what: "editing comment 12 of pull request 7",
    ask: async (forge, signal) => forge.comments.edit({ number: 7, id: "12" }, "a plan", signal),
  },
];

describe("faults of gitea", () => {
  let canned: CannedForge;
  let forge: Forge;
  const { signal } = new AbortController();

  const open = (options: Partial<ForgeOptions> = {}) =>
    openGitea({
      kind: "gitea",
      apiUrl: `${canned.origin}/api/v1`,
      repository: "rooms/specs",
      login: async () => ({ kind: "token", token: TOKEN }),
      access: async () => ({}),
      timeoutMs: 300,
      clock: systemClock,
      ...options,
    });

  beforeEach(async () => {
    canned = await startCannedForge();
    forge = open();
  });
  afterEach(async () => {
    forge.close();
    await canned.stop();
  });

  for (const { name, answer, reason, message, retryAfterMs } of GITEA_FAULTS) {
    it(`says ${name}, and asks once`, async () => {
      if (answer.hangs !== true) forge = open({ timeoutMs: 20_000 });
      for (const { method, path, what, ask } of QUESTIONS) {
        canned.requests.length = 0;
        canned.answer(method, path, answer);
        const got = await ask(forge, signal);
        expect(got, JSON.stringify(got)).to.include({ kind: "failed", reason });
        expect(got).to.have.property("message").that.matches(message);
        expect(got)
          .to.have.property("message")
          .that.satisfies((text: string) =>
            text.startsWith(`${what} of rooms/specs on Gitea at 127.0.0.1:`),
          );
        expect(JSON.stringify(got)).to.not.include(TOKEN);
        if (retryAfterMs === undefined) expect(got).to.not.have.property("retryAfterMs");
        else expect(got).to.have.property("retryAfterMs", retryAfterMs);
        expect(canned.requests.map((request) => request.method)).to.deep.equal([method]);
      }
    });
  }

  it("undoes gzip that a proxy added unasked", async () => {
    const body = gzipSync("[]").toString("latin1");
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    canned.answer("GET", `${REPO}/pulls`, { headers, body, isBinary: true });
    const got = await forge.pullRequests.open("main", signal);
    expect(got).to.deep.equal({ kind: "ok", value: { list: [], isWhole: true } });
  });

  it("says of nothing that listens that it cannot be reached", async () => {
    const got = await open({ apiUrl: "http://127.0.0.1:9/api/v1" }).pullRequests.get(1, signal);
    expect(got).to.include({ kind: "failed", reason: "ForgeUnreachable" });
  });

  it("sends nothing where the token, or how to reach the forge, cannot be read", async () => {
    const broken = async () => Promise.reject(new OperatorError("CredentialUnreadable", "no file"));
    const cases: readonly [Partial<ForgeOptions>, ForgeFailureReason][] = [
      [{ login: broken }, "ForgeTokenRefused"],
      [{ login: async () => ({ kind: "token", token: "two words" }) }, "ForgeTokenRefused"],
      [{ login: async () => ({ kind: "token", token: "" }) }, "ForgeTokenRefused"],
      [
        {
          login: async () => ({ kind: "app", appId: "1", installationId: "2", privateKey: "k" }),
        },
        "ForgeTokenRefused",
      ],
      [{ access: broken }, "ForgeUnreachable"],
    ];
    for (const [options, reason] of cases) {
      const got = await open(options).pullRequests.get(1, signal);
      expect(got).to.include({ kind: "failed", reason });
      expect(JSON.stringify(got)).to.not.include("two words");
    }
    expect(canned.requests).to.deep.equal([]);
  });

  it("asks with the token as it is now", async () => {
    const tokens = ["first-token", "second-token"];
    const renewed = open({
      login: async () => ({ kind: "token", token: tokens.shift() ?? "no-token" }),
    });
    canned.answer("GET", `${REPO}/pulls`, { body: [] });
    await renewed.pullRequests.open("main", signal);
    await renewed.pullRequests.open("main", signal);
    const sent = canned.requests.map(({ headers }) => headers.authorization);
    expect(sent).to.deep.equal(["token first-token", "token second-token"]);
  });

  it("tells what is not there from a repository that it may not see", async () => {
    const got = await forge.pullRequests.get(7, signal);
    expect(got).to.include({ kind: "failed", reason: "ForgeNotFound" });
    canned.answer("GET", REPO, { body: { id: 1 } });
    expect(await forge.pullRequests.get(7, signal)).to.deep.equal({ kind: "ok", value: null });
    const gone = await forge.comments.edit({ number: 7, id: "12" }, "a plan", signal);
    expect(gone).to.deep.equal({ kind: "ok", value: false });
  });

  it("takes no pull request for one that was merged as a commit, but the one that was", async () => {
    const pull = {
      number: 7,
      title: "Seven",
      html_url: "http://x/7",
      user: { id: 2, login: "ada" },
      state: "closed",
      draft: false,
      labels: null,
      merged: true,
      merge_commit_sha: SHA,
      base: { ref: "main", repo_id: 1, repo: { full_name: "Rooms/Specs" } },
      head: { label: "x", sha: "2".repeat(40), repo_id: 1 },
    };
    const numbers = async (change: object) => {
      canned.answer("GET", `${REPO}/commits/${SHA}/pull`, { body: { ...pull, ...change } });
      canned.answer("GET", `${REPO}/pulls`, { body: [{ ...pull, ...change }] });
      const got = await forge.pullRequests.mergedAs(SHA, "main", signal);
      return got.kind === "ok" ? got.value.map(({ number }) => number) : got;
    };
    expect(await numbers({})).to.deep.equal([7]);
    expect(await numbers({ merged: false })).to.deep.equal([]);
    expect(await numbers({ merge_commit_sha: "3".repeat(40) })).to.deep.equal([]);
    expect(await numbers({ merge_commit_sha: null })).to.deep.equal([]);
    const elsewhere = { ...pull.base, repo: { full_name: "other/specs" } };
    expect(await numbers({ base: elsewhere })).to.deep.equal([]);
    expect(await numbers({ base: { ...pull.base, ref: "release" } })).to.deep.equal([]);
    expect(await numbers({ merge_commit_sha: "12345" })).to.include({
      reason: "ForgeAnswerInvalid",
    });
  });

  it("takes no `null` for there being none", async () => {
    canned.answer("GET", REPO, { body: {} });
    for (const [path, ask] of [
      [`commits/${SHA}/pull`, () => forge.pullRequests.mergedAs(SHA, "main", signal)],
      ["pulls/7", () => forge.pullRequests.get(7, signal)],
      [`commits/${SHA}/status`, () => forge.statuses.latest(SHA, "room-operator/plan", signal)],
    ] as const) {
      canned.answer("GET", `${REPO}/${path}`, { body: null });
      expect(await ask(), path).to.include({ kind: "failed", reason: "ForgeAnswerInvalid" });
    }
  });

  it("does not call a history whole that has no merge within the bound", async () => {
    canned.answer("GET", `${REPO}/issues/7/timeline`, { body: null });
    canned.answer("GET", `${REPO}/pulls/7`, { body: { merged: true } });
    const got = await open({ timeoutMs: 20_000 }).labels.history(7, signal);
    expect(got).to.deep.equal({ kind: "ok", value: { events: [], isWhole: false } });
    expect(canned.requests).to.have.length(41);
  });

  it("ends the history of one that is open at an empty page, or after ten where there are reviews", async () => {
    canned.answer("GET", `${REPO}/issues/7/timeline`, { body: null });
    for (const [state, requests] of [
      [{ merged: false }, 2],
      [{ merged: false, review_comments: 0 }, 2],
      [{ merged: false, review_comments: 1 }, 11],
    ] as const) {
      canned.requests.length = 0;
      canned.answer("GET", `${REPO}/pulls/7`, { body: state });
      const got = await forge.labels.history(7, signal);
      expect(got).to.deep.equal({ kind: "ok", value: { events: [], isWhole: true } });
      expect(canned.requests).to.have.length(requests);
    }
  });

  it("takes the status with the highest id, whatever the order and the words are", async () => {
    const latest = async (...rows: readonly (readonly [id: number, status: string])[]) => {
      const statuses = rows.map(([id, status]) => ({
        id,
        status,
        context: "room-operator/plan",
        description: "",
        target_url: "",
      }));
      const body = { statuses, total_count: statuses.length };
      canned.answer("GET", `${REPO}/commits/${SHA}/status`, { body });
      const got = await forge.statuses.latest(SHA, "room-operator/plan", signal);
      return got.kind === "ok" ? (got.value?.state ?? null) : got;
    };
    expect(await latest()).to.equal(null);
    expect(await latest([3, "failure"], [9, "success"], [5, "pending"])).to.equal("success");
    expect(await latest([9, "success"], [3, "failure"])).to.equal("success");
    expect(await latest([1, "warning"])).to.equal("failure");
    expect(await latest([1, "skipped"])).to.equal("success");
    expect(await latest([1, "bananas"])).to.equal("pending");
  });
});
