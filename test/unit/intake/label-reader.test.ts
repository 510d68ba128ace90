import { expect } from "chai";
import { LabelReader } from "../../../agent/intake/label-reader.ts";
import type { PullRequest } from "../../../agent/forge/forge.ts";
import { pullRequestKey, type PullRequestRow } from "../../../agent/room/shown-plan.ts";
import {
  ADA,
  aMergedPullRequest,
  aPullRequest,
  labelOf,
  RULES,
  type PullStep,
} from "../../support/a-merged-pull-request.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { rejection } from "../../support/rejection.ts";
import { forgeFailure, ScriptedForge } from "../../support/scripted-forge.ts";

const SHA = "a".repeat(40);
const COMMITS = [{ oid: SHA, parents: ["0".repeat(40)] }];
const PLAN: PullStep = { plan: { "room-a": ["entity/E-02"] } };

async function bench(steps: readonly PullStep[] | null, rules: Partial<typeof RULES> = {}) {
  const clock = new FakeClock();
  const store = new MemoryStore(() => clock.nowMs());
  const forge = new ScriptedForge();
  const facts = aMergedPullRequest(steps ?? [], { mergeSha: SHA });
  if (steps !== null) forge.merge(facts);
  const row: PullRequestRow = { source: "specs", number: 7, commentId: "3", plans: facts.plans };
  await store.write([
    { kind: "document", collection: "pullRequest", key: pullRequestKey("specs", 7), document: row },
    {
      kind: "document",
      collection: "forge",
      key: "specs",
      document: { labelIds: { confirm: "11" }, ownId: null },
    },
  ]);
  const reader = new LabelReader({
    source: "specs",
    forge,
    branch: "main",
    rules: { ...RULES, ...rules },
    store,
    clock,
  });
  const { signal } = new AbortController();
  const ask = () => reader.ask(COMMITS, { mayConfirm: true }, signal);
  return { clock, forge, facts, reader, ask };
}

const asRecord = (commit: { readonly oid: string; readonly parents: readonly string[] }) => ({
  ...commit,
  message: "",
  author: "",
  committer: "",
  committedAtMs: 0,
  touches: [],
});

const labelled = (): PullRequest => aPullRequest({ state: "open", labels: [labelOf("dry-run")] });

describe("LabelReader", () => {
  it("reads what the labels of a merged pull request say with four requests", async () => {
    const { forge, ask } = await bench([PLAN, { add: "confirm" }]);
    const { pulls, unknown } = await ask();
    expect(unknown).to.equal(null);
    expect(pulls.map(({ confirms }) => confirms)).to.deep.equal([
      [
        {
          line: "label confirm of pull request #7",
          id: `7@${SHA}:confirm`,
          commit: SHA,
          actor: "bob (id 2)",
          items: new Map([["room-a", ["entity/E-02"]]]),
        },
      ],
    ]);
    expect(forge.calls).to.deep.equal([
      "open main",
      `mergedAs ${SHA} main`,
      "history 7",
      "mayWrite 2",
    ]);
  });

  it("asks for a direct push twice and waits for nothing", async () => {
    const { forge, ask, clock } = await bench(null);
    expect(await ask()).to.deep.equal({ pulls: [], unknown: null });
    expect(forge.calls).to.deep.equal(["open main", `mergedAs ${SHA} main`]);
    expect(clock.sleeping).to.equal(0);
  });

  it("asks nothing of a first head", async () => {
    const { forge, reader } = await bench(null);
    const { signal } = new AbortController();
    await reader.read({ history: "first", commits: [] }, signal);
    expect(forge.calls).to.deep.equal([]);
  });

  it("asks for commits that could not be looked at, which may ask for a dry run", async () => {
    const { forge, reader } = await bench([{ add: "dry-run" }]);
    const said = COMMITS.map(asRecord);
    const { signal } = new AbortController();
    const range = { history: "rewritten", unread: "too many", commits: [], said } as const;
    const { pulls } = await reader.read(range, signal);
    expect(pulls.map(({ dryRuns }) => dryRuns.length)).to.deep.equal([1]);
    expect(forge.calls).to.include(`mergedAs ${SHA} main`);
  });

  it("asks again while a forge has not yet set a labelled pull request merged", async () => {
    const { forge, facts, ask, clock } = await bench(null);
    forge.open = [labelled()];
    const asked = ask();
    await clock.advance(300);
    forge.open = [];
    forge.merge({ ...facts, pull: { ...facts.pull, labels: [labelOf("dry-run")] } });
    await clock.advance(600);
    const { pulls, unknown } = await asked;
    expect(unknown).to.equal(null);
    expect(pulls[0]?.dryRuns).to.deep.equal([
      { line: "label dry-run of pull request #7", room: null },
    ]);
  });

  it("does not wait for an open pull request without a label of ours", async () => {
    const { forge, ask, clock } = await bench(null);
    forge.open = [aPullRequest({ state: "open", labels: [labelOf("season")] })];
    expect(await ask()).to.deep.equal({ pulls: [], unknown: null });
    expect(clock.sleeping).to.equal(0);
  });

  it("gives up after 15 s where the labelled pull request is another one", async () => {
    const { forge, ask, clock } = await bench(null);
    forge.open = [labelled()];
    const asked = ask();
    for (let ms = 0; ms < 15_000; ms += 250) await clock.advance(250);
    expect(await asked).to.deep.equal({ pulls: [], unknown: null });
    expect(clock.monotonicMs()).to.be.at.most(15_000);
    expect(forge.calls.length).to.be.below(30);
  });

  it("waits for the merge in the history, and does not know without it", async () => {
    const { forge, ask, clock } = await bench([PLAN, { add: "confirm" }]);
    const [history] = forge.histories.values();
    forge.histories.set(7, { events: history?.events.slice(0, -1) ?? [], isWhole: true });
    const asked = ask();
    for (let ms = 0; ms < 20_000; ms += 250) await clock.advance(250);
    const { pulls, unknown } = await asked;
    expect(unknown?.message).to.include("#7");
    expect(pulls[0]?.confirms).to.deep.equal([]);
  });

  it("does not know of a history that is cut, and takes a dry run all the same", async () => {
    const { forge, facts, ask } = await bench([PLAN, { add: "confirm" }, { add: "dry-run" }]);
    forge.histories.set(7, { ...facts.history, isWhole: false });
    const { pulls, unknown } = await ask();
    expect(unknown?.message).to.match(/could not be read up to its merge/);
    expect(pulls[0]?.confirms).to.deep.equal([]);
    expect(pulls[0]?.dryRuns).to.have.length(1);
  });

  for (const call of ["open main", `mergedAs ${SHA} main`, "history 7", "mayWrite 2"]) {
    it(`does not know where the forge fails at "${call.split(" ")[0]}"`, async () => {
      const { forge, ask } = await bench([PLAN, { add: "confirm" }]);
      forge.instead = (asked) =>
        asked === call ? forgeFailure({ reason: "ForgeRateLimited", retryAfterMs: 9000 }) : null;
      const { pulls, unknown } = await ask();
      expect(unknown).to.deep.equal({
        message: "the forge answered 500",
        retryAfterMs: 9000,
      });
      expect(pulls.flatMap(({ confirms }) => confirms)).to.deep.equal([]);
    });
  }

  it("does not wait for a forge that hangs, longer than it may", async () => {
    const { forge, ask, clock } = await bench(null);
    forge.instead = () => new Promise(() => undefined);
    const asked = ask();
    await clock.advance(20_000);
    const { unknown } = await asked;
    expect(unknown?.message).to.include("20 s");
  });

  it("ends with the reason of its signal", async () => {
    const { forge, reader } = await bench(null);
    const stop = new AbortController();
    forge.instead = () => new Promise(() => undefined);
    const asked = reader.ask(COMMITS, { mayConfirm: true }, stop.signal);
    stop.abort(new Error("the agent stops"));
    expect((await rejection(asked)).message).to.equal("the agent stops");
  });

  it("asks for the newest 100 of more commits, does not know of the others, and later asks for all", async () => {
    const { forge, reader } = await bench(null);
    const shas = Array.from({ length: 130 }, (_, at) => at.toString(16).padStart(40, "0"));
    const commits = shas.map((oid, at) => ({ oid, parents: [shas[at - 1] ?? "f".repeat(40)] }));
    const { signal } = new AbortController();
    const { unknown } = await reader.read(
      { history: "descends", commits: commits.map(asRecord) },
      signal,
    );
    expect(unknown?.message).to.match(/^130 commits .* newest 100/);
    expect(forge.calls.filter((call) => call.startsWith("mergedAs"))).to.have.length(100);
    expect(forge.calls).to.include(`mergedAs ${shas.at(-1)} main`);
    expect(await reader.ask(commits, { mayConfirm: true }, signal)).to.deep.equal({
      pulls: [],
      unknown: null,
    });
  });

  it("waits for an older commit too whose labelled pull request may not be set merged yet", async () => {
    const { forge, facts, reader, clock } = await bench(null);
    const newer = "b".repeat(40);
    const commits = [...COMMITS, { oid: newer, parents: [SHA] }];
    forge.open = [labelled()];
    forge.merge(aMergedPullRequest([], { mergeSha: newer }));
    const { signal } = new AbortController();
    const asked = reader.ask(commits, { mayConfirm: true }, signal);
    await clock.advance(1000);
    forge.open = [];
    forge.merge({ ...facts, pull: { ...facts.pull, labels: [labelOf("dry-run")] } });
    for (let ms = 0; ms < 3000; ms += 250) await clock.advance(250);
    const { pulls } = await asked;
    expect(pulls.map(({ dryRuns }) => dryRuns.length)).to.deep.equal([1, 0]);
  });

  it("waits 3 s for older commits, and asks again for the newest few alone", async () => {
    const { forge, reader, clock } = await bench(null);
    const shas = Array.from({ length: 60 }, (_, at) => at.toString(16).padStart(40, "0"));
    const commits = shas.map((oid, at) => ({ oid, parents: [shas[at - 1] ?? "f".repeat(40)] }));
    forge.open = [labelled()];
    forge.merge(aMergedPullRequest([], { mergeSha: shas.at(-1) ?? "" }));
    const { signal } = new AbortController();
    const asked = reader.ask(commits, { mayConfirm: true }, signal);
    for (let ms = 0; ms < 3000; ms += 250) await clock.advance(250);
    expect((await asked).unknown).to.equal(null);
    expect(clock.monotonicMs()).to.be.at.most(3000);
    expect(forge.calls.filter((call) => call.startsWith("mergedAs")).length).to.be.below(140);
  });

  it("finds a pull request that a merge by hand brought in, and asks nothing of what its own merge did", async () => {
    const { forge, facts, reader } = await bench(null);
    const [mine, fox, feature, own] = ["c", "d", "e", "f"].map((one) => one.repeat(40)) as [
      string,
      string,
      string,
      string,
    ];
    const start = "0".repeat(40);
    forge.merge({ ...facts, pull: { ...facts.pull, labels: [labelOf("dry-run")] } });
    forge.merge(aMergedPullRequest([], { mergeSha: own }));
    const commits = [
      { oid: SHA, parents: [start] },
      { oid: mine, parents: [start] },
      { oid: fox, parents: [mine, SHA] },
      { oid: feature, parents: [fox] },
      { oid: own, parents: [fox, feature] },
    ];
    const { signal } = new AbortController();
    const { pulls } = await reader.ask(commits, { mayConfirm: true }, signal);
    expect(pulls.map(({ mergeSha }) => mergeSha)).to.deep.equal([SHA, own]);
    expect(forge.calls).not.to.include(`mergedAs ${feature} main`);
  });

  it("asks no forge for the right of persons who are configured", async () => {
    const { forge, ask } = await bench([PLAN, { add: "confirm", by: ADA }], {
      allowedPersons: ["1"],
    });
    const { pulls } = await ask();
    expect(pulls[0]?.confirms).to.have.length(1);
    expect(forge.calls.some((call) => call.startsWith("mayWrite"))).to.equal(false);
  });

  it("takes the configured id of the label before the one that was seen", async () => {
    const { ask } = await bench([PLAN, { add: "confirm" }], { confirmId: "12" });
    const { pulls } = await ask();
    expect(pulls[0]?.confirms).to.deep.equal([]);
    expect(pulls[0]?.ignored[0]?.reason).to.match(/^LabelChanged: .* id 11, .* has 12/);
  });
});
