import { expect } from "chai";
import { labelIntent } from "../../../agent/forge/label-intent.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import { isLabelled, withLabels } from "../../../agent/intent/label-words.ts";
import { unreadHold } from "../../../agent/intent/unread-commits.ts";
import { withSignedConfirms } from "../../../agent/intent/signed-confirms.ts";
import { aMergedPullRequest, type PullStep } from "../../support/a-merged-pull-request.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { BOTH, intentOf, LEAST, LESS, SHOWN, START } from "./labels-said.ts";

describe("labels of a merged pull request, among other commits", () => {
  const pullAt = (mergeSha: string, steps: readonly PullStep[]) =>
    labelIntent(aMergedPullRequest(steps, { mergeSha }));
  const CONFIRMED = [SHOWN, { add: "confirm" }];

  it("confirm no item that a later commit of the push puts back", () => {
    const { range, specs } = aCommitRange(START, [{ files: LEAST }, { files: LESS }]);
    const words = withLabels(commitWords(range, "own"), [pullAt("c1", CONFIRMED)]);
    expect(intentOf(words, specs).confirmed).to.deep.equal(["entity/e3"]);
  });

  it("ask for no dry run of what a later commit changes", () => {
    const { range, specs } = aCommitRange(START, [{ files: LESS }, { files: LEAST }]);
    const words = withLabels(commitWords(range, "own"), [pullAt("c1", [{ add: "dry-run" }])]);
    expect(intentOf(words, specs).dryRun).to.equal("none");
  });

  it("ask for a dry run of each commit that a rebase may have brought, and of none before a merge", () => {
    const stories: CommitStory[] = [
      { side: true, files: LESS },
      { merge: true, files: LESS },
      { files: { "b.yaml": aRoomSpec({ roomId: "room-b", entities: [] }) } },
    ];
    const { range, specs } = aCommitRange(START, stories);
    const words = withLabels(commitWords(range, "own"), [pullAt("c3", [{ add: "dry-run" }])]);
    expect(intentOf(words, specs).dryRun).to.equal("label");
    const merged = withLabels(commitWords(range, "own"), [
      pullAt("c2", []),
      pullAt("c3", [{ add: "dry-run" }]),
    ]);
    expect(intentOf(merged, specs).dryRun).to.equal("none");
  });

  it("ask for a dry run of what a pull of the branch and a push on top of it brought", () => {
    const { range, specs } = aCommitRange(START, [
      { side: true, files: LESS },
      { files: { "b.yaml": aRoomSpec({ roomId: "room-b", entities: [] }) } },
      { merge: true, files: LESS },
    ]);
    const words = withLabels(commitWords(range, "own"), [pullAt("c1", [{ add: "dry-run" }])]);
    expect(intentOf(words, specs).dryRun).to.equal("label");
  });

  it("ask for a dry run of a room that they name and that is no source's", () => {
    const { range, specs } = aCommitRange(START, [{ files: { "b.yaml": START["b.yaml"] } }]);
    const pulls = [pullAt("c1", [{ add: "dry-run/room-a" }])];
    const words = withLabels(commitWords(range, "own", true), pulls);
    const isOwn = (roomId: string) => roomId === "room-b";
    expect(intentOf(words, specs, () => null, isOwn).dryRun).to.equal("label");
  });

  it("ask for a dry run on a rewritten branch, where no commit says anything", () => {
    const { range, specs } = aCommitRange(START, [{ files: LESS }], "rewritten");
    const pulls = [pullAt("c1", [{ add: "dry-run" }])];
    const words = withLabels(commitWords(range, "own", isLabelled(pulls)), pulls);
    expect(intentOf(words, specs).dryRun).to.equal("label");
  });

  it("hold every room where the merge is among commits that could not be looked at", () => {
    const { range } = aCommitRange(START, [{ files: LESS }, { files: LEAST }], "rewritten");
    const unread = { commits: range.commits.slice(1), said: range.commits };
    expect(unreadHold(unread, "own", [pullAt("c1", [])])).to.equal(null);
    const held = unreadHold(unread, "own", [pullAt("c1", [{ add: "dry-run" }])]);
    expect(held).to.include({ commit: "c1", line: "label dry-run of pull request #7" });
  });

  it("add up where one push brings two pull requests", () => {
    const { range, specs } = aCommitRange(START, [{ files: LESS }, { files: LEAST }]);
    const words = withLabels(commitWords(range, "own"), [
      pullAt("c1", [{ plan: { "room-a": ["entity/e3"] } }, { add: "confirm" }]),
      pullAt("c2", [{ plan: { "room-a": ["entity/e2"] } }, { add: "confirm" }]),
    ]);
    expect(intentOf(words, specs).confirmed).to.deep.equal(BOTH);
  });

  it("confirm once: not where their commit was read before", () => {
    const { range, specs } = aCommitRange(START, [{ files: LEAST }]);
    const words = withLabels(commitWords(range, "own"), [pullAt("c1", CONFIRMED)]);
    const { confirmed, ignored } = intentOf(words, specs, () => "AlreadyUsed: it was");
    expect(confirmed).to.deep.equal([]);
    expect(ignored).to.deep.equal(["AlreadyUsed: it was"]);
  });

  it("confirm nothing where a signature is required", () => {
    const { range, specs } = aCommitRange(START, [{ files: LEAST }]);
    const words = withLabels(commitWords(range, "own"), [pullAt("c1", CONFIRMED)]);
    const { confirmed, ignored } = intentOf(withSignedConfirms(words, ["key"]), specs);
    expect(confirmed).to.deep.equal([]);
    expect(ignored[0]).to.match(/^NotSigned: .* a label is not signed/);
  });
});
