import { expect } from "chai";
import { standingFact, RoomOwners } from "../../../agent/intake/source-index.ts";
import { unownedRooms } from "../../../agent/intake/unowned-rooms.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { NotRead, Room } from "../../../agent/room/room.ts";

const MESSAGE = "rooms/lab.yaml has kind: RoomSpec and is not read because of its name";
const LAB = { source: "specs", path: "rooms/lab.yaml" };

const SNAPSHOT = {
  source: "specs",
  fileRows: new Map(),
  index: new Map(),
  notRead: [],
  notReadBefore: [],
  hasRead: () => false,
  movedTo: () => undefined,
};

/** What a snapshot of the source "specs" with these files that are not read means for an orphan with that problem. */
function dueAfter(file: NotRead | null, notRead: readonly string[]): readonly string[] {
  const of = file === null ? {} : { notRead: file };
  const problem = { reason: "RoomSpecNotRead", message: MESSAGE, revision: "r", ...of } as const;
  return dueIn({ ...emptyRoom("lab-01", null), headProblem: problem }, notRead);
}

function dueIn(orphan: Room, notRead: readonly string[]): readonly string[] {
  const owners = new RoomOwners();
  owners.set("lab-01", standingFact(orphan));
  const before = { notReadBefore: [LAB.path, "rooms/there.yaml"] };
  const snapshot = { ...SNAPSHOT, notRead, ...before };
  const due = unownedRooms({ files: [] }, snapshot, {
    owners,
    claimsElsewhere: () => [],
    leftSources: () => ["left"],
  });
  return due.map(({ roomId, news }) => {
    const renamed = news.kind === "unowned" ? news.problem?.notRead?.path : undefined;
    return [roomId, ...(renamed === undefined ? [] : [renamed])].join(" ");
  });
}

describe("an orphan that files name and may not have", () => {
  it("holds back each source that has such a file and no other, also where it was not written down which", () => {
    const problem = { reason: "ClaimedTwice", message: "two files", revision: "r" } as const;
    const dueOf = (headProblem: Room["headProblem"]) => {
      const owners = new RoomOwners();
      owners.set("lab-01", standingFact({ ...emptyRoom("lab-01", null), headProblem }));
      const { reason, message } = problem;
      const file = { path: "a.yaml", kind: "refused", roomId: "lab-01", reason, message } as const;
      const due = unownedRooms({ files: [file] }, SNAPSHOT, {
        owners,
        claimsElsewhere: () => ["b.yaml", "c.yaml"].map((path) => ({ source: "other", path })),
        leftSources: () => [],
      });
      return due.map(({ news }) => (news.kind === "unowned" ? news.problem?.sources : null));
    };
    const both = ["specs", "other"];
    expect(dueOf(null)).to.deep.equal([both]);
    expect(dueOf(problem), "not written down").to.deep.equal([both]);
    expect(dueOf({ ...problem, sources: ["specs"] }), "one").to.deep.equal([both]);
    expect(dueOf({ ...problem, sources: [...both, "third"] }), "one less").to.deep.equal([both]);
    expect(dueOf({ ...problem, sources: ["other", "specs"] })).to.deep.equal([]);
  });
});

describe("an orphan whose renamed spec is not read", () => {
  it("keeps the problem while its source has the file", () => {
    expect(dueAfter(LAB, [LAB.path])).to.deep.equal([]);
  });

  it("loses the problem with the file, whatever else is not read", () => {
    expect(dueAfter(LAB, ["other/x.yaml"])).to.deep.equal(["lab-01"]);
    expect(dueAfter(LAB, ["rooms/there.yaml"])).to.deep.equal(["lab-01"]);
  });

  it("has the problem of its next name where that is not read either", () => {
    expect(dueAfter(LAB, ["rooms/lab-room.yaml"])).to.deep.equal(["lab-01 rooms/lab-room.yaml"]);
    expect(dueAfter(LAB, ["moved/lab.yaml"])).to.deep.equal(["lab-01 moved/lab.yaml"]);
  });

  it("keeps the problem of another source's file", () => {
    expect(dueAfter({ ...LAB, source: "other" }, [])).to.deep.equal([]);
  });

  it("loses the problem of a file whose source is not configured any more", () => {
    expect(dueAfter({ ...LAB, source: "left" }, [])).to.deep.equal(["lab-01"]);
    expect(dueAfter({ ...LAB, source: "left" }, [LAB.path]), "renamed").to.deep.equal([]);
  });

  it("has it again once that source is configured and has the file", () => {
    const left = { ...LAB, source: "left" };
    const orphan = { ...emptyRoom("lab-01", null), notReadLeft: LAB };
    expect(dueIn(orphan, [LAB.path])).to.deep.equal(["lab-01 rooms/lab.yaml"]);
    expect(dueIn(orphan, ["rooms/lab-room.yaml"]), "renamed").to.deep.equal([
      "lab-01 rooms/lab-room.yaml",
    ]);
    expect(dueIn(orphan, ["rooms/there.yaml"])).to.deep.equal([]);
    expect(dueIn({ ...orphan, notReadLeft: left }, [LAB.path])).to.deep.equal([]);
  });

  it("loses a problem that names no file, whatever its words", () => {
    expect(dueAfter(null, [LAB.path])).to.deep.equal(["lab-01"]);
  });
});
