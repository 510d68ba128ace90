import { expect } from "chai";
import { RoomWriter } from "../../../agent/store/room-writer.ts";
import type { Quarantine } from "../../../agent/room/quarantine.ts";
import type { Room } from "../../../agent/room/room.ts";
import { anIntake } from "../../support/an-intake.ts";
import { anInput, aQuarantine, aRoomRow } from "../../support/a-row.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const FILE = "rooms/a.room.yaml";
const spec = (version: number) => specYaml({ roomId: "room-a", version, entities: ["E-01"] });

/** A room of git whose newest inputs are quarantined. */
async function aQuarantinedRoom() {
  const source = new FakeSpecSource();
  source.commit({ [FILE]: spec(2) });
  const bench = await anIntake(source);
  await bench.sync();
  const row = await bench.room("room-a");
  const quarantine = aQuarantine({ digest: row.head?.digest ?? "", revision: "main@sha1:two" });
  await bench.store.write([{ kind: "room", row: { ...row, quarantine } }]);
  const lifts = async () =>
    (await bench.store.readAudit({ count: 100 })).filter(
      ({ action }) => action === "room.quarantineLifted",
    );
  return { ...bench, source, quarantine, lifts };
}

describe("a quarantine", () => {
  it("is lifted by new inputs, which the audit tells once", async () => {
    const { source, sync, room, lifts } = await aQuarantinedRoom();
    source.commit({ [FILE]: spec(3) });
    await sync();
    expect((await room("room-a")).quarantine).to.equal(null);
    source.commit({ [FILE]: spec(4) });
    await sync();
    const records = await lifts();
    expect(records).to.have.length(1);
    expect(records[0]?.metadata).to.deep.include({
      room: "room-a",
      quarantined: "main@sha1:two",
    });
  });

  it("is lifted when the old inputs come back and are changed to the same again", async () => {
    const { source, sync, room } = await aQuarantinedRoom();
    source.commit({ [FILE]: spec(1) });
    await sync();
    source.commit({ [FILE]: spec(2) });
    await sync();
    expect((await room("room-a")).quarantine).to.equal(null);
  });

  it("is lifted with the room's file", async () => {
    const { source, sync, room, lifts } = await aQuarantinedRoom();
    source.commit({ [FILE]: null, "rooms/b.room.yaml": specYaml({ roomId: "room-b" }) });
    await sync();
    expect(await room("room-a")).to.deep.include({ owner: null, quarantine: null });
    expect(await lifts()).to.have.length(1);
  });

  const same = {
    "a comment in its file": { [FILE]: `# the same\n${spec(2)}` },
    "a move of its file": { [FILE]: null, "moved/a.room.yaml": spec(2) },
    "a spec that cannot be read": { [FILE]: "kind: [" },
    "a commit to something else": { "README.md": "about" },
  };
  for (const [name, files] of Object.entries(same)) {
    it(`holds over ${name}`, async () => {
      const { source, sync, room, quarantine, lifts } = await aQuarantinedRoom();
      source.commit(files);
      await sync();
      expect((await room("room-a")).quarantine).to.deep.equal(quarantine);
      expect(await lifts()).to.deep.equal([]);
    });
  }
});

describe("what a pass writes of a quarantine", () => {
  const head = anInput("2");
  const put = aQuarantine();
  const cases: readonly {
    readonly name: string;
    readonly before: Quarantine | null;
    readonly after: Quarantine | null;
    /** The row by the time the pass writes. */
    readonly now: Partial<Room>;
    readonly want: Quarantine | null;
  }[] = [
    { name: "what it put there", before: null, after: put, now: {}, want: put },
    {
      name: "nothing when new inputs came meanwhile",
      before: null,
      after: put,
      now: { head: anInput("3") },
      want: null,
    },
    {
      name: "nothing when it was lifted while a pass under it was under way",
      before: put,
      after: put,
      now: { quarantine: null },
      want: null,
    },
    {
      name: "what it learned of it",
      before: put,
      after: { ...put, undone: [] },
      now: { quarantine: put },
      want: { ...put, undone: [] },
    },
  ];
  for (const { name, before, after, now, want } of cases) {
    it(`is ${name}`, async () => {
      const store = new MemoryStore();
      const row = aRoomRow({ head, quarantine: before });
      await store.write([{ kind: "room", row: { ...row, ...now } }]);
      const pass = { before: row, after: { ...row, quarantine: after } };
      const written = await new RoomWriter(store).writePass(pass, []);
      expect(written.quarantine).to.deep.equal(want);
    });
  }
});
