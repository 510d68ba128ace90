import { expect } from "chai";
import { assign, summary, type Snapshot } from "./assignment.ts";

interface Case extends Snapshot {
  readonly name: string;
  readonly want: Record<string, string>;
}

const cases: readonly Case[] = [
  {
    name: "a new room goes to the file that names it",
    files: ["a.yaml: room-a"],
    want: { "a.yaml": "assigned room-a" },
  },
  {
    name: "a new room goes to a broken file that names it",
    files: ["a.yaml! room-a"],
    want: { "a.yaml": "assigned room-a" },
  },
  {
    name: "a file whose room its source may not manage claims nothing, broken or not",
    files: ["a.yaml: room-a", "b.yaml! room-b"],
    given: { mayManage: (source) => source !== "main" },
    want: { "a.yaml": "refused room-a", "b.yaml": "refused room-b" },
  },
  {
    name: "a file of another source that may not manage the room does not keep it from ours",
    files: ["a.yaml: room-a"],
    given: {
      mayManage: (source) => source !== "evil",
      claimsElsewhere: () => [{ source: "evil", path: "x.yaml" }],
    },
    want: { "a.yaml": "assigned room-a" },
  },
  {
    name: "an owner on record that may not manage the room does not keep it",
    rooms: ["room-a @ evil/x.yaml"],
    files: ["a.yaml: room-a"],
    given: { mayManage: (source) => source !== "evil" },
    want: { "a.yaml": "assigned room-a" },
  },
  {
    name: "a broken file that names no room has none",
    files: ["a.yaml!"],
    want: { "a.yaml": "roomless" },
  },
  {
    name: "a room stays at its path",
    rooms: ["room-a @ a.yaml"],
    files: ["a.yaml: room-a"],
    want: { "a.yaml": "assigned room-a", "room-a": "at a.yaml" },
  },
  {
    name: "a broken file keeps the room last seen at its path",
    rooms: ["room-a @ a.yaml"],
    files: ["a.yaml!"],
    want: { "a.yaml": "assigned room-a", "room-a": "at a.yaml" },
  },
  {
    name: "a broken file keeps that room though it names another",
    rooms: ["room-a @ a.yaml"],
    files: ["a.yaml! room-b"],
    want: { "a.yaml": "assigned room-a", "room-a": "at a.yaml" },
  },
  {
    name: "a room without a file is gone",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml"],
    files: ["b.yaml: room-b"],
    want: { "b.yaml": "assigned room-b", "room-a": "gone", "room-b": "at b.yaml" },
  },
  {
    name: "the same id at another path is a move",
    rooms: ["room-a @ a.yaml"],
    files: ["x.yaml: room-a"],
    want: { "x.yaml": "assigned room-a", "room-a": "a.yaml to x.yaml" },
  },
  {
    name: "a changed id ends the old room and begins the new",
    rooms: ["room-a @ a.yaml"],
    files: ["a.yaml: room-n"],
    want: { "a.yaml": "assigned room-n", "room-a": "gone" },
  },
  {
    name: "two files can swap rooms",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml"],
    files: ["a.yaml: room-b", "b.yaml: room-a"],
    want: {
      "a.yaml": "assigned room-b",
      "b.yaml": "assigned room-a",
      "room-a": "a.yaml to b.yaml",
      "room-b": "b.yaml to a.yaml",
    },
  },
  {
    name: "an id that changes to an owned room's is refused, and its own room is gone",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml"],
    files: ["a.yaml: room-b", "b.yaml: room-b"],
    want: {
      "a.yaml": "refused room-b",
      "b.yaml": "assigned room-b",
      "room-a": "gone",
      "room-b": "at b.yaml",
    },
  },
  {
    name: "a second file is refused, the owner undisturbed",
    rooms: ["room-a @ z.yaml"],
    files: ["a.yaml: room-a", "z.yaml: room-a"],
    want: { "a.yaml": "refused room-a", "z.yaml": "assigned room-a", "room-a": "at z.yaml" },
  },
  {
    name: "a second file is refused though the owner's is broken",
    rooms: ["room-a @ z.yaml"],
    files: ["a.yaml: room-a", "z.yaml!"],
    want: { "a.yaml": "refused room-a", "z.yaml": "assigned room-a", "room-a": "at z.yaml" },
  },
  {
    name: "a broken second file is refused too",
    rooms: ["room-a @ z.yaml"],
    files: ["a.yaml! room-a", "z.yaml: room-a"],
    want: { "a.yaml": "refused room-a", "z.yaml": "assigned room-a", "room-a": "at z.yaml" },
  },
  {
    name: "two files for a new room are both refused",
    files: ["a.yaml: room-a", "b.yaml: room-a"],
    want: { "a.yaml": "refused room-a", "b.yaml": "refused room-a" },
  },
  {
    name: "two files for an orphan are both refused",
    rooms: ["room-a @"],
    files: ["a.yaml: room-a", "b.yaml! room-a"],
    want: { "a.yaml": "refused room-a", "b.yaml": "refused room-a" },
  },
  {
    name: "two files for a room whose own is gone are both refused, the room held",
    rooms: ["room-a @ old.yaml"],
    files: ["a.yaml: room-a", "b.yaml: room-a"],
    want: { "a.yaml": "refused room-a", "b.yaml": "refused room-a", "room-a": "held ClaimedTwice" },
  },
  {
    name: "an orphan goes to the file that names it",
    rooms: ["room-a @"],
    files: ["a.yaml: room-a"],
    want: { "a.yaml": "assigned room-a" },
  },
  {
    name: "an orphan does not go to a broken file",
    rooms: ["room-a @"],
    files: ["a.yaml! room-a"],
    want: { "a.yaml": "roomless" },
  },
  {
    name: "a posted spec's room goes to the file that names it",
    rooms: ["room-a @ api"],
    files: ["a.yaml: room-a"],
    want: { "a.yaml": "assigned room-a" },
  },
  {
    name: "a posted spec's room does not go to a broken file",
    rooms: ["room-a @ api"],
    files: ["a.yaml! room-a"],
    want: { "a.yaml": "roomless" },
  },
  {
    name: "another source's room is refused",
    rooms: ["room-a @ core/a.yaml"],
    files: ["a.yaml: room-a"],
    want: { "a.yaml": "refused room-a" },
  },
  {
    name: "another source's room at the same path is not taken for ours",
    rooms: ["room-a @ core/a.yaml"],
    files: ["a.yaml!"],
    want: { "a.yaml": "roomless" },
  },
  {
    name: "a room of nobody that another source names too is refused",
    rooms: ["room-a @"],
    files: ["a.yaml: room-a"],
    given: { claimsElsewhere: () => [{ source: "core", path: "x.yaml" }] },
    want: { "a.yaml": "refused room-a" },
  },
  {
    name: "a room of ours that another source names stays ours",
    rooms: ["room-a @ a.yaml"],
    files: ["a.yaml: room-a"],
    given: { claimsElsewhere: () => [{ source: "core", path: "x.yaml" }] },
    want: { "a.yaml": "assigned room-a", "room-a": "at a.yaml" },
  },
  {
    name: "a broken file that names a room whose own file is gone holds it",
    rooms: ["room-a @ a.yaml"],
    files: ["x.yaml! room-a"],
    want: { "x.yaml": "assigned room-a", "room-a": "held SpecInvalid" },
  },
  {
    name: "a broken file at a new path that names no room holds every room without a file",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml", "room-c @ c.yaml"],
    files: ["x.yaml!", "c.yaml: room-c"],
    want: {
      "x.yaml": "roomless",
      "c.yaml": "assigned room-c",
      "room-a": "held SpecUnreadable",
      "room-b": "held SpecUnreadable",
      "room-c": "at c.yaml",
    },
  },
  {
    name: "a broken file at a known path holds no other room",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml"],
    files: ["a.yaml!"],
    want: { "a.yaml": "assigned room-a", "room-a": "at a.yaml", "room-b": "gone" },
  },
  {
    name: "no file at all holds every room",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml", "room-x @ core/x.yaml"],
    files: [],
    want: { "room-a": "held SourceEmptied", "room-b": "held SourceEmptied" },
  },
  {
    name: "no file at all holds every room though some are named",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml"],
    files: [],
    given: { confirmedByName: new Set(["room-a"]) },
    want: { "room-a": "held SourceEmptied", "room-b": "held SourceEmptied" },
  },
  {
    name: "no file at all ends every room once all are named",
    rooms: ["room-a @ a.yaml", "room-b @ b.yaml"],
    files: [],
    given: { confirmedByName: new Set(["room-a", "room-b", "room-z"]) },
    want: { "room-a": "gone", "room-b": "gone" },
  },
  {
    name: "no file at all ends every room where that is allowed",
    rooms: ["room-a @ a.yaml"],
    files: [],
    given: { allowEmpty: true },
    want: { "room-a": "gone" },
  },
  {
    name: "no file and no room is nothing",
    rooms: ["room-x @ core/x.yaml", "room-p @ api"],
    files: [],
    want: {},
  },
];

describe("assignRooms", () => {
  for (const { name, want, ...given } of cases) {
    it(name, () => {
      expect(summary(given)).to.deep.equal(want);
    });
  }

  const refusals = (given: Snapshot) =>
    assign(given).files.flatMap((file) => (file.kind === "refused" ? [file.message] : []));

  it("names both paths when it refuses, and the owner's source", () => {
    expect(
      refusals({ rooms: ["room-a @ a.yaml"], files: ["a.yaml: room-a", "b.yaml: room-a"] }),
    ).to.deep.equal([
      'room "room-a" is claimed by b.yaml and by a.yaml, its recorded owner: one file alone may name a room',
    ]);
    expect(refusals({ rooms: ["room-a @ core/x.yaml"], files: ["b.yaml: room-a"] })).to.deep.equal([
      'room "room-a" is claimed by b.yaml of source "main" and by x.yaml of source "core", its recorded owner: one file alone may name a room',
    ]);
    const twins = refusals({ files: ["a.yaml: room-a", "b.yaml: room-a"] });
    expect(twins).to.have.length(2);
    for (const message of twins) expect(message).to.contain("a.yaml").and.to.contain("b.yaml");
  });

  it("says how an emptied source goes on, and names its rooms", () => {
    const { emptied } = assign({ rooms: ["room-b @ b.yaml", "room-a @ a.yaml"], files: [] });
    expect(emptied?.rooms).to.deep.equal(["room-a", "room-b"]);
    expect(emptied?.message).to.contain("Confirm: room-a, room-b").and.to.contain("AllowEmpty");
    const many = Array.from({ length: 3000 }, (_, index) => `room-${index} @ ${index}.yaml`);
    expect(assign({ rooms: many, files: [] }).emptied?.message.length).to.be.lessThan(600);
  });
});
