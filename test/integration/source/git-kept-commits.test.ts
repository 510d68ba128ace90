import { expect } from "chai";
import type { CommitRange } from "../../../agent/source/spec-source.ts";
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

  describe("what the branch did since", () => {
    const oidsOf = (range: CommitRange | null) => range?.since?.commits.map(({ oid }) => oid);

    it("is known of a head that is not built on the one before", async () => {
      const other = bench.repository.commit(v(3), { parents: [first] });
      const head = bench.repository.commit(v(4));
      const { range } = await bench.sync(head, { since: [second, first] });
      expect(range?.since?.after).to.deep.equal([first]);
      expect(oidsOf(range)).to.deep.equal([other, head]);
      expect(range?.since?.commits.map(({ touches }) => touches.length)).to.deep.equal([1, 1]);
    });

    it("is nothing at the very commit", async () => {
      const { range } = await bench.sync(second, { since: [second] });
      expect(range?.since).to.deep.equal({ after: [second], commits: [] });
    });

    it("is brought where a clone begins with the head", async () => {
      const others = await GitSourceBench.start();
      try {
        const start = others.repository.commit(v(1));
        const oids = [2, 3, 4].map((version) => others.repository.commit(v(version)));
        const { range } = await others.sync(oids[2] ?? "", { since: [start, oids[1] ?? ""] });
        expect(range).to.deep.include({ history: "first" });
        expect(range?.since?.after).to.have.members([start, oids[1]]);
        expect(oidsOf(range)).to.deep.equal(oids);
      } finally {
        await others.stop();
      }
    });

    it("is not known where the branch does not have the commit", async () => {
      const others = await GitSourceBench.start();
      try {
        const head = others.repository.commit(v(1));
        const { range } = await others.sync(head, { since: ["f".repeat(40)] });
        expect(range?.since).to.deep.equal({ after: [], commits: [] });
      } finally {
        await others.stop();
      }
    });
  });
});
