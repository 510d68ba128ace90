import { expect } from "chai";
import { confirmHint } from "../../../agent/api/confirm-hint.ts";
import type { Room } from "../../../agent/room/room.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";
import { aRefusal, newer } from "../../support/explain-facts.ts";

const COMMIT =
  'Confirm: `git commit --allow-empty -m "Confirm removals" -m "Confirm: lab-01" && git push`.';
const REQUEST = '`POST /apply` with `{"roomId":"lab-01"}` and the header `X-Confirm: true`';
const byCommit = { head: newer, refusals: [aRefusal({})] };
const inFile = (path: string) => ({ kind: "git", source: "specs", path }) as const;

const local = { ...newer, revision: `local@sha256:${"a".repeat(64)}` };

const CASES: readonly {
  readonly name: string;
  readonly room: Partial<Room>;
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
    want: `${COMMIT} Reject: \`git revert --no-edit $(git log -1 --format=%h -- rooms/lab.room.yaml) && git push\`. Without git: ${REQUEST}.`,
  },
  {
    name: "a path that a shell would split",
    room: { ...byCommit, owner: inFile("rooms/it's a lab.room.yaml") },
    want: `${COMMIT} Reject: \`git revert --no-edit $(git log -1 --format=%h -- 'rooms/it'\\''s a lab.room.yaml') && git push\`. Without git: ${REQUEST}.`,
  },
  {
    name: "drift, which no commit made",
    room: { refusals: [aRefusal({})] },
    want: `${COMMIT} Reject: name what is to stay in rooms/lab.room.yaml and push it. Without git: ${REQUEST}.`,
  },
  {
    name: "a room never verified",
    room: {
      head: newer,
      verified: null,
      refusals: [aRefusal({ reason: "AdoptionNeedsConfirm" })],
    },
    want: `${COMMIT} Reject: name what is to stay in rooms/lab.room.yaml and push it. Without git: ${REQUEST}.`,
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
    name: "a posted room, which no commit speaks for",
    room: { owner: { kind: "api" }, refusals: [aRefusal({})] },
    want: `Confirm: ${REQUEST}.`,
  },
];

describe("howToConfirm of a room", () => {
  for (const { name, room, want } of CASES) {
    it(`is right for ${name}`, () => {
      expect(confirmHint(aVerifiedRoom(room))).to.equal(want);
    });
  }
});
