import { expect } from "chai";
import { touchedFiles } from "../../../agent/review/touched-files.ts";
import { touchedRooms, type BranchFacts } from "../../../agent/review/touched-rooms.ts";
import type { IndexedFile } from "../../../agent/intake/source-index.ts";
import type { RoomOwner } from "../../../agent/room/room.ts";
import type { RevisionFile } from "../../../agent/source/revision.ts";
import { inputsDigest, specDigest } from "../../../agent/spec/digest.ts";
import { aSpecOf } from "../../support/review-world.ts";

const SAME = inputsDigest(specDigest(aSpecOf("room-a", 1)), []);

/** A spec file of the branch. */
const known = (path: string, roomId: string | null, given: Partial<IndexedFile> = {}) => ({
  path,
  oid: path,
  seeds: [],
  roomId,
  valid: true,
  errors: [],
  findings: 0,
  isAsked: false,
  digest: "branch",
  ignoredBy: null,
  ...given,
});

/** A spec file of the pull request; a room without a name: an error before the room could be read. */
const file = (path: string, roomId: string | null, version = 2): RevisionFile => {
  const common = { path, oid: path, seeds: [], fingerprints: new Map() };
  const spec = aSpecOf(roomId ?? "x", version);
  const errors = [{ path, line: 1, column: 1, message: "no" }];
  return roomId === null
    ? { ...common, parsed: { kind: "invalid", roomId: null, errors, warnings: [] } }
    : { ...common, parsed: { kind: "valid", spec, digest: specDigest(spec), warnings: [] } };
};

const broken = (path: string, roomId: string): RevisionFile => {
  const errors = [{ path, line: 1, column: 1, message: "no" }];
  const parsed = { kind: "invalid", roomId, errors, warnings: [] } as const;
  return { path, oid: path, seeds: [], fingerprints: new Map(), parsed };
};

const own = (path: string): RoomOwner => ({ kind: "git", source: "specs", path });

interface Row {
  readonly is: string;
  readonly asked: readonly string[];
  readonly branch?: readonly IndexedFile[];
  readonly owners?: Readonly<Record<string, RoomOwner>>;
  readonly elsewhere?: readonly string[];
  readonly files?: readonly RevisionFile[];
  readonly ignored?: readonly string[];
  readonly rooms: readonly string[];
}

const A = known("a.room.yaml", "room-a");
const OWNED = { "room-a": own("a.room.yaml") };

const ROWS: readonly Row[] = [
  {
    is: "a new room",
    asked: ["b.room.yaml"],
    files: [file("b.room.yaml", "room-b")],
    rooms: ["planned room-b"],
  },
  {
    is: "a changed room",
    asked: [A.path],
    branch: [A],
    owners: OWNED,
    files: [file(A.path, "room-a")],
    rooms: ["planned room-a"],
  },
  {
    is: "a file that says what the branch says already",
    asked: [A.path],
    branch: [known(A.path, "room-a", { digest: SAME })],
    owners: OWNED,
    files: [file(A.path, "room-a", 1)],
    rooms: [],
  },
  { is: "a deleted file", asked: [A.path], branch: [A], owners: OWNED, rooms: ["gone room-a"] },
  {
    is: "a deleted file that never had its room",
    asked: [A.path],
    branch: [A],
    owners: { "room-a": own("z.room.yaml") },
    rooms: [],
  },
  {
    is: "a renamed file",
    asked: [A.path, "b.room.yaml"],
    branch: [A],
    owners: OWNED,
    files: [file("b.room.yaml", "room-a")],
    rooms: ["planned room-a"],
  },
  {
    is: "a file that names another room now",
    asked: [A.path],
    branch: [A],
    owners: OWNED,
    files: [file(A.path, "room-b")],
    rooms: ["gone room-a", "planned room-b"],
  },
  {
    is: "a deleted file whose room another file names",
    asked: [A.path],
    branch: [A, known("c.room.yaml", "room-a")],
    owners: OWNED,
    rooms: [],
  },
  {
    is: "a file with errors",
    asked: [A.path],
    branch: [A],
    owners: OWNED,
    files: [file(A.path, null)],
    rooms: [],
  },
  {
    is: "a file with errors that names its room",
    asked: [A.path],
    branch: [A],
    owners: OWNED,
    files: [broken(A.path, "room-a")],
    rooms: [],
  },
  {
    is: "a file that is ignored now",
    asked: [A.path],
    branch: [A],
    owners: OWNED,
    ignored: [A.path],
    rooms: [],
  },
  {
    is: "a second file for a room",
    asked: ["b.room.yaml"],
    branch: [A],
    owners: OWNED,
    files: [file("b.room.yaml", "room-a")],
    rooms: ["ClaimedTwice room-a"],
  },
  {
    is: "two new files for one room",
    asked: ["b.room.yaml", "c.room.yaml"],
    files: [file("b.room.yaml", "room-b"), file("c.room.yaml", "room-b")],
    rooms: ["ClaimedTwice room-b", "ClaimedTwice room-b"],
  },
  {
    is: "a room of another source",
    asked: ["b.room.yaml"],
    owners: { "room-b": { kind: "git", source: "other", path: "x.room.yaml" } },
    files: [file("b.room.yaml", "room-b")],
    rooms: ["ClaimedTwice room-b"],
  },
  {
    is: "a room without an owner that another source names",
    asked: ["b.room.yaml"],
    elsewhere: ["room-b"],
    files: [file("b.room.yaml", "room-b")],
    rooms: ["ClaimedTwice room-b"],
  },
  {
    is: "a room of a posted spec",
    asked: ["b.room.yaml"],
    owners: { "room-b": { kind: "api" } },
    files: [file("b.room.yaml", "room-b")],
    rooms: ["planned room-b"],
  },
  {
    is: "a room that the source may not manage",
    asked: ["b.room.yaml"],
    files: [file("b.room.yaml", "foreign")],
    rooms: ["RoomNotAllowed foreign"],
  },
  { is: "no spec at all", asked: ["README.md"], branch: [A], owners: OWNED, rooms: [] },
];

describe("which rooms a pull request touches", () => {
  for (const { is, rooms, asked, ...given } of ROWS) {
    it(`${is}: ${rooms.join(", ") || "none"}`, () => {
      const { branch = [], owners = {}, elsewhere = [], files = [], ignored = [] } = given;
      const facts: BranchFacts = {
        source: "specs",
        files: branch,
        ownerOf: (roomId) => owners[roomId] ?? null,
        mayManage: (_source, roomId) => roomId !== "foreign",
        claimsElsewhere: (roomId) =>
          elsewhere.includes(roomId) ? [{ source: "other", path: "x.room.yaml" }] : [],
      };
      const by = ignored.map((path) => ({ path, by: "ignored" }));
      const touched = touchedRooms(asked, { files, ignored: by }, facts);
      const shown = touched.rooms.map((room) =>
        room.kind === "rejected" ? `${room.reason} ${room.roomId}` : `${room.kind} ${room.roomId}`,
      );
      expect(shown).to.deep.equal(rooms);
      expect(touched.ignored.map(({ path }) => path)).to.deep.equal(ignored);
      const invalid = files.filter(({ parsed }) => parsed.kind === "invalid");
      expect(touched.invalid).to.have.length(invalid.length);
    });
  }

  it("asks for both names of a renamed file, for specs that seed from a changed file, and notices a .roomignore", () => {
    const specs = [
      known("a.room.yaml", "room-a", { seeds: [{ path: "seeds/a.md", oid: null, size: 0 }] }),
      known("b.room.yaml", "room-b"),
    ];
    const changed = [
      { path: "seeds/a.md", previousPath: null },
      { path: "new.room.yaml", previousPath: "old.room.yaml" },
    ];
    expect(touchedFiles(changed, specs)).to.deep.equal({
      paths: ["a.room.yaml", "new.room.yaml", "old.room.yaml", "seeds/a.md"],
      isIgnoreChanged: false,
    });
    const ignore = [{ path: "rooms/.roomignore", previousPath: null }];
    expect(touchedFiles(ignore, specs).isIgnoreChanged).to.equal(true);
  });
});
