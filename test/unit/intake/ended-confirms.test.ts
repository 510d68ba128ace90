import { expect } from "chai";
import { endedConfirms } from "../../../agent/intake/ended-confirms.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { toConfirmationRow, type Confirmation } from "../../../agent/room/confirmations.ts";
import type { ConfirmationRow } from "../../../agent/room/rows.ts";
import { withdrawals } from "../../../agent/room/withdrawals.ts";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import { aCommitRange, type CommitStory } from "../intent/a-commit-range.ts";

const specA = (...entities: string[]) => aRoomSpec({ roomId: "room-a", entities });
const START = { "a.yaml": specA("e1"), "b.yaml": aRoomSpec({ roomId: "room-b" }) };
const PATHS: Readonly<Record<string, string>> = { "a.yaml": "room-a", "b.yaml": "room-b" };

const back: CommitStory = { files: { "a.yaml": specA("e1", "e2") } };
const all: CommitStory = { files: { "a.yaml": specA("e1", "e2", "e3") } };
const out: CommitStory = { files: { "a.yaml": specA("e1") } };
const gone: CommitStory = { files: { "a.yaml": null } };
const broken: CommitStory = { files: { "a.yaml": "broken" } };
const other: CommitStory = {
  files: { "b.yaml": aRoomSpec({ roomId: "room-b", entities: ["x"] }) },
};
const move: CommitStory = { files: { "a.yaml": null, "new.yaml": specA("e1") } };

function aRow(given: Partial<Confirmation> = {}): ConfirmationRow {
  const items: readonly Item[] = ["entity/e2", "entity/e3"];
  const said = { origin: "commit", originId: "c0", actor: "Ada", named: false, items } as const;
  const time = { seenAtMs: 0, expiresAfterMs: 1000 };
  return toConfirmationRow("room-a", { ...said, source: "specs", ...given }, time);
}

interface Given {
  readonly row?: ConfirmationRow;
  /** Who has room-a; null: its file was removed. */
  readonly owner?: string | null;
  readonly range?: Partial<CommitRange>;
  readonly unread?: string | null;
}

/** What is lost of a confirmation that waits, and how many specs were read for that. */
async function lost(stories: readonly CommitStory[], given: Given = {}) {
  const { row = aRow(), owner = "specs", unread = null } = given;
  const { range, specs } = aCommitRange(START, stories);
  let read = 0;
  const ended = await endedConfirms(
    { ...range, ...given.range },
    {
      name: "specs",
      roomOfPath: (path) => PATHS[path] ?? null,
      store: { readConfirmations: async () => [row] } as never,
      steady: { nowMs: () => 0 },
      owners: {
        get: () => (owner === null ? null : { kind: "git", source: owner, path: "a.yaml" }),
        factOf: () => ({ prunedBy: owner === null ? "specs" : null }),
      } as never,
      spec: {
        readSpecs: async (oids) => {
          read += oids.length;
          const found = oids.map((oid) => [oid, specs.get(oid) ?? null] as const);
          return { specs: new Map(unread === null ? found : []), unread };
        },
      },
    },
    new AbortController().signal,
  );
  const causes = ended.get("room-a") ?? [];
  return { items: withdrawals([row], causes).flatMap(({ items }) => items), read };
}

const NONE: readonly string[] = [];
const E2 = ["entity/e2"];
const BOTH = ["entity/e2", "entity/e3"];

describe("endedConfirms", () => {
  for (const { name, stories, given = {}, items, reads } of [
    { name: "no commit", stories: [], items: NONE, reads: false },
    { name: "commits of other rooms", stories: [other, other], items: NONE, reads: false },
    { name: "an item that is back", stories: [back], items: E2, reads: true },
    { name: "an item that is back and out again", stories: [back, out], items: E2, reads: true },
    { name: "items that come back one after the other", stories: [back, all, out], items: BOTH },
    { name: "a file that is gone and back", stories: [gone, out], items: BOTH },
    { name: "a file that is broken", stories: [broken, out], items: NONE },
    { name: "a file that is broken and then gives back", stories: [broken, back, out], items: E2 },
    { name: "a file that moves", stories: [move], items: NONE },
    {
      name: "a file that names another room for a while",
      stories: [{ files: { "a.yaml": aRoomSpec({ roomId: "room-c" }) } }, out],
      items: BOTH,
    },
    {
      name: "a branch that goes to and fro before it is merged",
      stories: [
        { ...all, side: true as const },
        { ...out, side: true as const },
        { merge: true, files: {} },
      ],
      items: NONE,
    },
    {
      name: "a merge that gives back, and another that takes out",
      stories: [
        { ...all, side: true as const },
        { ...all, merge: true },
        { ...out, side: true as const },
        { ...out, merge: true },
      ],
      items: BOTH,
    },
    {
      name: "an older commit than the one that confirms, in a fetch that is read again",
      stories: [all, out],
      given: { row: aRow({ originId: "c2" }) },
      items: NONE,
    },
    {
      name: "a newer commit than the one that confirms, in a fetch that is read again",
      stories: [all, out, back, out],
      given: { row: aRow({ originId: "c2" }) },
      items: E2,
    },
    {
      name: "a newer commit than the one that a label confirms",
      stories: [all, out, back, out],
      given: { row: aRow({ origin: "label", originId: "7@c2" }) },
      items: E2,
    },
    {
      name: "an older commit than the merge of the one that confirms",
      stories: [{ ...out, side: true as const }, all, { ...out, merge: true }],
      given: { row: aRow({ originId: "c1" }) },
      items: NONE,
    },
    {
      name: "commits after a request",
      stories: [back, out],
      given: { row: aRow({ origin: "request" }) },
      items: E2,
    },
    {
      name: "commits for what counts at another source",
      stories: [gone],
      given: { row: aRow({ source: "other", inputs: "d1" }) },
      items: NONE,
      reads: false,
    },
    {
      name: "commits of a source that does not have the room",
      stories: [back],
      given: { row: aRow({ source: "other" }), owner: "other" },
      items: NONE,
      reads: false,
    },
    {
      name: "a file that comes back where it was removed",
      stories: [{ files: { "new.yaml": specA("e9") } }, { files: { "new.yaml": null } }],
      given: { owner: null },
      items: BOTH,
    },
    {
      name: "a file that comes back, is broken and goes where it was removed",
      stories: [
        { files: { "new.yaml": specA("e9") } },
        { files: { "new.yaml": "broken" as const } },
        { files: { "new.yaml": null } },
      ],
      given: { owner: null },
      items: BOTH,
    },
    {
      name: "other files where it was removed",
      stories: [other, { files: { "new.yaml": aRoomSpec({ roomId: "room-n" }) } }],
      given: { owner: null },
      items: NONE,
    },
    {
      name: "commits whose specs cannot be read",
      stories: [back, out],
      given: { unread: "too much" },
      items: BOTH,
    },
    {
      name: "commits that cannot be read",
      stories: [],
      given: { range: { history: "rewritten" as const, unread: "too many" } },
      items: BOTH,
      reads: false,
    },
    {
      name: "a history without its commit",
      stories: [other],
      given: { range: { history: "rewritten" as const, kept: [] } },
      items: BOTH,
    },
    {
      name: "a history with its commit",
      stories: [other],
      given: { range: { history: "rewritten" as const, kept: ["c0"] } },
      items: NONE,
    },
    {
      name: "a history without the commit that a label confirms",
      stories: [other],
      given: {
        row: aRow({ origin: "label", originId: "7@c0" }),
        range: { history: "rewritten" as const, kept: [] },
      },
      items: BOTH,
    },
    {
      name: "a history after a request",
      stories: [other],
      given: {
        row: aRow({ origin: "request" }),
        range: { history: "rewritten" as const, kept: [] },
      },
      items: NONE,
    },
  ] satisfies readonly {
    readonly name: string;
    readonly stories: readonly CommitStory[];
    readonly given?: Given;
    readonly items: readonly string[];
    readonly reads?: boolean;
  }[]) {
    it(`finds ${items.length} items ended by ${name}`, async () => {
      const found = await lost(stories, given);
      expect(found.items).to.deep.equal(items);
      if (reads !== undefined) expect(found.read > 0).to.equal(reads);
    });
  }
});
