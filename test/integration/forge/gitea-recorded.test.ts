import { expect } from "chai";
import type { Forge } from "../../../agent/forge/forge.ts";
import { openGitea } from "../../../agent/forge/gitea/open-gitea.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { RecordedGitea } from "../../support/forge/recorded-gitea.ts";

const MERGED = "8cf37364e513758a56e0a652f126f9ec690e23a4";
const ADA = { id: "2", login: "ada" };
const BOB = { id: "3", login: "bob" };
const CONFIRM = { id: "1", name: "confirm" };

describe("the answers of a real Gitea 1.26.3", () => {
  let gitea: RecordedGitea;
  let forge: Forge;
  const { signal } = new AbortController();

  before(async () => {
    gitea = await RecordedGitea.start();
    forge = openGitea({
      kind: "gitea",
      apiUrl: gitea.apiUrl,
      repository: "ada/specs",
      login: async () => ({ kind: "token", token: "0".repeat(40) }),
      access: async () => ({}),
      timeoutMs: 5000,
      clock: systemClock,
    });
  });

  after(async () => {
    forge.close();
    await gitea.stop();
  });

  const merged = {
    number: 1,
    title: "Change 1",
    url: "http://127.0.0.1:3000/ada/specs/pulls/1",
    author: ADA,
    state: "merged",
    isDraft: false,
    isFork: false,
    baseBranch: "main",
    isOurBase: true,
    headSha: "b83dbdec16e3a85111e1e98948dfb1d764c63716",
    headRef: "refs/pull/1/head",
    labels: [CONFIRM],
    mergeSha: MERGED,
  };

  it("show a merged pull request, also by its merge commit", async () => {
    gitea.answer("pull-get-merged-merge", "commit-pull-200");
    expect(await forge.pullRequests.get(1, signal)).to.deep.equal({ kind: "ok", value: merged });
    expect(await forge.pullRequests.mergedAs(MERGED, "main", signal)).to.deep.equal({
      kind: "ok",
      value: [merged],
    });
    expect(gitea.requests).to.deep.equal([
      "GET /api/v1/repos/ada/specs/pulls/1",
      `GET /api/v1/repos/ada/specs/commits/${MERGED}/pull`,
    ]);
  });

  it("show who set a label, before the first push where it was set at the opening", async () => {
    gitea.answer("timeline-labelled-and-merged");
    expect(await forge.labels.history(1, signal)).to.deep.equal({
      kind: "ok",
      value: {
        events: [
          { kind: "push", person: ADA },
          { kind: "labelAdded", label: CONFIRM, person: ADA, position: 2 },
          { kind: "merge", person: ADA },
        ],
        isWhole: true,
      },
    });
    gitea.answer("timeline-opened-with-label-by-reader");
    const opened = await forge.labels.history(9, signal);
    // It has no merge, and this server answers the same for each page and nothing for its state.
    expect(opened.kind).to.equal("ok");
    expect(opened.kind === "ok" && opened.value.isWhole).to.equal(false);
    expect(opened.kind === "ok" && opened.value.events.slice(0, 2)).to.deep.equal([
      { kind: "labelAdded", label: CONFIRM, person: BOB, position: 34 },
      { kind: "push", person: BOB },
    ]);
  });

  it("show forks, forks that are gone, and heads that were pushed without a branch", async () => {
    const of = async (name: string, number: number) => {
      gitea.answer(name);
      const answer = await forge.pullRequests.get(number, signal);
      return answer.kind === "ok" ? answer.value : answer;
    };
    expect(await of("pull-get-fork-deleted", 9)).to.include({ isFork: true, state: "closed" });
    expect(await of("pull-get-agit", 10)).to.include({ isFork: true, state: "open" });
  });

  it("name files before and after a rename", async () => {
    gitea.answer("pull-files");
    expect(await forge.pullRequests.files(9, signal)).to.deep.equal({
      kind: "ok",
      value: {
        isWhole: true,
        list: [
          { path: "rooms/a.yaml", previousPath: null },
          { path: "rooms/bob.yaml", previousPath: null },
          { path: "rooms/d.yaml", previousPath: null },
          { path: "rooms/renamed.yaml", previousPath: "rooms/b.yaml" },
        ],
      },
    });
  });

  it("have a label name twice", async () => {
    gitea.answer("label-list");
    expect(await forge.labels.named(["confirm"], signal)).to.deep.equal({
      kind: "ok",
      value: [CONFIRM, { id: "3", name: "confirm" }],
    });
  });

  it("hold our comment and one that somebody else planted", async () => {
    gitea.answer("comment-list");
    const by = { marker: "<!-- room-operator:plan -->", ownId: "2" };
    expect(await forge.comments.find(9, by, signal)).to.deep.equal({
      kind: "ok",
      value: { id: "37", author: ADA, body: "<!-- room-operator:plan -->\n1 room changes" },
    });
    const other = await forge.comments.find(9, { ...by, ownId: "5" }, signal);
    expect(other).to.deep.equal({ kind: "ok", value: null });
  });

  it("have the newest status of each context", async () => {
    gitea.answer("status-combined");
    const sha = "7b20843b63b893f19c7aa1933aebfbbcc63f22da";
    expect(await forge.statuses.latest(sha, "room-operator/plan", signal)).to.deep.equal({
      kind: "ok",
      value: {
        context: "room-operator/plan",
        state: "success",
        description: "2 rooms change, nothing is removed",
        targetUrl: "http://localhost:8080/plans/41",
      },
    });
    const none = await forge.statuses.latest(sha, "nothing", signal);
    expect(none).to.deep.equal({ kind: "ok", value: null });
  });
});
