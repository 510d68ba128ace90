import { expect } from "chai";
import { lookAtSource } from "../../../agent/trigger/source-look.ts";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import type { MemoryStore } from "../../support/memory-store.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const B = "rooms/b.room.yaml";
const spec = (roomId: string, version: number) => specYaml({ roomId, version, entities: ["E-01"] });
const files = (version: number) => ({ [A]: spec("room-a", version), [B]: spec("room-b", version) });

async function aLook(source: FakeSpecSource, store?: MemoryStore) {
  const bench = await anIntake(source, store === undefined ? {} : { store });
  const { intake, clock } = bench;
  const ignore = () => undefined;
  const metrics = { pollEnded: ignore, sourceSucceeded: ignore, fetchEnded: ignore } as never;
  const lines: string[] = [];
  const log = {
    info: (_fields: unknown, text?: string) => lines.push(text ?? String(_fields)),
    warn: (_fields: object, text: string) => lines.push(text),
  } as never;
  const look = () =>
    lookAtSource({ spec: source, intake, metrics, log, clock }, new AbortController().signal);
  return { ...bench, look, lines };
}

describe("lookAtSource", () => {
  it("brings a head in once", async () => {
    const source = new FakeSpecSource();
    const head = source.commit(files(1));
    const { look } = await aLook(source);
    expect(await look()).to.deep.equal({ kind: "synced", head });
    expect(await look()).to.deep.equal({ kind: "unchanged", head });
    expect(source.syncs).to.equal(1);
  });

  it("says that a source recovered, with a new head and without", async () => {
    const source = new FakeSpecSource();
    source.commit(files(1));
    const { look, lines } = await aLook(source);
    await look();
    const poll = source.poll.bind(source);
    const heal = () => (source.poll = poll);
    const fail = () =>
      (source.poll = () =>
        Promise.resolve({ kind: "failed", reason: "Unreachable", message: "no answer" }));
    for (const isNew of [true, false]) {
      fail();
      await look();
      await look();
      heal();
      if (isNew) source.commit(files(2));
      await look();
      await look();
    }
    const FAILED = ["source failed", "source recovered"];
    const NEW = "ingested new revision";
    expect(lines).to.deep.equal([NEW, ...FAILED, NEW, ...FAILED]);
  });

  it("brings the head before in again when the one after it was taken in by half and is gone", async () => {
    const source = new FakeSpecSource();
    const head = source.commit(files(1));
    const { look, room, clock } = await aLook(source);
    await look();
    source.commit(files(2));
    source.beforeFile = (path) => {
      if (path === B) throw new Error("cut off");
    };
    await look().catch(() => undefined);
    expect((await room("room-a")).head?.specVersion).to.equal(2);
    source.beforeFile = () => undefined;
    source.force(head);
    expect(await look()).to.include({ kind: "failed", reason: "LaggingReplica", againMs: 5_000 });
    expect((await room("room-a")).head?.specVersion).to.equal(2);
    await clock.advance(5_000);
    expect(await look()).to.deep.equal({ kind: "synced", head });
    expect((await room("room-a")).head?.specVersion).to.equal(1);
    expect(await look()).to.deep.equal({ kind: "unchanged", head });
  });

  it("takes over at an unchanged head what an owner lost, once the source was polled", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: spec("room-a", 1) });
    const first = await aLook(source);
    await first.look();
    const row = await first.room("room-a");
    const owner = { kind: "git", source: "gone", path: A } as const;
    await first.store.write([{ kind: "room", row: { ...row, owner } }]);
    const { look, room } = await aLook(source, first.store);
    expect((await room("room-a")).lostOwner?.reason).to.equal("SourceNotConfigured");
    expect((await look()).kind).to.equal("unchanged");
    expect((await room("room-a")).owner).to.deep.include({ source: "specs", path: A });
  });
});
