import { expect } from "chai";
import * as fc from "fast-check";
import {
  assignRooms,
  type Assignment,
  type AssignmentGiven,
} from "../../../agent/intake/assign-rooms.ts";
import type { FileClaim } from "../../../agent/intake/file-claims.ts";
import type { RoomOwner } from "../../../agent/room/room.ts";

const roomId = fc.constantFrom("room-a", "room-b", "room-c", "room-d");
const path = fc.constantFrom("1.yaml", "2.yaml", "3.yaml", "4.yaml", "5.yaml");
const file: fc.Arbitrary<FileClaim> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ path, roomId, valid: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ path, roomId, valid: fc.constant(false) }) },
  {
    weight: 1,
    arbitrary: fc.record({ path, roomId: fc.constant(null), valid: fc.constant(false) }),
  },
);
const owner: fc.Arbitrary<RoomOwner | null> = fc.oneof(
  { weight: 4, arbitrary: path.map((path): RoomOwner => ({ kind: "git", source: "main", path })) },
  { weight: 1, arbitrary: path.map((path): RoomOwner => ({ kind: "git", source: "core", path })) },
  { weight: 1, arbitrary: fc.constant<RoomOwner>({ kind: "api" }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const pathOf = (owner: RoomOwner | null) =>
  owner?.kind === "git" ? `${owner.source}/${owner.path}` : null;

/** Any snapshot on any record; no two rooms have one file on record. */
const given: fc.Arbitrary<AssignmentGiven> = fc.record({
  source: fc.constant("main"),
  files: fc.uniqueArray(file, { selector: (claim) => claim.path, maxLength: 5 }),
  rooms: fc
    .uniqueArray(fc.record({ roomId, owner }), { selector: (room) => room.roomId, maxLength: 4 })
    .map((rooms) =>
      rooms.filter(
        ({ owner }, index) =>
          pathOf(owner) === null ||
          rooms.findIndex((room) => pathOf(room.owner) === pathOf(owner)) === index,
      ),
    ),
  mayManage: fc.constantFrom(
    () => true,
    (source: string, id: string) => source === "core" || id !== "room-b",
  ),
  claimsElsewhere: fc.constantFrom(
    () => [],
    (id: string) => (id === "room-b" ? [{ source: "core", path: "9.yaml" }] : []),
  ),
  allowEmpty: fc.boolean(),
  confirmedByName: fc.uniqueArray(roomId).map((ids) => new Set(ids)),
});

const ours = ({ rooms, mayManage }: AssignmentGiven) =>
  rooms.flatMap(({ roomId, owner }) =>
    owner?.kind === "git" && owner.source === "main" && mayManage("main", roomId)
      ? [{ roomId, path: owner.path }]
      : [],
  );
const assignedTo = ({ files }: Assignment, roomId: string) =>
  files
    .filter((file) => file.kind === "assigned" && file.roomId === roomId)
    .map((file) => file.path);

/** The record as it is once the assignment was carried out. */
function recordAfter(given: AssignmentGiven, assignment: Assignment): AssignmentGiven {
  const owners = new Map(given.rooms.map(({ roomId, owner }) => [roomId, owner]));
  const held = new Set(
    assignment.rooms.flatMap((room) => (room.kind === "held" ? [room.roomId] : [])),
  );
  for (const room of assignment.rooms) if (room.kind === "gone") owners.set(room.roomId, null);
  for (const file of assignment.files) {
    if (file.kind !== "assigned" || held.has(file.roomId)) continue;
    owners.set(file.roomId, { kind: "git", source: "main", path: file.path });
  }
  return { ...given, rooms: [...owners].map(([roomId, owner]) => ({ roomId, owner })) };
}

function forAll(judge: (given: AssignmentGiven, assignment: Assignment) => void): void {
  fc.assert(
    fc.property(given, (given) => judge(given, assignRooms(given))),
    { numRuns: 400 },
  );
}

describe("assignRooms, whatever the snapshot and the record", () => {
  it("lets no room change hands while its owner's file still claims it", () => {
    forAll((given, assignment) => {
      for (const { roomId, path } of ours(given)) {
        const own = given.files.find((file) => file.path === path);
        if (own === undefined || (own.valid && own.roomId !== roomId)) continue;
        expect(assignedTo(assignment, roomId)).to.deep.equal([path]);
        expect(assignment.rooms.find((room) => room.roomId === roomId)).to.deep.equal({
          roomId,
          kind: "at",
          path,
        });
      }
    });
  });

  it("never takes a room from another source", () => {
    forAll((given, assignment) => {
      for (const { roomId, owner } of given.rooms) {
        if (owner?.kind === "git" && owner.source === "core")
          expect(assignedTo(assignment, roomId)).to.deep.equal([]);
      }
    });
  });

  it("gives a room to one file at most, and says something of each file and each room of ours once", () => {
    forAll((given, assignment) => {
      for (const id of ["room-a", "room-b", "room-c", "room-d"]) {
        expect(assignedTo(assignment, id).length).to.be.lessThan(2);
      }
      expect(assignment.files.map((file) => file.path)).to.deep.equal(
        given.files.map((file) => file.path).sort(),
      );
      expect(assignment.rooms.map((room) => room.roomId)).to.deep.equal(
        ours(given)
          .map((room) => room.roomId)
          .sort(),
      );
    });
  });

  it("lets no room be gone while a broken file could be its own, nor when all files are gone unconfirmed", () => {
    forAll((given, assignment) => {
      const gone = assignment.rooms.filter((room) => room.kind === "gone");
      const known = new Set(ours(given).map((room) => room.path));
      const stray = given.files.some((file) => file.roomId === null && !known.has(file.path));
      const confirmed = ours(given).every((room) => given.confirmedByName.has(room.roomId));
      if (stray || (given.files.length === 0 && !given.allowEmpty && !confirmed))
        expect(gone).to.deep.equal([]);
    });
  });

  it("does not depend on the order of files and rooms", () => {
    forAll((given, assignment) => {
      const turned = { ...given, files: given.files.toReversed(), rooms: given.rooms.toReversed() };
      expect(assignRooms(turned)).to.deep.equal(assignment);
    });
  });

  it("is settled once carried out: the same snapshot again moves and ends nothing", () => {
    forAll((given, assignment) => {
      const again = assignRooms(recordAfter(given, assignment));
      for (const room of again.rooms) expect(room.kind).to.be.oneOf(["at", "held"]);
    });
  });
});
