import { expect } from "chai";
import { githubEvents } from "../../../agent/forge/github/github-history.ts";
import type { ActivityWire, IssueEventWire } from "../../../agent/forge/github/github-wire.ts";
import { historyLine as line } from "../../support/forge/history-line.ts";

const ADA = { id: "1", login: "ada" };

interface GithubRow {
  readonly name: string;
  /** Event and second, in the order of their ids; labels as `+confirm` and `-confirm`. */
  readonly events: readonly (readonly [string, number])[];
  /** Seconds; null: GitHub does not say it. */
  readonly pushes: readonly number[] | null;
  readonly want: string;
}

const GITHUB: readonly GithubRow[] = [
  {
    name: "puts a push before a later label",
    events: [
      ["+confirm", 20],
      ["merged", 30],
      ["closed", 30],
    ],
    pushes: [10],
    want: "push, +confirm, merge",
  },
  {
    name: "puts a push after an earlier label",
    events: [
      ["+confirm", 20],
      ["merged", 30],
    ],
    pushes: [10, 25],
    want: "push, +confirm, push, merge",
  },
  {
    name: "puts a push of the same second after the label",
    events: [
      ["+confirm", 20],
      ["merged", 30],
    ],
    pushes: [20],
    want: "+confirm, push, merge",
  },
  {
    name: "puts a push of the second of the merge before the merge",
    events: [
      ["+confirm", 20],
      ["merged", 30],
    ],
    pushes: [30],
    want: "+confirm, push, merge",
  },
  {
    name: "drops what comes after the merge",
    events: [
      ["+confirm", 20],
      ["merged", 30],
      ["closed", 30],
      ["-confirm", 40],
    ],
    pushes: [10, 50],
    want: "push, +confirm, merge",
  },
  {
    name: "takes ids for the order of labels where times disagree",
    events: [
      ["+confirm", 20],
      ["-confirm", 19],
      ["merged", 30],
    ],
    pushes: [],
    want: "+confirm, -confirm, merge",
  },
  {
    name: "puts a push after all labels where GitHub does not say when it came",
    events: [
      ["+confirm", 20],
      ["merged", 30],
    ],
    pushes: null,
    want: "+confirm, push, merge",
  },
  {
    name: "puts a push after all labels of an open one where GitHub does not say when it came",
    events: [["+confirm", 20]],
    pushes: null,
    want: "+confirm, push",
  },
  {
    name: "takes a close that nobody undid for the merge's own",
    events: [
      ["+confirm", 20],
      ["closed", 30],
      ["merged", 30],
    ],
    pushes: [],
    want: "+confirm, merge",
  },
  {
    name: "keeps a close that was undone",
    events: [
      ["+confirm", 20],
      ["closed", 21],
      ["reopened", 22],
      ["merged", 30],
      ["closed", 30],
    ],
    pushes: [],
    want: "+confirm, close, reopen, merge",
  },
  {
    name: "keeps the close of one that is not merged",
    events: [
      ["+confirm", 20],
      ["closed", 21],
    ],
    pushes: [],
    want: "+confirm, close",
  },
  {
    name: "reads forced pushes and changes of the base",
    events: [
      ["+confirm", 20],
      ["head_ref_force_pushed", 21],
      ["base_ref_changed", 22],
      ["automatic_base_change_succeeded", 23],
      ["head_ref_restored", 24],
      ["subscribed", 25],
      ["constructor", 26],
    ],
    pushes: [],
    want: "+confirm, push, retarget, retarget, push",
  },
];

function toEvents(events: GithubRow["events"]): IssueEventWire[] {
  return events.map(([text, second], position) => {
    const event = text.replace(/^\+.*/, "labeled").replace(/^-.*/, "unlabeled");
    const label = event.endsWith("labeled") ? { label: { name: text.slice(1) } } : {};
    return { id: 1000 + position, event, actor: ADA, created_at: second * 1000, ...label };
  });
}

function toActivities(pushes: GithubRow["pushes"]): ActivityWire[] | null {
  return (
    pushes?.map((second) => ({ ref: "refs/heads/x", timestamp: second * 1000, actor: ADA })) ?? null
  );
}

describe("the history of a pull request on GitHub", () => {
  for (const { name, events, pushes, want } of GITHUB)
    it(name, () => {
      const given = { events: toEvents(events), activities: toActivities(pushes) };
      expect(line(githubEvents(given))).to.equal(want);
      const shuffled = { ...given, events: given.events.toReversed() };
      expect(line(githubEvents(shuffled)), "in any order of the answer").to.equal(want);
    });

  it("gives label events no id and growing positions", () => {
    const events = githubEvents({
      events: toEvents([
        ["+a", 1],
        ["-a", 2],
      ]),
      activities: [],
    });
    expect(events).to.deep.equal([
      { kind: "labelAdded", label: { id: null, name: "a" }, person: ADA, position: 1000 },
      { kind: "labelRemoved", label: { id: null, name: "a" }, person: ADA, position: 1001 },
    ]);
  });
});
