import { expect } from "chai";
import { labelNotes } from "../../../agent/review/label-notes.ts";
import {
  ADA,
  aMergedPullRequest,
  BOB,
  RULES,
  type PullStep,
} from "../../support/a-merged-pull-request.ts";

const PLAN: PullStep = { plan: { "room-a": ["entity/E-1"] } };
const PINNED = { confirm: "11", "confirm/room-a": "12" };

function noteOf(
  steps: readonly PullStep[],
  rules: Partial<typeof RULES> = {},
  pinnedThen: Readonly<Record<string, string>> = PINNED,
): string | null {
  const given = { mergeSha: "a", pinned: PINNED, pinnedThen };
  const { pull, history, plans } = aMergedPullRequest(steps, given);
  const [note] = labelNotes(
    {
      labels: pull.labels,
      history,
      row: { plans },
      now: { head: plans.at(-1)?.head ?? "", digest: plans.at(-1)?.digest ?? "" },
      author: ADA.id,
      labelIds: PINNED,
    },
    { ...RULES, ...rules },
  );
  return note === undefined ? "no note" : note.why;
}

describe("what a plan comment says of a label that confirms", () => {
  const rows: readonly (readonly [
    string,
    readonly PullStep[],
    Partial<typeof RULES>,
    RegExp | null,
  ])[] = [
    ["counts after the plan", [PLAN, { add: "confirm" }], {}, null],
    ["before the plan", [{ add: "confirm" }, PLAN], {}, /^was set before this plan was shown/],
    ["of another id", [PLAN, { add: "confirm", id: "77" }], {}, /has the id 77, .* has 11\. Ask/],
    [
      "of one room and of another id",
      [PLAN, { add: "confirm/room-a", id: "77" }],
      {},
      /has the id 77, .* has 12\. Set `confirm` instead/,
    ],
    [
      "by the author where another person is required",
      [PLAN, { add: "confirm", by: ADA }],
      { requireOtherPerson: true },
      /the author of the pull request set it/,
    ],
    ["by another person", [PLAN, { add: "confirm", by: BOB }], { requireOtherPerson: true }, null],
  ];
  for (const [name, steps, rules, expected] of rows)
    it(name, () => {
      const why = noteOf(steps, rules);
      if (expected === null) expect(why).to.equal(null);
      else expect(why).to.match(expected);
    });

  it("names the reason of the room where the label was not known when the plan was shown", () => {
    const label = { add: "confirm/room-a" };
    expect(noteOf([PLAN, label], {}, {})).to.match(/LabelNotPinned.* Remove it, wait until/);
    expect(noteOf([label, PLAN], {}, {})).to.match(/^was set before this plan was shown/);
    expect(noteOf([PLAN, label])).to.equal(null);
  });
});
