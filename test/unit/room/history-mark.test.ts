import { expect } from "chai";
import { holdingMark, markAfterPass, markRewritten } from "../../../agent/room/history-mark.ts";
import type { Room } from "../../../agent/room/room.ts";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { rejection } from "../../support/rejection.ts";
import { anInput } from "../../support/a-row.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const mark = { from: "main@sha1:a", to: "main@sha1:b", since: "2026-01-01T00:00:00.000Z" };

describe("the mark of a rewritten history", () => {
  it("keeps where it came from over further rewrites, and since when", () => {
    const first = markRewritten(null, { from: "a", to: "b", at: "1" });
    expect(first).to.deep.equal({ from: "a", to: "b", since: "1" });
    const second = markRewritten(first, { from: "b", to: "c", at: "2" });
    expect(second).to.deep.equal({ from: "a", to: "c", since: "1" });
  });

  it("holds for all that a file says, and not for a posted spec", () => {
    const row = { rewritten: mark };
    expect(holdingMark(row, anInput("1"))).to.equal(mark);
    expect(holdingMark(row, { path: null })).to.equal(null);
    expect(holdingMark({ rewritten: null }, anInput("1"))).to.equal(null);
  });

  const later = { ...mark, to: "main@sha1:c" };
  const cases: readonly {
    name: string;
    now: Room["rewritten"];
    before: Room["rewritten"];
    after: Room["rewritten"];
    want: Room["rewritten"];
  }[] = [
    { name: "goes with the pass that converged", now: mark, before: mark, after: null, want: null },
    { name: "stays with any other", now: mark, before: mark, after: mark, want: mark },
    {
      name: "stays when it came during the pass",
      now: mark,
      before: null,
      after: null,
      want: mark,
    },
    { name: "stays when it moved meanwhile", now: later, before: mark, after: null, want: later },
    { name: "does not come back", now: null, before: mark, after: mark, want: null },
  ];
  for (const { name, now, before, after, want } of cases) {
    it(name, () => expect(markAfterPass(now, { before, after })).to.deep.equal(want));
  }
});

const [A, B] = ["rooms/a.room.yaml", "rooms/b.room.yaml"];
const spec = (roomId: string, version: number, entities = ["E-01"]) =>
  specYaml({ roomId, version, entities });

describe("a head that was not built on the one before", () => {
  const start = async () => {
    const source = new FakeSpecSource();
    const base = source.commit({ [A]: spec("room-a", 1), [B]: spec("room-b", 1) });
    const bench = await anIntake(source);
    await bench.sync();
    const second = source.commit({ [A]: spec("room-a", 2) });
    await bench.sync();
    const marks = async () => {
      const rooms = await bench.store.readRooms();
      return rooms.map(({ roomId, rewritten }) =>
        rewritten === null
          ? roomId
          : `${roomId} ${short(rewritten.from)} -> ${short(rewritten.to)}`,
      );
    };
    return { source, base, second, marks, ...bench };
  };
  const short = (revision: string) => revision.replace("main@sha1:", "").slice(0, 6);
  const to = (from: string, head: string) => `${from.slice(0, 6)} -> ${head.slice(0, 6)}`;

  it("marks the rooms whose inputs it changes, and tells the audit of each", async () => {
    const { source, base, second, marks, sync, store, clock, room } = await start();
    expect(await marks()).to.deep.equal(["room-a", "room-b"]);
    source.force(base);
    await sync();
    expect(await marks()).to.deep.equal([`room-a ${to(second, base)}`, "room-b"]);
    expect((await room("room-a")).rewritten?.since).to.equal(new Date(clock.nowMs()).toISOString());
    const records = (await store.readAudit({ count: 100 })).filter(
      ({ action }) => action === "room.historyRewritten",
    );
    expect(records.map(({ metadata }) => metadata)).to.deep.equal([
      {
        actor: "operator",
        room: "room-a",
        source: "specs",
        revision: `main@sha1:${base}`,
        from: `main@sha1:${second}`,
        to: `main@sha1:${base}`,
      },
    ]);
  });

  it("marks no room when it brings the same files", async () => {
    const { source, base, marks, sync, enqueued } = await start();
    source.force(base);
    source.commit({ [A]: spec("room-a", 2) }, "The same, in other words\n");
    enqueued.length = 0;
    await sync();
    expect(await marks()).to.deep.equal(["room-a", "room-b"]);
    expect(enqueued).to.deep.equal([]);
  });

  it("marks no room at a first sync, also of a source that points elsewhere now", async () => {
    const { source, base, marks, sync, store } = await start();
    const row = await store.readSource("specs");
    if (row === null) throw new Error("no source");
    await store.write([{ kind: "source", row: { ...row, path: "other" } }]);
    source.force(base);
    const again = await anIntake(source, { store });
    await again.sync();
    expect(await marks()).to.deep.equal(["room-a", "room-b"]);
    await sync();
  });

  it("marks a room at the head of another ref of the same place that was not built on the one before", async () => {
    const { source, base, marks, store } = await start();
    const row = await store.readSource("specs");
    if (row === null) throw new Error("no source");
    await store.write([{ kind: "source", row: { ...row, ref: "tag v1", observedName: "v1" } }]);
    source.force(base);
    source.commit({ [A]: spec("room-a", 7) });
    const again = await anIntake(source, { store });
    await again.sync();
    const [marked] = await marks();
    expect(marked).to.match(/^room-a .* -> /);
    expect((await again.room("room-a")).rewritten?.from).to.match(/^v1@sha1:/);
  });

  it("keeps the first mark over a second rewrite, and loses it when the branch is back where it came from", async () => {
    const { source, base, second, marks, sync } = await start();
    source.force(base);
    await sync();
    source.commit({ [A]: spec("room-a", 3) });
    await sync();
    expect(await marks(), "built on it").to.deep.equal([`room-a ${to(second, base)}`, "room-b"]);
    source.force(base);
    const third = source.commit({ [A]: spec("room-a", 4), [B]: spec("room-b", 2) });
    await sync();
    const [a, b] = await marks();
    expect(a).to.equal(`room-a ${to(second, third)}`);
    expect(b).to.match(/^room-b .{6} -> /);
    source.force(second);
    await sync();
    const back = await marks();
    expect(back[0]).to.equal("room-a");
    expect(back[1], "was never there").to.match(/^room-b .{6} -> /);
  });

  it("marks rooms whose file broke or vanished, until the branch is back where it was", async () => {
    const { source, base, second, marks, sync, room, store } = await start();
    source.force(base);
    const broken = source.commit({ [A]: spec("room-a", 2).replace("agent", "robot"), [B]: null });
    await sync();
    const [rewrite, orphan] = [to(second, broken), await room("room-b")];
    expect(await marks()).to.deep.equal([`room-a ${rewrite}`, `room-b ${rewrite}`]);
    expect(orphan.owner).to.equal(null);
    source.force(second);
    await sync();
    expect(await marks()).to.deep.equal(["room-a", "room-b"]);
    const records = await store.readAudit({ count: 100 });
    const restored = records.filter(({ action }) => action === "room.historyRestored");
    expect(restored.map(({ metadata }) => metadata["room"])).to.deep.equal(["room-a", "room-b"]);
  });

  it("does not mark a room that is new with it", async () => {
    const { source, base, marks, sync } = await start();
    source.force(base);
    source.commit({ [A]: spec("room-a", 2), "c.room.yaml": spec("room-c", 1) });
    await sync();
    expect(await marks()).to.deep.equal(["room-a", "room-b", "room-c"]);
  });

  it("marks a room in the same write as its inputs, whenever a crash comes", async () => {
    const { source, base, second, marks, sync, store } = await start();
    source.commit({ [B]: spec("room-b", 5) });
    await sync();
    const third = source.head;
    source.force(base);
    source.beforeFile = (path) => {
      if (path === B) throw new Error("killed");
    };
    await rejection(sync());
    expect(await marks()).to.deep.equal([`room-a ${to(third, base)}`, "room-b"]);
    source.beforeFile = () => undefined;
    const again = await anIntake(source, { store });
    await again.sync();
    expect(await marks()).to.deep.equal([`room-a ${to(third, base)}`, `room-b ${to(third, base)}`]);
    expect(second).to.not.equal(third);
  });
});
