import { expect } from "chai";
import { labelIntent } from "../../../agent/forge/label-intent.ts";
import { commitWords } from "../../../agent/intent/commit-words.ts";
import { withLabels } from "../../../agent/intent/label-words.ts";
import type { Item } from "../../../agent/plan/item.ts";
import {
  ADA,
  aMergedPullRequest,
  MALLORY,
  type PullStep,
} from "../../support/a-merged-pull-request.ts";
import { aCommitRange, type CommitStory } from "./a-commit-range.ts";
import { BOTH, intentOf, LEAST, LESS, SHOWN, START, type Said } from "./labels-said.ts";

/** What a merge style puts on the branch of a pull request that takes `e2` and `e3` out of room-a; `said`: of its last commit. */
const SHAPES: Readonly<Record<string, (said: string) => readonly CommitStory[]>> = {
  merge: (said) => [
    { side: true, files: LESS },
    { side: true, message: said, files: LEAST },
    { merge: true, files: LEAST },
  ],
  squash: (said) => [{ message: said, files: LEAST }],
  rebase: (said) => [{ files: LESS }, { message: said, files: LEAST }],
  "rebase-merge": (said) => [
    { side: true, files: LESS },
    { side: true, message: said, files: LEAST },
    { merge: true, files: LEAST },
  ],
  "fast-forward": (said) => [{ files: LESS }, { message: said, files: LEAST }],
  "manual merge with a trailer-free message": (said) => [
    { side: true, message: said, files: LEAST },
    { merge: true, message: "Merge it by hand\n", files: LEAST },
  ],
};

interface Row {
  readonly name: string;
  readonly steps: readonly PullStep[];
  /** The trailer of the pull request's last commit. */
  readonly trailer?: string;
  readonly given?: Omit<Parameters<typeof aMergedPullRequest>[1], "mergeSha">;
  /** Items a label confirms in room-a. */
  readonly confirmed?: readonly Item[];
  /** Items that trailers confirm. */
  readonly byTrailer?: readonly Item[];
  readonly dryRun?: "label" | "commit";
  /** Beginnings of why something does not count. */
  readonly ignored?: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: "no label says nothing", steps: [SHOWN] },
  { name: "confirms what the plan showed", steps: [SHOWN, { add: "confirm" }], confirmed: BOTH },
  {
    name: "confirms by a room's label what the plan showed there",
    steps: [{ plan: { "room-a": BOTH, "room-b": ["entity/e1"] } }, { add: "confirm/room-a" }],
    confirmed: BOTH,
  },
  {
    name: "confirms nothing after another plan may have taken the place of the one that is known",
    steps: [SHOWN, { add: "confirm" }],
    given: { changingAfter: 0 },
    ignored: ["NoPlanShown: a new plan was being written"],
  },
  {
    name: "confirms what was shown before another plan may have taken its place",
    steps: [SHOWN, { add: "confirm" }],
    given: { changingAfter: 1 },
    confirmed: BOTH,
  },
  {
    name: "confirms nothing without a plan",
    steps: [{ add: "confirm" }],
    ignored: ["NoPlanShown"],
  },
  {
    name: "confirms nothing when it was set before the first plan",
    steps: [{ add: "confirm" }, SHOWN],
    ignored: ["NoPlanShown"],
  },
  {
    name: "confirms what it showed when it is set again after the plan",
    steps: [{ add: "confirm" }, SHOWN, { remove: "confirm" }, { add: "confirm" }],
    confirmed: BOTH,
  },
  {
    name: "confirms nothing when it was set while a plan was being written",
    steps: [{ plan: { "room-a": BOTH }, during: { add: "confirm" } }],
    ignored: ["NoPlanShown"],
  },
  {
    name: "confirms the older plan alone when a newer one came after it",
    steps: [{ plan: { "room-a": ["entity/e3"] } }, { add: "confirm" }, SHOWN],
    confirmed: ["entity/e3"],
  },
  {
    name: "confirms nothing that the plan did not refuse",
    steps: [{ plan: { "room-a": [] } }, { add: "confirm" }],
    ignored: ["NothingRefused"],
  },
  {
    name: "confirms nothing in a room that the plan does not name",
    steps: [SHOWN, { add: "confirm/room-z" }],
    ignored: ["NothingRefused"],
  },
  {
    name: "confirms nothing after a later push",
    steps: [SHOWN, { add: "confirm" }, { event: "push" }],
    ignored: ["ChangedAfterLabel"],
  },
  {
    name: "confirms nothing after it was moved to another branch",
    steps: [SHOWN, { add: "confirm" }, { event: "retarget" }],
    ignored: ["ChangedAfterLabel"],
  },
  {
    name: "confirms nothing after it was closed and opened again",
    steps: [SHOWN, { add: "confirm" }, { event: "close" }, { event: "reopen" }],
    ignored: ["ChangedAfterLabel"],
  },
  {
    name: "confirms nothing when a stranger set it",
    steps: [SHOWN, { add: "confirm", by: MALLORY }],
    ignored: ["NotAllowed"],
  },
  {
    name: "confirms nothing when a stranger set it again after a person who may",
    steps: [SHOWN, { add: "confirm" }, { add: "confirm", by: MALLORY }],
    ignored: ["NotAllowed"],
  },
  {
    name: "confirms nothing when its author set it and another person is required",
    steps: [SHOWN, { add: "confirm", by: ADA }],
    given: { rules: { requireOtherPerson: true } },
    ignored: ["NotAllowed"],
  },
  {
    name: "confirms when its author set it and none is required",
    steps: [SHOWN, { add: "confirm", by: ADA }],
    confirmed: BOTH,
  },
  {
    name: "confirms nothing when it was removed before the merge",
    steps: [SHOWN, { add: "confirm" }, { remove: "confirm" }],
  },
  {
    name: "confirms although it was removed after the merge",
    steps: [SHOWN, { add: "confirm" }, { event: "merge" }, { remove: "confirm" }],
    confirmed: BOTH,
  },
  {
    name: "confirms nothing when it was set after the merge",
    steps: [SHOWN, { event: "merge" }, { add: "confirm" }],
  },
  {
    name: "confirms nothing when another label was renamed to it",
    steps: [SHOWN, { add: "confirm", id: "77" }],
    ignored: ["LabelChanged"],
  },
  {
    name: "confirms nothing when no label of its name was known",
    steps: [SHOWN, { add: "confirm" }],
    given: { pinned: {} },
    ignored: ["LabelNotPinned"],
  },
  {
    name: "confirms nothing when its name was another's when the plan was shown",
    steps: [SHOWN, { add: "confirm" }],
    given: { pinnedThen: {} },
    ignored: ["LabelNotPinned"],
  },
  {
    name: "confirms with the id that the configuration names, whenever it was made",
    steps: [SHOWN, { add: "confirm", id: "77" }],
    given: { pinned: { confirm: "77" }, pinnedThen: {}, rules: { confirmId: "77" } },
    confirmed: BOTH,
  },
  {
    name: "confirms with the right one of two labels of one name",
    steps: [SHOWN, { add: "confirm", id: "77" }, { add: "confirm" }],
    confirmed: BOTH,
    ignored: ["LabelChanged"],
  },
  {
    name: "confirms by name where the forge has no ids of labels",
    steps: [SHOWN, { add: "confirm", id: null }],
    confirmed: BOTH,
  },
  {
    name: "confirms nothing in a history that does not descend",
    steps: [SHOWN, { add: "confirm" }],
    given: { noConfirm: "the branch was not built on the head before it" },
    ignored: ["the branch was not built"],
  },
  {
    name: "confirms nothing in another spelling",
    steps: [SHOWN, { add: "Confirm" }],
    ignored: ["it is written otherwise"],
  },
  { name: "asks for a dry run", steps: [{ add: "dry-run" }], dryRun: "label" },
  {
    name: "asks for a dry run whoever set it",
    steps: [{ add: "dry-run", by: MALLORY }],
    dryRun: "label",
  },
  {
    name: "asks for a dry run in any spelling",
    steps: [{ add: "Dry-Run" }],
    dryRun: "label",
  },
  {
    name: "asks for a dry run of the room it names",
    steps: [{ add: "dry-run/room-a" }],
    dryRun: "label",
  },
  {
    name: "asks for a dry run of all where the name is no room",
    steps: [{ add: "dry-run/room-z" }],
    dryRun: "label",
    ignored: ['no room "room-z"'],
  },
  {
    name: "asks for a dry run although it was removed after the merge",
    steps: [{ add: "dry-run" }, { event: "merge" }, { remove: "dry-run" }],
    dryRun: "label",
  },
  {
    name: "asks for a dry run although it was renamed",
    steps: [{ add: "rehearse", id: "21" }],
    dryRun: "label",
  },
  {
    name: "asks for a dry run and confirms: the dry run wins",
    steps: [SHOWN, { add: "confirm" }, { add: "dry-run" }],
    dryRun: "label",
    ignored: ["a `Dry-Run` of the same push wins"],
  },
  {
    name: "confirms next to a trailer that confirms",
    steps: [{ plan: { "room-a": ["entity/x"] } }, { add: "confirm" }],
    trailer: "Confirm: room-a",
    confirmed: ["entity/x"],
    byTrailer: ["entity/e2"],
  },
  {
    name: "asks for a dry run next to a trailer that confirms",
    steps: [{ add: "dry-run" }],
    trailer: "Confirm: room-a",
    dryRun: "label",
  },
  {
    name: "confirms nothing next to a trailer that asks for a dry run",
    steps: [SHOWN, { add: "confirm" }],
    trailer: "Dry-Run: true",
    dryRun: "commit",
    ignored: ["a `Dry-Run` of the same push wins"],
  },
];

function said(row: Row, shape: (trailer: string) => readonly CommitStory[]): Said {
  const message = row.trailer === undefined ? "Less\n" : `Less\n\n${row.trailer}\n`;
  const { range, specs } = aCommitRange(START, shape(message));
  const mergeSha = range.commits.at(-1)?.oid ?? "";
  const pull = labelIntent(aMergedPullRequest(row.steps, { ...row.given, mergeSha }));
  return intentOf(withLabels(commitWords(range, "own"), [pull]), specs);
}

describe("labels of a merged pull request", () => {
  for (const [shape, stories] of Object.entries(SHAPES)) {
    describe(`merged by ${shape}`, () => {
      for (const row of ROWS) {
        it(row.name, () => {
          const { confirmed, byTrailer, dryRun, ignored } = said(row, stories);
          expect(confirmed).to.deep.equal(row.confirmed ?? []);
          expect(byTrailer).to.include.members([...(row.byTrailer ?? [])]);
          expect(dryRun).to.equal(row.dryRun ?? "none");
          const wanted = row.ignored ?? [];
          for (const begin of wanted)
            expect(ignored.some((reason) => reason.startsWith(begin))).to.equal(
              true,
              ignored.join("\n"),
            );
          if (wanted.length === 0) expect(ignored).to.deep.equal([]);
        });
      }
    });
  }
});
