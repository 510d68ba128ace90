import { expect } from "chai";
import { confirmHint } from "../../../agent/api/confirm-hint.ts";
import type { SourceInfo } from "../../../agent/api/source-view.ts";
import type { Room, RoomInputs } from "../../../agent/room/room.ts";
import { aVerifiedRoom, theInputs } from "../../support/a-verified-room.ts";
import { A_PRUNE, aRefusal, newer, SINCE } from "../../support/explain-facts.ts";

const COMMIT =
  'Confirm: `git commit --allow-empty -m "Confirm removals" -m "Confirm: lab-01" && git push` on branch main.';
const REQUEST = '`POST /apply` with `{"roomId":"lab-01"}` and the header `X-Confirm: true`';
/** The commits that the file at head and the verified one are in. */
const LINE = "specs/1/line";
const { specVersion, specDigest } = theInputs();
const regressed: Partial<Room> = {
  head: newer,
  refusals: [aRefusal({ reason: "SpecVersionRegressed", items: [] })],
};
const VERSION = COMMIT.replace("Confirm removals", "Confirm version");
const rewritten = {
  from: `main@sha1:${"b".repeat(40)}`,
  to: `main@sha1:${"c".repeat(40)}`,
  since: SINCE,
};
const AGAIN =
  ", or push the revision before the force-push again from a clone that has it: `git push --force origin bbbbbbbbbbbb:main`";
const byCommit: Partial<Room> = {
  head: { ...newer, specOid: "newer" },
  lineage: LINE,
  appliedVersion: { specVersion, specDigest, lineage: LINE },
  refusals: [aRefusal({})],
};
const reject = (path: string) =>
  `Reject: \`git checkout aaaaaaaaaaaa -- ${path} && git commit -m "Reject removals" && git push\` on branch main, which takes the file back to what the room is kept at.`;
const NAME_IT = `${COMMIT} Reject: name what is to stay in rooms/lab.room.yaml and push it to main. Without git: ${REQUEST}.`;
const inFile = (path: string) => ({ kind: "git", source: "specs", path }) as const;

/** What the room was verified at and is kept at. */
const at = (given: Partial<RoomInputs>): Partial<Room> => ({
  verified: theInputs(given),
  enforced: theInputs(given),
});
const ODD = "rooms/it's a lab.room.yaml";
const TAGGED =
  "Then tag the new commit with a newer version in the range, so that the source follows it (semver ^1.2).";

const local = { ...newer, revision: `local@sha256:${"a".repeat(64)}` };

const CASES: readonly {
  readonly name: string;
  readonly room: Partial<Room>;
  /** Of the source that the room belongs to. */
  readonly source?: Partial<SourceInfo>;
  readonly want: string | null;
}[] = [
  { name: "a room that waits for nothing", room: {}, want: null },
  {
    name: "what no confirmation lifts",
    room: { head: newer, refusals: [aRefusal({ confirmable: false })] },
    want: null,
  },
  {
    name: "what a commit removes: take the file back to the verified commit",
    room: byCommit,
    want: `${COMMIT} ${reject("rooms/lab.room.yaml")} Without git: ${REQUEST}.`,
  },
  {
    name: "a path that a shell would split",
    room: { ...byCommit, owner: inFile(ODD), ...at({ path: ODD }) },
    want: `${COMMIT} ${reject("'rooms/it'\\''s a lab.room.yaml'")} Without git: ${REQUEST}.`,
  },
  ...["rooms/*.room.yaml", ":(top)x.room.yaml", "rooms/a?[b].room.yaml"].map((path) => ({
    name: `a path that git reads as a pattern, ${path}`,
    room: { ...byCommit, owner: inFile(path), ...at({ path }) },
    want: `${COMMIT} ${reject(`'${path}'`).replace("git checkout", "git --literal-pathspecs checkout")} Without git: ${REQUEST}.`,
  })),
  {
    name: "a removal at a source of tags",
    room: byCommit,
    source: { ref: "semver ^1.2" },
    want: `${COMMIT.replace(" on branch main", "")} ${TAGGED} ${reject("rooms/lab.room.yaml").replace(" on branch main", "")} ${TAGGED} Without git: ${REQUEST}.`,
  },
  {
    name: "a file that had another path when the room was verified",
    room: { ...byCommit, ...at({ path: "rooms/old.room.yaml" }) },
    want: NAME_IT,
  },
  {
    name: "a file that is what it was when the room was verified",
    room: { ...byCommit, head: newer },
    want: NAME_IT,
  },
  {
    name: "a verified commit that a force-push dropped, or of another source",
    room: { ...byCommit, lineage: "specs/2/line" },
    want: NAME_IT,
  },
  {
    name: "a room whose line of commits is not known",
    room: {
      ...byCommit,
      lineage: null,
      appliedVersion: { specVersion, specDigest, lineage: null },
    },
    want: NAME_IT,
  },
  {
    name: "a room where another spec than the verified one was applied last",
    room: { ...byCommit, appliedVersion: { specVersion, specDigest: "other", lineage: LINE } },
    want: NAME_IT,
  },
  {
    name: "a room that is kept at a spec that was not verified",
    room: { ...byCommit, enforced: theInputs({ digest: "between" }) },
    want: NAME_IT,
  },
  {
    name: "drift, which no commit made",
    room: { refusals: [aRefusal({})] },
    want: `${COMMIT} Reject: name what is to stay in rooms/lab.room.yaml and push it to main. Without git: ${REQUEST}.`,
  },
  {
    name: "a room never verified",
    room: {
      head: newer,
      verified: null,
      refusals: [aRefusal({ reason: "AdoptionNeedsConfirm" })],
    },
    want: `${COMMIT} Reject: name what is to stay in rooms/lab.room.yaml and push it to main. Without git: ${REQUEST}.`,
  },
  {
    name: "a lower version that removes nothing",
    room: regressed,
    want: `${VERSION} Or raise metadata.version above 4 in rooms/lab.room.yaml and push it to main. Without git: ${REQUEST}.`,
  },
  {
    name: "a version that a force-push lowered: the old revision can be pushed again",
    room: { ...regressed, rewritten },
    want: `${VERSION} Or raise metadata.version above 4 in rooms/lab.room.yaml and push it to main${AGAIN}. Without git: ${REQUEST}.`,
  },
  {
    name: "a version lowered in a folder, of which no force-push is known",
    room: { ...regressed, head: local, rewritten },
    source: { ref: "local files" },
    want: `Confirm: ${REQUEST}. Or raise metadata.version above 4 in rooms/lab.room.yaml and save it.`,
  },
  {
    name: "a lower version that removes something as well",
    room: { ...byCommit, refusals: [aRefusal({}), ...(regressed.refusals ?? [])] },
    want: `${COMMIT} ${reject("rooms/lab.room.yaml")} Without git: ${REQUEST}.`,
  },
  {
    name: "a lower version that removes something, after a force-push",
    room: { ...byCommit, lineage: null, refusals: [aRefusal({}), ...(regressed.refusals ?? [])] },
    want: `${COMMIT} Reject: name what is to stay in rooms/lab.room.yaml, raise metadata.version above 4 and push it to main. Without git: ${REQUEST}.`,
  },
  {
    name: "what a force-push would remove: the old revision can be pushed again",
    room: {
      head: newer,
      rewritten,
      refusals: [aRefusal({ reason: "HistoryRewritten", effect: "hold" })],
    },
    want: NAME_IT.replace(" to main.", ` to main${AGAIN}.`),
  },
  {
    name: "a plan that is not the reviewed one, whether it removes something or not",
    room: { head: newer, refusals: [aRefusal({ reason: "PlanChanged", items: [] })] },
    want: `${COMMIT.replace("Confirm removals", "Confirm plan")} Without git: ${REQUEST}.`,
  },
  {
    name: "a prune, of which the source is known by its mark",
    room: { owner: null, prune: A_PRUNE, refusals: [aRefusal({ reason: "PruneNeedsConfirm" })] },
    want: `${COMMIT} Reject: add rooms/lab.room.yaml again and push it to main, or send \`DELETE /rooms/lab-01\`, which leaves the room as it is. Without git: ${REQUEST}.`,
  },
  {
    name: "a room of a folder, which no commit speaks for",
    room: { head: local, refusals: [aRefusal({})] },
    want: `Confirm: ${REQUEST}. Reject: name what is to stay in rooms/lab.room.yaml and save it.`,
  },
  {
    name: "a source where only signed commits confirm",
    room: { refusals: [aRefusal({})] },
    source: { signedConfirms: true },
    want: NAME_IT.replace("git commit", "git commit -S"),
  },
  {
    name: "a dry run where only signed commits confirm",
    room: { head: newer, dryRun: { commit: "a".repeat(40) } },
    source: { signedConfirms: true },
    want: `This is a dry run. To carry it out, push a signed commit with the trailer \`Confirm: lab-01\` to main, or one that changes the room without \`Dry-Run\`, or send ${REQUEST}.`,
  },
  {
    name: "a source of tags, which follows no commit without one",
    room: { refusals: [aRefusal({})] },
    source: { ref: "semver ^1.2" },
    want: `${COMMIT.replace(" on branch main", "")} ${TAGGED} Reject: name what is to stay in rooms/lab.room.yaml and push it with a newer version tag in the range that the source follows (semver ^1.2). Without git: ${REQUEST}.`,
  },
  {
    name: "a source of a fixed commit, which reads no later one",
    room: { refusals: [aRefusal({})] },
    source: { ref: `commit ${"a".repeat(40)}` },
    want: `Confirm: ${REQUEST}. Reject: name what is to stay in rooms/lab.room.yaml and push it, then name the new commit in Ref.Commit.`,
  },
  {
    name: "a posted room, which no commit speaks for",
    room: { owner: { kind: "api" }, refusals: [aRefusal({})] },
    want: `Confirm: ${REQUEST}.`,
  },
];

describe("howToConfirm of a room", () => {
  for (const { name, room, source, want } of CASES) {
    it(`is right for ${name}`, () => {
      const info = {
        name: "specs",
        url: "https://git.example.org/rooms.git",
        ref: "main",
        ...source,
      };
      expect(confirmHint(aVerifiedRoom(room), [info])).to.equal(want);
    });
  }
});
