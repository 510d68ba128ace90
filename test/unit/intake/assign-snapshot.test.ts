import { expect } from "chai";
import type { Assignment } from "../../../agent/intake/assign-rooms.ts";
import { assignSnapshot } from "../../../agent/intake/assign-snapshot.ts";
import {
  loadIndex,
  RoomOwners,
  type RoomStandingFact,
} from "../../../agent/intake/source-index.ts";
import type { RoomOwner } from "../../../agent/room/room.ts";
import type { FileRow } from "../../../agent/room/rows.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

const NO_FILES = { deferred: new Map(), ignored: new Map() };
const NO_INTENTS = { rooms: new Map(), claims: new Map(), unplaced: [], reports: [] };

function pathOf(roomId: string): string {
  return `${roomId}.yaml`;
}

function fileRow(roomId: string, source = "specs"): FileRow {
  const path = pathOf(roomId);
  const said = { valid: true, errors: [], warnings: [], inputs: null };
  return { source, path, oid: "0".repeat(40), roomId, ...said };
}

function factOf(owner: RoomOwner | null): RoomStandingFact {
  return { owner, problem: null, took: null, lost: false, prunedBy: null };
}

interface Given {
  readonly rooms: readonly string[];
  readonly owners?: Readonly<Record<string, RoomOwner>>;
  /** Called each time that the decision asks what source `specs` may manage. */
  readonly onAsked?: (world: World) => void;
}

interface World {
  readonly owners: RoomOwners;
  readonly others: Awaited<ReturnType<typeof loadIndex>>;
  mayManage: (source: string, roomId: string) => boolean;
  asked: number;
}

/** Source `specs` has a file for each of the rooms; another one, `others`, has what a test puts into it. */
async function assigned({ rooms, owners: owned = {}, onAsked }: Given): Promise<{
  readonly assignment: Assignment;
  readonly world: World;
}> {
  const owners = new RoomOwners();
  for (const [roomId, owner] of Object.entries(owned)) owners.set(roomId, factOf(owner));
  const store = {
    readFiles: (source: string) =>
      Promise.resolve(source === "specs" ? rooms.map((roomId) => fileRow(roomId)) : []),
  };
  const index = await loadIndex("specs", { store, owners });
  const others = await loadIndex("others", { store, owners });
  const world: World = { owners, others, mayManage: () => true, asked: 0 };
  const source = { name: "specs", url: "", ref: "", path: ".", allowEmpty: false };
  const assignment = await assignSnapshot(
    { source: { ...source, mergedCommits: "own", spec: {} as never }, index },
    {
      owners,
      claimsElsewhere: (roomId) =>
        others.pathsOf(roomId).map((path) => ({ source: "others", path })),
      mayManage: (name, roomId) => {
        world.asked += 1;
        const may = world.mayManage(name, roomId);
        onAsked?.(world);
        return may;
      },
    },
    { ...NO_FILES, present: new Set(rooms.map(pathOf)), intents: NO_INTENTS },
  );
  return { assignment, world };
}

function kindsOf({ files }: Assignment): readonly string[] {
  return files.map((file) => (file.kind === "refused" ? file.message : file.kind));
}

/** Once, as the decision is half made. */
function half(act: (world: World) => void): (world: World) => void {
  let isDone = false;
  return (world) => {
    if (isDone || world.asked < 3) return;
    isDone = true;
    act(world);
  };
}

const ROOMS = ["room-a", "room-b", "room-c", "room-d"];

describe("who owns what after a snapshot", () => {
  it("is decided in turns, however many files there are", async () => {
    const rooms = Array.from({ length: 200 }, (_, at) => `room-${at}`);
    const turns = await othersTurns(() => assigned({ rooms, onAsked: () => work(1) }));
    expect(turns).to.be.at.least(4);
  });

  it("is decided once where nothing changes", async () => {
    const { assignment, world } = await assigned({ rooms: ROOMS });
    expect(kindsOf(assignment)).to.deep.equal(ROOMS.map(() => "assigned"));
    expect(world.asked).to.equal(4);
  });

  it("is decided again where another source takes a room meanwhile", async () => {
    const { assignment } = await assigned({
      rooms: ROOMS,
      onAsked: half(({ owners, others }) => {
        others.put(fileRow("room-a", "others"));
        owners.set("room-a", factOf({ kind: "git", source: "others", path: "room-a.yaml" }));
      }),
    });
    const [first = "", ...rest] = kindsOf(assignment);
    expect(first).to.contain('room-a.yaml of source "others", its recorded owner');
    expect(rest).to.deep.equal(["assigned", "assigned", "assigned"]);
  });

  it("is decided again where a file of another source names a room meanwhile, or names it no more", async () => {
    const named = await assigned({
      rooms: ROOMS,
      onAsked: half(({ others }) => others.put(fileRow("room-a", "others"))),
    });
    expect(kindsOf(named.assignment)[0]).to.contain("is claimed by room-a.yaml of source ");
    const dropped = await assigned({
      rooms: ROOMS,
      onAsked: (world) => {
        // Both files claim it when the decision begins.
        if (world.asked === 1) world.others.put(fileRow("room-a", "others"));
        if (world.asked === 7) world.others.drop("room-a.yaml");
      },
    });
    expect(kindsOf(dropped.assignment)[0]).to.equal("assigned");
  });

  it("is decided again where a person deletes a room meanwhile", async () => {
    const owner: RoomOwner = { kind: "git", source: "specs", path: "old.yaml" };
    const { assignment } = await assigned({
      rooms: ROOMS,
      owners: { "room-z": owner },
      onAsked: half(({ owners }) => owners.drop("room-z")),
    });
    expect(assignment.rooms).to.deep.equal([]);
  });

  it("is decided again where a reload lets the source manage other rooms meanwhile", async () => {
    const { assignment } = await assigned({
      rooms: ROOMS,
      onAsked: half((world) => {
        world.mayManage = (_source, roomId) => roomId !== "room-a";
        world.owners.noteChange();
      }),
    });
    const [first = "", ...rest] = kindsOf(assignment);
    expect(first).to.contain('may not manage room "room-a"');
    expect(rest).to.deep.equal(["assigned", "assigned", "assigned"]);
  });

  it("is decided in one go after rooms changed hands twice", async () => {
    let isOne = true;
    const { assignment, world } = await assigned({
      rooms: ROOMS,
      onAsked: ({ owners }) => {
        isOne = !isOne;
        owners.set("room-z", factOf(isOne ? { kind: "api" } : null));
      },
    });
    expect(kindsOf(assignment)).to.deep.equal(ROOMS.map(() => "assigned"));
    expect(world.asked).to.equal(12);
  });
});
