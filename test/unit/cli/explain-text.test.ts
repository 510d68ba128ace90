import { expect } from "chai";
import { explain } from "../../../agent/api/explain/explain.ts";
import { confirmHint } from "../../../agent/api/confirm-hint.ts";
import { toDiffLists } from "../../../agent/plan/diff-lists.ts";
import { toText } from "../../../agent/cli/explain.ts";
import {
  aCondition,
  explainFacts,
  failing,
  refused,
  type ExplainGiven,
} from "../../support/explain-facts.ts";
import { HEAD } from "../../support/a-verified-room.ts";

const NO_PLAN = {
  roomId: "lab-01",
  actions: [],
  blocked: [],
  unknownPolicies: [],
  removedPolicies: [],
};
const textOf = (given: ExplainGiven) => toText(explain(explainFacts(given)));

describe("the text of explain", () => {
  it("says of an orphan that no spec names it, not that its head is still to come", () => {
    const conditions = [aCondition({ type: "Orphaned", status: "True", reason: "NoSpec" })];
    const text = textOf({ room: { owner: null, conditions }, source: null });
    expect(text).to.include("  head      none: no spec names the room\n");
    expect(text).to.include(`  verified  main@sha1:${HEAD}\n`);
    const claims = [
      { source: "specs", path: "b.yaml", reason: "ClaimedTwice", message: "two files name it" },
    ] as const;
    const claimed = { room: { owner: null, observedRevision: null }, source: null, claims };
    expect(textOf(claimed)).to.include("  head      none yet\n");
  });

  it("shows the head of the source next to the revision of a room that is not at head", () => {
    const observedHead = "e".repeat(40);
    const room = failing("NotConverged");
    const text = textOf({ room, row: { observedHead } });
    expect(text).to.include(
      `  head      main@sha1:${observedHead}, which does not change this room\n` +
        `  changed   main@sha1:${HEAD}, the newest revision that does\n`,
    );
    // Which of the two is newer is not known while a head is ingested.
    const ingesting = textOf({ room, row: { observedHead, takingIn: "f".repeat(40) } });
    expect(ingesting).to.include(`  head      main@sha1:${HEAD}\n`);
  });

  it("says when the source was asked and is asked next, since a later push is not known here", () => {
    const [lastPoll, nextPoll] = ["2026-11-30T15:40:00.000Z", "2026-11-30T15:40:10.000Z"];
    const text = (polls: { lastPoll: string | null; nextPoll: string | null }) =>
      textOf({ source: { live: { name: "specs", webhook: null, warnings: [], ...polls } } });
    expect(text({ lastPoll, nextPoll })).to.include(
      `  polled    at ${lastPoll}, next at ${nextPoll}\n`,
    );
    expect(text({ lastPoll, nextPoll: null })).to.include(`  polled    at ${lastPoll}\n`);
    expect(text({ lastPoll: null, nextPoll })).to.not.include("polled    ");
    expect(textOf({ source: null })).to.not.include("polled    ");
  });

  it("says how to reject as /status does, and names the plan that is not carried out", () => {
    const digest = `sha256:${"d".repeat(64)}` as const;
    const pendingPlan = { digest, inputs: "newer", removals: [] };
    const facts = explainFacts({ room: { ...refused({}), pendingPlan } });
    const text = toText(explain(facts));
    expect(text).to.include(`  plan      ${digest}, not carried out\n`);
    const sources = facts.source?.info == null ? [] : [facts.source.info];
    const hint = confirmHint(facts.room, sources) ?? "";
    expect(hint).to.include("Reject: ");
    expect(text).to.include(`Next step: ${hint}\n`);
  });

  it("shows the first changes of a dry run", () => {
    const items = [{ action: "kick", item: "entity/E-1", before: null, after: null }] as const;
    const pendingDiff = { ...toDiffLists(NO_PLAN), items, moreItems: 3 };
    const room = { ...failing("DryRun"), dryRun: { commit: HEAD }, pendingDiff };
    expect(textOf({ room })).to.match(
      / not carried out; changes: kick entity\/E-1, … \(4 in all\)\n/,
    );
  });

  it("does not say of a pruned room that it was never verified", () => {
    const conditions = [aCondition({ type: "Orphaned", status: "True", reason: "Pruned" })];
    const room = { owner: null, conditions, verified: null, verifiedRevision: null };
    expect(textOf({ room, source: null })).to.include("  verified  not since its prune began\n");
  });

  it("says where a room was verified at head and drifted since", () => {
    const reason = "DriftReported" as const;
    const drifted = aCondition({ type: "Drifted", status: "True", reason });
    const conditions = [aCondition({ reason }), drifted];
    expect(textOf({ room: { conditions } })).to.include(
      `  verified  main@sha1:${HEAD}, before it drifted\n`,
    );
    const failed = [aCondition({ reason: "RoomServerUnavailable" })];
    expect(textOf({ room: { conditions: failed } })).to.include(`  verified  main@sha1:${HEAD}\n`);
  });
});
