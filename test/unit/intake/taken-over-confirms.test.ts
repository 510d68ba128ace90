import { expect } from "chai";
import type { CommitStory } from "../intent/a-commit-range.ts";
import { aCommitRange } from "../intent/a-commit-range.ts";
import {
  START,
  back,
  out,
  gone,
  other,
  aRow,
  type Given,
  lost,
  NONE,
  E2,
  BOTH,
} from "./lost-confirms.ts";

describe("endedConfirms of a room that the source may take over from one that is not configured any more", () => {
  const since = (after: readonly string[], stories: readonly CommitStory[]) => {
    const { commits } = aCommitRange(START, stories).range;
    return { history: "first" as const, commits: commits.slice(-1), since: { after, commits } };
  };
  const old = { lost: true, observedHead: null, row: aRow({ source: "old" }) };
  const byRequest = aRow({ origin: "request", originId: "r1", source: "old" });
  for (const { name, stories, after = ["c0"], given = {}, items } of [
    { name: "a branch without its commit", stories: [other], after: [], items: BOTH },
    { name: "commits that leave it alone", stories: [other], items: NONE },
    { name: "an item that is back and out again", stories: [back, out], items: E2 },
    { name: "a file that is gone and back", stories: [gone, out], items: BOTH },
    {
      name: "an item that is back, of a request",
      stories: [back, out],
      given: { row: byRequest },
      items: E2,
    },
    {
      name: "a branch without what a request confirmed",
      stories: [other],
      after: [],
      given: { row: byRequest },
      items: BOTH,
    },
    {
      name: "a branch without its commit, after heads of its own",
      stories: [other],
      after: [],
      given: { observedHead: "c" },
      items: BOTH,
    },
    {
      name: "a branch without its commit, where it may not manage the room",
      stories: [other],
      after: [],
      given: { mayManage: false },
      items: null,
    },
  ] satisfies readonly {
    readonly name: string;
    readonly stories: readonly CommitStory[];
    readonly after?: readonly string[];
    readonly given?: Given;
    readonly items: readonly string[] | null;
  }[])
    it(`finds that ${items?.length ?? "no"} items would end by ${name}`, async () => {
      const found = await lost(stories, { ...old, range: since(after, stories), ...given });
      expect(found.taken).to.deep.equal(items);
      expect(found.items).to.deep.equal(NONE);
    });

  it("ends its own at once where it begins again without its commit", async () => {
    const range = since([], [other]);
    const found = await lost([other], { observedHead: null, range, row: aRow() });
    expect(found.items).to.deep.equal(BOTH);
  });

  it("finds no end where a source without commits begins again", async () => {
    const range = { history: "first" as const, commits: [] };
    const found = await lost([], { ...old, range });
    expect(found.taken).to.deep.equal(NONE);
  });
});
