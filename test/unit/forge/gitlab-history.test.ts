import { expect } from "chai";
import { gitlabEvents } from "../../../agent/forge/gitlab/gitlab-history.ts";
import type { GitlabHistory } from "../../../agent/forge/gitlab/gitlab-history.ts";
import { historyLine as line } from "../../support/forge/history-line.ts";

const ADA = { id: "1", login: "ada" };

interface GitlabRow {
  readonly name: string;
  /** Label and millisecond, in the order of their ids. */
  readonly labels: readonly (readonly [string, number])[];
  readonly versions?: readonly number[];
  readonly states?: readonly (readonly [string, number])[];
  readonly notes?: readonly (readonly [string, number])[];
  readonly want: string;
}

const GITLAB: readonly GitlabRow[] = [
  {
    name: "orders pushes and labels by time",
    labels: [["+confirm", 20]],
    versions: [10, 25],
    want: "push, +confirm, push",
  },
  {
    name: "puts a push of the same moment after the label",
    labels: [["+confirm", 20]],
    versions: [20],
    want: "+confirm, push",
  },
  {
    name: "ends at the merge",
    labels: [
      ["+confirm", 20],
      ["-confirm", 40],
    ],
    versions: [10, 50],
    states: [["merged", 30]],
    want: "push, +confirm, merge",
  },
  {
    name: "counts a push of the moment of the merge",
    labels: [["+confirm", 20]],
    versions: [30],
    states: [["merged", 30]],
    want: "+confirm, push, merge",
  },
  {
    name: "reads closes and reopens",
    labels: [["+confirm", 20]],
    states: [
      ["reopened", 23],
      ["closed", 22],
      ["merged", 30],
    ],
    want: "+confirm, close, reopen, merge",
  },
  {
    name: "reads a new target from GitLab's own notes, and pushes not",
    labels: [["+confirm", 20]],
    notes: [
      ["changed target branch from `main` to `release`", 21],
      ["added 1 commit\n\n<ul><li>…</li></ul>", 22],
      ["mentioned in !4", 23],
    ],
    want: "+confirm, retarget",
  },
  {
    name: "takes ids for the order of labels where times disagree",
    labels: [
      ["+confirm", 20],
      ["-confirm", 19],
    ],
    want: "+confirm, -confirm",
  },
];

function toGitlab({ labels, versions = [], states = [], notes = [] }: GitlabRow): GitlabHistory {
  return {
    labels: labels.map(([text, at], position) => ({
      id: 100 + position,
      user: ADA,
      created_at: at,
      action: text.startsWith("+") ? "add" : "remove",
      label: { id: 7, name: text.slice(1) },
    })),
    versions: versions.map((at, position) => ({ id: position + 1, created_at: at })),
    states: states.map(([state, at], position) => ({
      id: position + 1,
      user: ADA,
      created_at: at,
      state,
    })),
    notes: notes.map(([body, at], position) => ({
      id: position + 1,
      body,
      author: ADA,
      created_at: at,
      system: true,
    })),
  };
}

describe("the history of a merge request on GitLab", () => {
  for (const row of GITLAB)
    it(row.name, () => {
      expect(line(gitlabEvents(toGitlab(row)))).to.equal(row.want);
    });

  it("does not believe a person who writes like GitLab", () => {
    const given = toGitlab({
      name: "",
      labels: [["+confirm", 20]],
      notes: [["changed target branch from `main` to `x`", 21]],
      want: "",
    });
    const notes = given.notes.map((note) => ({ ...note, system: false }));
    expect(line(gitlabEvents({ ...given, notes }))).to.equal("+confirm");
  });

  it("drops events of a label that was deleted", () => {
    const given = toGitlab({ name: "", labels: [["+gone", 20]], want: "" });
    const labels = given.labels.map((event) => ({ ...event, label: null }));
    expect(gitlabEvents({ ...given, labels })).to.deep.equal([]);
  });
});
