import { expect } from "chai";
import { confirmHint } from "../../../agent/api/confirm-hint.ts";
import type { SourceInfo } from "../../../agent/api/source-view.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";
import { aRefusal, newer } from "../../support/explain-facts.ts";

const COMMIT =
  'Confirm: `git commit --allow-empty -m "Confirm removals" -m "Confirm: lab-01" && git push` on branch main.';
const REQUEST = '`POST /apply` with `{"roomId":"lab-01"}` and the header `X-Confirm: true`';
const byCommit = { head: newer, refusals: [aRefusal({})] };
const inFile = (path: string) => ({ kind: "git", source: "specs", path }) as const;

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
    name: "what a commit removes: revert the commit that changed the file",
    room: byCommit,
    want: `${COMMIT} Reject: \`git revert --no-edit $(git log -1 --format=%h -- rooms/lab.room.yaml) && git push\` on branch main. Without git: ${REQUEST}.`,
  },
  {
    name: "a path that a shell would split",
    room: { ...byCommit, owner: inFile("rooms/it's a lab.room.yaml") },
    want: `${COMMIT} Reject: \`git revert --no-edit $(git log -1 --format=%h -- 'rooms/it'\\''s a lab.room.yaml') && git push\` on branch main. Without git: ${REQUEST}.`,
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
    name: "a refusal that removes nothing",
    room: { head: newer, refusals: [aRefusal({ reason: "SpecVersionRegressed", items: [] })] },
    want: `${COMMIT} Without git: ${REQUEST}.`,
  },
  {
    name: "a room of a folder, which no commit speaks for",
    room: { head: local, refusals: [aRefusal({})] },
    want: `Confirm: ${REQUEST}. Reject: name what is to stay in rooms/lab.room.yaml and save it.`,
  },
  {
    name: "a source where only signed commits confirm",
    room: { refusals: [aRefusal({ items: [] })] },
    source: { signedConfirms: true },
    want: `${COMMIT.replace("git commit", "git commit -S")} Without git: ${REQUEST}.`,
  },
  {
    name: "a dry run where only signed commits confirm",
    room: { head: newer, dryRun: { commit: "a".repeat(40) } },
    source: { signedConfirms: true },
    want: `This is a dry run. To carry it out, push a signed commit with the trailer \`Confirm: lab-01\` to main, or one that changes the room without \`Dry-Run\`, or send ${REQUEST}.`,
  },
  {
    name: "a source of tags, which follows no commit without one",
    room: { refusals: [aRefusal({ items: [] })] },
    source: { ref: "semver ^1.2" },
    want: `${COMMIT.replace(" on branch main", "")} Then tag that commit, so that the source follows it (semver ^1.2). Without git: ${REQUEST}.`,
  },
  {
    name: "a source of a fixed commit, which reads no later one",
    room: { refusals: [aRefusal({ items: [] })] },
    source: { ref: `commit ${"a".repeat(40)}` },
    want: `Confirm: ${REQUEST}.`,
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
