import { expect } from "chai";
import { versionAfter } from "../../../agent/intake/accepted-versions.ts";
import type { RoomNewsGiven } from "../../../agent/intake/room-news.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { Room, RoomInputs } from "../../../agent/room/room.ts";

const HEAD = { digest: "d1", specVersion: 1, path: "a.yaml" } as RoomInputs;
const OWNER = { kind: "git", source: "specs", path: "a.yaml" } as const;
const BY = { commit: "c1", actor: "Ada" };

/** A room with an accepted lower version of which the agent noted no commit, as agents before did and as requests give it. */
const ACCEPTED: Room = {
  ...emptyRoom("room-a", null),
  owner: OWNER,
  head: HEAD,
  versionConfirmed: "d1",
};

const commit = (oid: string, path: string | null, parent: string) => ({
  oid,
  parents: [parent],
  message: "",
  author: "Ada",
  committer: "Ada",
  committedAtMs: 0,
  touches: path === null ? [] : [{ path, before: "o1", after: "o2" }],
});

function isAccepted(before: Room, given: Partial<RoomNewsGiven>, row = before): boolean {
  const news = { kind: "intentOnly" } as const;
  const said = { roomId: "room-a", intent: undefined, previous: "p", returnedTo: [], lineage: "l" };
  const from = { source: "specs", revision: "r", correlationId: "x" };
  const all: RoomNewsGiven = { ...said, ...from, before, news, history: "descends", ...given };
  return { ...row, ...versionAfter(row, all) }.versionConfirmed !== null;
}

describe("an accepted lower version", () => {
  const known = { ...ACCEPTED, versionConfirmedBy: BY };
  for (const { name, room = known, given, is } of [
    { name: "with no commit", given: {}, is: true },
    {
      name: "with a commit of another file",
      given: { commits: [commit("c2", "b.yaml", "c1")] },
      is: true,
    },
    {
      name: "with a later commit of its file",
      given: { commits: [commit("c2", "a.yaml", "c1")] },
      is: false,
    },
    {
      name: "with its own commit, read again",
      given: { commits: [commit("c1", "a.yaml", "c0")] },
      is: true,
    },
    {
      name: "with its own commit and a later one, read again",
      given: { commits: [commit("c1", "a.yaml", "c0"), commit("c2", "a.yaml", "c1")] },
      is: false,
    },
    {
      name: "on a rewritten history with its commit",
      given: { history: "rewritten", kept: ["c1"] },
      is: true,
    },
    {
      name: "on a rewritten history without its commit",
      given: { history: "rewritten", kept: [] },
      is: false,
    },
    {
      name: "on a rewritten history whose commits are not read",
      given: { history: "rewritten", kept: ["c1"], isUnread: true },
      is: false,
    },
    { name: "of an unknown commit", room: ACCEPTED, given: {}, is: true },
    {
      name: "of an unknown commit, on a rewritten history",
      room: ACCEPTED,
      given: { history: "rewritten" },
      is: false,
    },
    {
      name: "of an unknown commit, with a later commit of its file",
      room: ACCEPTED,
      given: { commits: [commit("c2", "a.yaml", "c1")] },
      is: false,
    },
    { name: "at a source that begins again", given: { history: "first" }, is: false },
    { name: "at another source", given: { source: "other" }, is: false },
    { name: "without a file", given: { news: { kind: "gone", prune: null, why: "" } }, is: false },
    {
      name: "whose file the configuration took out",
      given: { news: { kind: "gone", prune: null, why: "", isLeftBehind: true } },
      is: true,
    },
  ] satisfies readonly {
    readonly name: string;
    readonly room?: Room;
    readonly given: Partial<RoomNewsGiven>;
    readonly is: boolean;
  }[])
    it(`${is ? "counts" : "ends"} ${name}`, () => {
      expect(isAccepted(room, given)).to.equal(is);
    });

  it("ends with other inputs", () => {
    expect(isAccepted(known, {}, { ...known, head: { ...HEAD, digest: "d2" } })).to.equal(false);
  });
});
