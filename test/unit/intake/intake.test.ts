import { expect } from "chai";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { rejection } from "../../support/rejection.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const B = "rooms/b.room.yaml";
const specA = (version = 1, entities: readonly string[] = ["E-01"]) =>
  specYaml({ roomId: "room-a", version, entities });
const specB = (version = 1) => specYaml({ roomId: "room-b", version, entities: ["E-01"] });

describe("Intake", () => {
  it("makes new rooms known with their inputs, history and owner, and asks for a pass over each", async () => {
    const source = new FakeSpecSource();
    const head = source.commit({ [A]: specA(), [B]: specB() });
    const { sync, room, enqueued, store } = await anIntake(source);
    expect(await sync()).to.deep.equal({ kind: "synced", head });
    expect(enqueued).to.have.members(["room-a", "room-b"]);
    const row = await room("room-a");
    expect(row.owner).to.deep.equal({ kind: "git", source: "specs", path: A });
    expect(row.head).to.include({ specVersion: 1, path: A, revision: `main@sha1:${head}` });
    expect((await store.readHistory("room-a")).map(({ outcome }) => outcome)).to.deep.equal([
      "observed",
    ]);
    expect(source.settled).to.deep.equal([head]);
  });

  it("lets the rooms that it knows start before the rest is told", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(), [B]: specB() });
    const { sync, enqueued } = await anIntake(source);
    await sync();
    enqueued.length = 0;
    source.commit({ [A]: specA(2), [B]: specB(2) });
    const seen: string[][] = [];
    source.beforeFile = () => void seen.push([...enqueued]);
    await sync();
    expect(seen).to.deep.equal([[], ["room-a"]]);
  });

  it("leaves rooms that no commit touches as they are", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(), [B]: specB() });
    const { sync, room, enqueued } = await anIntake(source);
    await sync();
    const before = await room("room-b");
    enqueued.length = 0;
    source.commit({ [A]: specA(2) });
    await sync();
    expect(await room("room-b")).to.deep.equal(before);
    expect(enqueued).to.deep.equal(["room-a"]);
  });

  it("takes the same snapshot in again after a crash in the middle, and confirms nothing twice", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(1, entityIds(4)), [B]: specB() });
    const first = await anIntake(source);
    await first.sync();
    source.commit({ [A]: specA(2, ["E-01"]), [B]: specB(2) }, "Shrink\n\nConfirm: true\n");
    source.beforeFile = (path) => {
      if (path === B) throw new Error("killed");
    };
    expect((await rejection(first.sync())).message).to.equal("killed");
    expect((await first.room("room-a")).head?.specVersion).to.equal(2);

    source.beforeFile = () => undefined;
    const second = await anIntake(source, { store: first.store });
    expect((await second.sync()).kind).to.equal("synced");
    expect((await second.room("room-b")).head?.specVersion).to.equal(2);
    const rows = await second.store.readConfirmations("room-a", second.clock.nowMs());
    expect(rows.map(({ items }) => items)).to.deep.equal([
      ["entity/E-02", "entity/E-03", "entity/E-04"],
    ]);
  });

  it("knows that rooms are at a head that never counted, until one does", async () => {
    const source = new FakeSpecSource();
    const first = source.commit({ [A]: specA(), [B]: specB() });
    const { sync, intake, room, store } = await anIntake(source);
    await sync();
    expect(intake.isWhole).to.equal(true);
    source.commit({ [A]: specA(2, ["E-01", "E-02"]), [B]: specB(2) });
    source.beforeFile = (path) => {
      if (path === B) throw new Error("cut off");
    };
    await rejection(sync());
    expect((await room("room-a")).head?.specVersion).to.equal(2);
    const restarted = await anIntake(source, { store });
    expect([intake.isWhole, restarted.intake.isWhole]).to.deep.equal([false, false]);

    source.beforeFile = () => undefined;
    source.force(first);
    expect(await restarted.sync()).to.deep.equal({ kind: "synced", head: first });
    expect(restarted.intake.isWhole).to.equal(true);
    expect((await room("room-a")).head?.specVersion).to.equal(1);
    expect((await room("room-b")).head?.specVersion).to.equal(1);
  });

  it("begins again from the old head when the store refuses in the middle", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA() });
    const { sync, store, intake, room } = await anIntake(source);
    store.failWrites(2);
    expect((await rejection(sync())).message).to.be.a("string");
    expect(intake.observedHead).to.equal(null);
    await sync();
    expect((await room("room-a")).head?.specVersion).to.equal(1);
  });

  it("spends a confirmation when the spec names its items again", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(1, entityIds(4)) });
    const { sync, store, clock } = await anIntake(source);
    await sync();
    source.commit({ [A]: specA(2, ["E-01"]) }, "Shrink\n\nConfirm: true\n");
    await sync();
    source.commit({ [A]: specA(3, ["E-01", "E-02"]) });
    await sync();
    const [row] = await store.readConfirmations("room-a", clock.nowMs());
    expect(row?.used).to.deep.equal(["entity/E-02"]);
  });

  it("keeps a broken file's room and goes back to normal when the file is mended as it was", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA() });
    const { sync, room, store } = await anIntake(source);
    await sync();
    source.commit({ [A]: "kind: [" });
    await sync();
    const broken = await room("room-a");
    expect(broken.headProblem?.reason).to.equal("SpecInvalid");
    expect(broken.headProblem?.message).to.include(`${A}:1:`);
    expect(broken.head?.specVersion).to.equal(1);
    expect((await store.readSource("specs"))?.specErrors[0]?.path).to.equal(A);
    source.commit({ [A]: specA() });
    await sync();
    expect((await room("room-a")).headProblem).to.equal(null);
    expect((await store.readSource("specs"))?.specErrors).to.deep.equal([]);
  });

  it("orphans a room whose file is gone and tells that it was released", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(), [B]: specB() });
    const { sync, room, released } = await anIntake(source);
    await sync();
    source.commit({ [A]: null });
    await sync();
    const row = await room("room-a");
    expect(row.owner).to.equal(null);
    expect(row.conditions.map(({ type, reason }) => `${type} ${reason}`)).to.include(
      "Orphaned NoSpec",
    );
    expect(released).to.deep.equal(["room-a"]);
  });

  it("follows a move without losing anything of the room", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(), [B]: specB() });
    const { sync, room, released } = await anIntake(source);
    await sync();
    source.commit({ [A]: null, "moved/a.room.yaml": specA() });
    await sync();
    expect((await room("room-a")).owner).to.deep.equal({
      kind: "git",
      source: "specs",
      path: "moved/a.room.yaml",
    });
    expect(released).to.deep.equal([]);
  });

  it("counts no snapshot without specs, reads it once, and goes on from the last good one", async () => {
    const source = new FakeSpecSource();
    const good = source.commit({ [A]: specA() });
    const { sync, room, intake } = await anIntake(source);
    await sync();
    const empty = source.commit({ [A]: null });
    expect(await sync()).to.include({ kind: "failed", reason: "SourceEmptied" });
    expect(intake.observedHead).to.equal(good);
    expect(intake.heldAt(empty)).to.include({ reason: "SourceEmptied" });
    expect((await room("room-a")).owner).to.deep.include({ path: A });
    source.commit({ [B]: specB() });
    expect((await sync()).kind).to.equal("synced");
    expect((await room("room-a")).owner).to.equal(null);
    expect((await room("room-b")).head?.specVersion).to.equal(1);
  });

  it("takes nothing from a fetch that failed, even where a source may run empty", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(), [B]: specB() });
    const { intake, sync, room, store, enqueued } = await anIntake(source, { allowEmpty: true });
    await sync();
    enqueued.length = 0;
    const before = store.written.length;
    const failure = { kind: "failed", reason: "CorruptPack", message: "cut off" } as const;
    source.sync = async () => failure;
    source.commit({ [A]: specA(2) });
    expect(await sync()).to.deep.equal(failure);
    expect(store.written.slice(before)).to.deep.equal([]);
    expect(enqueued).to.deep.equal([]);
    expect((await room("room-a")).owner).to.not.equal(null);
    expect(intake.heldAt(source.head)).to.equal(null);
  });

  it("lets all rooms go when a commit names every one of them, or when AllowEmpty says so", async () => {
    const named = new FakeSpecSource();
    named.commit({ [A]: specA(), [B]: specB() });
    const one = await anIntake(named);
    await one.sync();
    named.commit({ [A]: null, [B]: null }, "Close down\n\nConfirm: room-a, room-b\n");
    expect((await one.sync()).kind).to.equal("synced");
    expect(one.released).to.have.members(["room-a", "room-b"]);

    const allowed = new FakeSpecSource();
    allowed.commit({ [A]: specA() });
    const two = await anIntake(allowed, { allowEmpty: true });
    await two.sync();
    allowed.commit({ [A]: null });
    expect((await two.sync()).kind).to.equal("synced");
    expect(two.released).to.deep.equal(["room-a"]);
  });

  it("refuses both of two new files that name one room", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA(), [B]: specA(), "c.room.yaml": specB() });
    const { sync, store, enqueued } = await anIntake(source);
    await sync();
    expect(await store.readRoom("room-a")).to.equal(null);
    expect(enqueued).to.deep.equal(["room-b"]);
    const errors = (await store.readSource("specs"))?.specErrors ?? [];
    expect(errors.map(({ path }) => path)).to.have.members([A, B]);
    for (const { message } of errors) expect(message).to.include(A).and.include(B);
    source.commit({ [B]: null });
    await sync();
    expect((await store.readRoom("room-a"))?.owner).to.deep.include({ path: A });
  });

  it("records a trailer that does not count on the rooms its commit touches, and in the audit", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA() });
    const { sync, room, store } = await anIntake(source);
    await sync();
    source.commit({ [A]: specA(2) }, "Change\n\nconfirm: true\n");
    await sync();
    expect((await room("room-a")).intentIgnored.map(({ line }) => line)).to.deep.equal([
      "confirm: true",
    ]);
    const actions = (await store.readAudit({ count: 100 })).map(({ action }) => action);
    expect(actions).to.include("intent.ignored");
  });

  it("notes a failing source when it begins, changes and ends, not at each look", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA() });
    const { intake, store, sync, clock } = await anIntake(source);
    await sync();
    const down = { kind: "failed", reason: "Unreachable", message: "refused" } as const;
    expect(await intake.note(down)).to.equal(true);
    const since = (await store.readSource("specs"))?.lastError?.since;
    clock.jumpWall(60_000);
    expect(await intake.note(down)).to.equal(false);
    expect(await intake.note({ ...down, reason: "ServerError", message: "500" })).to.equal(true);
    expect(await intake.note({ kind: "ok" })).to.equal(true);
    expect(await intake.note({ kind: "ok" })).to.equal(false);
    const actions = (await store.readAudit({ count: 100 })).map(
      ({ action, metadata }) => `${action} ${JSON.stringify(metadata["reason"] ?? "")}`,
    );
    expect(actions.filter((text) => text.startsWith("source."))).to.deep.equal([
      'source.synced ""',
      'source.failed "Unreachable"',
      'source.failed "ServerError"',
      'source.recovered ""',
    ]);
    expect(since).to.equal("2026-01-01T00:00:00.000Z");
  });

  it("starts without a previous head when the source points elsewhere now", async () => {
    const source = new FakeSpecSource();
    source.commit({ [A]: specA() });
    const first = await anIntake(source);
    await first.sync();
    const row = await first.store.readSource("specs");
    if (row === null) throw new Error("no source row");
    await first.store.write([{ kind: "source", row: { ...row, path: "elsewhere" } }]);
    const second = await anIntake(source, { store: first.store });
    expect(second.intake.observedHead).to.equal(null);
  });
});
