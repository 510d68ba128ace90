import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { roomlessKey, toChange } from "../../../agent/room/roomless-dry-runs.ts";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { rejection } from "../../support/rejection.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const file = (entities: readonly string[]) => ({
  "a.room.yaml": specYaml({ roomId: "room-a", entities: [...entities] }),
});

describe("takeRoomsIn", () => {
  it("goes by what was written where another agent gave the room away in between", async () => {
    const source = new FakeSpecSource();
    source.commit(file(["E-01"]));
    const { store, sync, room, enqueued } = await anIntake(source);
    await sync();
    enqueued.length = 0;
    source.commit(file(["E-01", "E-02"]));
    store.beforeWrite = async (changes) => {
      if (!changes.some(({ kind }) => kind === "room")) return;
      store.beforeWrite = () => undefined;
      const owner = { kind: "git", source: "other", path: "a.room.yaml" } as const;
      await store.write([{ kind: "room", row: { ...(await room("room-a")), owner } }]);
    };
    await sync();
    expect((await room("room-a")).owner).to.include({ source: "other" });
    expect(enqueued).to.deep.equal([]);
  });

  it("leaves a room to the spec that was posted in between, where its file is broken", async () => {
    const source = new FakeSpecSource();
    source.commit(file(["E-01"]));
    const { store, sync, room } = await anIntake(source);
    await sync();
    const posted = { ...(await room("room-a")), roomId: "room-b", version: 0 };
    source.commit({
      ...file(["E-01"]),
      "b.room.yaml": specYaml({ roomId: "room-b", entities: ["E-01", "E-01"] }),
    });
    store.beforeWrite = async (changes) => {
      if (!changes.some(({ kind }) => kind === "room")) return;
      store.beforeWrite = () => undefined;
      await store.write([{ kind: "room", row: { ...posted, owner: { kind: "api" } } }]);
    };
    await sync();
    expect((await room("room-b")).owner).to.deep.equal({ kind: "api" });
  });

  it("records once what a commit lifts where the snapshot is ingested again", async () => {
    const source = new FakeSpecSource();
    source.commit(file(["E-01"]));
    const { store, sync, room } = await anIntake(source);
    await sync();
    source.commit(file(["E-01", "E-02"]), "Try\n\nDry-Run: true\n");
    source.commit({}, "Do it\n\nConfirm: room-a\n");
    const written: string[] = [];
    store.beforeWrite = (changes) => {
      if (changes.some(({ kind }) => kind === "room")) written.push("room");
      else if (written.length === 1)
        throw new OperatorError("StoreUnavailable", "the disk is gone");
    };
    expect(await rejection(sync())).to.include({ code: "StoreUnavailable" });
    store.beforeWrite = () => undefined;
    await sync();
    expect((await room("room-a")).dryRun).to.equal(null);
    const records = await store.readAudit({ count: 100, roomId: "room-a" });
    const lifted = records.filter(({ action }) => action === "confirm");
    expect(lifted.map(({ metadata }) => metadata["lifted"])).to.deep.equal([["DryRun"]]);
  });

  it("asks for passes over new rooms once all of them are on record", async () => {
    const { source, roomIds } = manyRooms(120);
    const { store, sync, enqueued } = await anIntake(source);
    const recorded: number[] = [];
    store.beforeWrite = (changes) => {
      if (changes.some(({ kind }) => kind === "room")) recorded.push(enqueued.length);
    };
    await sync();
    expect(recorded).to.deep.equal([0, 0, 0]);
    expect(enqueued).to.deep.equal(roomIds);
  });

  it("asks for a pass over a room that was on record before the next ones are written", async () => {
    const { source, roomIds } = manyRooms(3);
    const { store, sync, enqueued } = await anIntake(source);
    await sync();
    enqueued.length = 0;
    source.commit(specsOf(roomIds, ["E-01", "E-02"]));
    const recorded: number[] = [];
    store.beforeWrite = (changes) => {
      if (changes.some(({ kind }) => kind === "room")) recorded.push(enqueued.length);
    };
    await sync();
    expect(recorded).to.deep.equal([0, 1, 2]);
  });

  it("goes through the files of other sources once for a batch, where dry runs without a room are remembered", async () => {
    const { source } = manyRooms(120);
    let asked = 0;
    const placesElsewhere = () => {
      asked += 1;
      return [];
    };
    const { store, sync } = await anIntake(source, { placesElsewhere });
    const of = { source: "specs", roomId: "room-gone" };
    const since = "2026-01-01T00:00:00.000Z";
    const document = { ...of, left: null, ended: [], forgotten: true, since };
    await store.write([toChange(roomlessKey(of), document)]);
    await sync();
    expect(asked).to.equal(3);
  });

  it("asks for passes over the new rooms that are on record when the store fails at a later one", async () => {
    const { source, roomIds } = manyRooms(120);
    const { store, sync, enqueued } = await anIntake(source);
    let writes = 0;
    store.beforeWrite = (changes) => {
      if (!changes.some(({ kind }) => kind === "room")) return;
      writes += 1;
      if (writes === 3) throw new OperatorError("StoreUnavailable", "the disk is gone");
    };
    expect(await rejection(sync())).to.include({ code: "StoreUnavailable" });
    expect(enqueued).to.deep.equal(roomIds.slice(0, 100));
  });
});

/** A source whose head has so many specs. */
function manyRooms(count: number) {
  const roomIds = Array.from({ length: count }, (_, at) => `room-${String(at).padStart(3, "0")}`);
  const source = new FakeSpecSource();
  source.commit(specsOf(roomIds, ["E-01"]));
  return { source, roomIds };
}

function specsOf(roomIds: readonly string[], entities: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    roomIds.map((roomId) => [`${roomId}.room.yaml`, specYaml({ roomId, entities: [...entities] })]),
  );
}
