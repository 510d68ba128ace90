import { expect } from "chai";
import { lookAtHead, type FoundAtHead } from "../../../agent/intake/claims-at-head.ts";
import { RoomOwners, standingFact } from "../../../agent/intake/source-index.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { ClaimAt, ClaimsAt } from "../../../agent/source/claims-at.ts";
import type { SourceFailure, SpecSource } from "../../../agent/source/spec-source.ts";

const ROOM = "room-lab7";

type Answer = readonly ClaimAt[] | SourceFailure;

async function foundFor(answer: Answer, isSameRef = true): Promise<FoundAtHead | null> {
  const claimsAt = async (): Promise<ClaimsAt | SourceFailure> =>
    "kind" in answer ? answer : { kind: "claims", claims: answer };
  const spec: Pick<SpecSource, "claimsAt"> = { claimsAt };
  const source = { name: "specs", spec };
  const place = { source: "other", path: "rooms2", isSameRef, known: [] };
  const owners = new RoomOwners();
  const owner = { kind: "git", source: "specs", path: "a/x.yaml" } as const;
  owners.set(ROOM, standingFact(emptyRoom(ROOM, owner)));
  const look = await lookAtHead(
    { source, head: "h", rooms: [{ roomId: ROOM, kind: "gone" }] },
    {
      placesElsewhere: () => [place],
      mayManage: (name) => name !== "barred",
      owners,
    },
    new AbortController().signal,
  );
  return look?.(ROOM) ?? null;
}

const claim = (roomId: string | null, source = "other", path = "b/x.yaml") => ({
  source,
  path,
  roomId,
});

describe("what a head has for a room at the place of another source", () => {
  it("is its moved file where one names the room", async () => {
    const moved = { kind: "moved", source: "other", path: "b/x.yaml" };
    expect(await foundFor([claim("room-else"), claim(null), claim(ROOM)])).to.deep.equal(moved);
  });

  it("is nothing where all files name other rooms", async () => {
    expect(await foundFor([claim("room-else"), claim(null, "barred")])).to.equal(null);
  });

  it("is nothing where a file with another name cannot be parsed", async () => {
    expect(await foundFor([claim(null, "other", "b/y.yaml")])).to.equal(null);
  });

  const failed: SourceFailure = { kind: "failed", reason: "ServerError", message: "no answer" };
  for (const [what, answer, isSameRef, why] of [
    ["names no room that can be read", [claim(null)], true, /b\/x\.yaml.*may name it/],
    ["names it for a source that may not have it", [claim(ROOM, "barred")], true, /may not manage/],
    ["names it for a source of another branch", [claim(ROOM)], false, /another branch/],
    ["could not be read", failed, true, /could not be read: no answer/],
  ] as const)
    it(`may be the room's where a file ${what}`, async () => {
      const found = await foundFor(answer, isSameRef);
      expect(found?.kind === "maybe" ? found.why : found).to.match(why);
    });
});
