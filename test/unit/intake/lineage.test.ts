import { expect } from "chai";
import { leftAfter, lineageAfter } from "../../../agent/intake/lineage.ts";
import { anIntake } from "../../support/an-intake.ts";
import { aSourceRow } from "../../support/a-row.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { rejection } from "../../support/rejection.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const B = "rooms/b.room.yaml";
const specA = (version: number) => specYaml({ roomId: "room-a", version, entities: ["E-01"] });
const specB = (version: number) => specYaml({ roomId: "room-b", version, entities: ["E-01"] });

describe("lineageAfter", () => {
  const none = aSourceRow({ name: "specs" });
  const some = aSourceRow({ name: "specs", lineage: { count: 3, id: "specs/3/abc" } });

  it("goes on while each head is built on the one before", () => {
    expect(lineageAfter(some, { history: "descends" }, "def")).to.deep.equal(some.lineage);
  });

  for (const { name, source, history, want } of [
    { name: "the first head", source: none, history: "first", want: "specs/1/def" },
    { name: "a head of another branch", source: some, history: "first", want: "specs/4/def" },
    { name: "a rewritten history", source: some, history: "rewritten", want: "specs/4/def" },
    { name: "a line that is not known", source: none, history: "descends", want: "specs/1/def" },
  ] as const) {
    it(`begins a line with ${name}`, () => {
      expect(lineageAfter(source, { history }, "def").id).to.equal(want);
    });
  }

  it("names the line that begins at the same commit again as another one", () => {
    const first = lineageAfter(none, { history: "first" }, "abc");
    const second = lineageAfter({ ...none, lineage: first }, { history: "rewritten" }, "def");
    const third = lineageAfter({ ...none, lineage: second }, { history: "rewritten" }, "abc");
    expect(new Set([first.id, second.id, third.id]).size).to.equal(3);
  });

  it("resumes the line of the head that the branch returns to, and names the next one as none before", () => {
    const away = aSourceRow({
      name: "specs",
      observedHead: "def",
      lineage: { count: 2, id: "specs/2/def" },
      left: [{ head: "abc", lineage: { count: 1, id: "specs/1/abc" } }],
    });
    const range = { history: "rewritten", returnedTo: ["abc"] } as const;
    const lineage = lineageAfter(away, range, "abc");
    expect(lineage).to.deep.equal({ count: 2, id: "specs/1/abc" });
    const left = leftAfter(away, range, "abc");
    expect(left).to.deep.equal([{ head: "def", lineage: away.lineage }]);
    const again = lineageAfter({ ...away, lineage, left }, { history: "rewritten" }, "def");
    expect(again.id).to.equal("specs/3/def");
  });

  it("forgets a head that the branch is at again by a fast-forward", () => {
    const away = aSourceRow({
      name: "specs",
      observedHead: "0",
      left: [{ head: "1", lineage: null }],
    });
    expect(leftAfter(away, { history: "descends" }, "1")).to.deep.equal([]);
    expect(leftAfter(away, { history: "descends" }, "2")).to.deep.equal(away.left);
  });

  it("remembers the heads that the branch left, newest first, each once and 16 at most", () => {
    let row = aSourceRow({ name: "specs", observedHead: "0" });
    for (let at = 1; at <= 20; at += 1) {
      const left = leftAfter(row, { history: "rewritten" }, `${at % 18}`);
      row = { ...row, left, observedHead: `${at % 18}` };
    }
    expect(row.left).to.have.length(16);
    expect(row.left[0]?.head).to.equal("1");
    expect(new Set(row.left.map(({ head }) => head)).size).to.equal(16);
  });
});

describe("the line a room was observed in", () => {
  it("stays while commits follow on each other, and is another one after a forced push", async () => {
    const source = new FakeSpecSource();
    const base = source.commit({ [A]: specA(1), [B]: specB(1) });
    const { sync, room } = await anIntake(source);
    await sync();
    const line = (await room("room-a")).lineage;
    expect(line).to.equal(`specs/1/${base}`);
    source.commit({ [A]: specA(2) });
    await sync();
    expect((await room("room-a")).lineage).to.equal(line);

    source.force(base);
    await sync();
    expect((await room("room-a")).lineage).to.equal(`specs/2/${base}`);
    expect((await room("room-b")).lineage, "of a room with the same inputs").to.equal(line);
    source.commit({ [B]: specB(2) });
    await sync();
    expect((await room("room-b")).lineage).to.equal(`specs/2/${base}`);
  });

  it("is found again when a snapshot is taken in anew after a crash", async () => {
    const source = new FakeSpecSource();
    const base = source.commit({ [A]: specA(1), [B]: specB(1) });
    const first = await anIntake(source);
    await first.sync();
    source.commit({ [A]: specA(2), [B]: specB(2) });
    await first.sync();
    source.force(base);
    source.beforeFile = (path) => {
      if (path === B) throw new Error("killed");
    };
    await rejection(first.sync());
    source.beforeFile = () => undefined;
    const second = await anIntake(source, { store: first.store });
    await second.sync();
    const lines = [await second.room("room-a"), await second.room("room-b")];
    expect(lines.map(({ lineage }) => lineage)).to.deep.equal([
      `specs/2/${base}`,
      `specs/2/${base}`,
    ]);
    expect((await second.store.readSource("specs"))?.lineage?.count).to.equal(2);
  });
});
