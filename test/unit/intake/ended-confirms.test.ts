import { expect } from "chai";
import type { CommitStory } from "../intent/a-commit-range.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";
import {
  specA,
  back,
  all,
  out,
  gone,
  broken,
  other,
  move,
  aRow,
  type Given,
  lost,
  NONE,
  E2,
  BOTH,
} from "./lost-confirms.ts";

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
