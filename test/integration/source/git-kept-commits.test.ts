import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

const v = (version: number) => ({ "a.room.yaml": specText("room-a", { version }) });

describe("git source: which commits a head is built on, of those that are asked for", function () {
  this.timeout(120_000);
  let bench: GitSourceBench;
  let first: string;
  let second: string;

  beforeEach(async () => {
    bench = await GitSourceBench.start();
    first = bench.repository.commit(v(1));
    await bench.follow();
    second = bench.repository.commit(v(2));
    await bench.follow();
  });

  afterEach(() => bench.stop());

  it("says nothing where the head is built on the one before", async () => {
    const third = bench.repository.commit(v(3));
    const { range } = await bench.sync(third, { confirming: [first, second] });
    expect(range).to.not.have.property("kept");
  });

  it("says nothing where none was asked for", async () => {
    const other = bench.repository.commit(v(3), { parents: [first] });
    const { range } = await bench.sync(other);
    expect(range).to.deep.include({ history: "rewritten" }).and.not.have.property("kept");
  });

  it("names those that a rewritten history still has", async () => {
    const other = bench.repository.commit(v(3), { parents: [first] });
    const { range } = await bench.sync(other, { confirming: [second, first, "f".repeat(40)] });
    expect(range).to.deep.include({ history: "rewritten", kept: [first] });
  });

  it("names those that a branch still has that went back to an older head", async () => {
    const asked = { confirming: [second, first], believesAncestor: true };
    const { range } = await bench.sync(first, asked);
    expect(range).to.deep.include({ history: "rewritten", kept: [first] });
  });

  it("names those that it has after a head that never counted", async () => {
    const half = bench.repository.commit(v(3));
    const other = bench.repository.commit(v(4), { parents: [second] });
    const { range } = await bench.sync(other, { confirming: [half, second], isHalf: true });
    expect(range).to.deep.include({ history: "descends", kept: [second] });
  });
});
