import { expect } from "chai";
import { specSourceContract } from "../../contract/spec-source.contract.ts";
import type { SpecSourceRig } from "../../contract/spec-source.contract.ts";
import { packSpec } from "../../../agent/spec/pack-spec.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

async function gitRig(options: BenchOptions = {}): Promise<SpecSourceRig> {
  const bench = await GitSourceBench.start({ ...options, asksGit: true });
  let before = { previous: bench.previous, known: bench.known, trail: bench.trail };
  return {
    get source() {
      return bench.source;
    },
    signal: bench.signal,
    commit: (files, message) =>
      bench.repository.commit(files, message === undefined ? {} : { message }),
    follow: () => {
      before = { previous: bench.previous, known: bench.known, trail: bench.trail };
      return bench.follow();
    },
    forgetLast: () => Object.assign(bench, before),
    restart: () => bench.restart(),
    stop: () => bench.stop(),
  };
}

describe("git source", () => {
  describe("as every SpecSource", () => specSourceContract(gitRig));
  describe("as every SpecSource, of a server that knows filters", () =>
    specSourceContract(() => gitRig({ filter: true })));

  describe("following a branch", () => {
    let bench: GitSourceBench;
    beforeEach(async () => {
      bench = await GitSourceBench.start({ asksGit: true });
    });
    afterEach(() => bench.stop());

    it("costs one small request when nothing changed", async () => {
      bench.repository.commit({ "a.room.yaml": specText("room-a") });
      await bench.follow();
      bench.server.requests.length = 0;
      for (let poll = 0; poll < 3; poll += 1) await bench.source.poll(bench.signal);
      expect(bench.server.requests).to.have.length(3);
      for (const { requestBytes, responseBytes } of bench.server.requests) {
        expect(requestBytes + responseBytes).to.be.below(300);
      }
    });

    it("downloads what is new alone", async () => {
      const noise = Array.from({ length: 30_000 }, (_, index) => (index * 7919).toString(36)).join(
        " ",
      );
      bench.repository.commit({ "a.room.yaml": specText("room-a"), "noise.txt": noise });
      await bench.follow();
      bench.repository.commit({ "b.room.yaml": specText("room-b") });
      bench.server.requests.length = 0;
      await bench.follow();
      const bytes = bench.server.requests.reduce((sum, request) => sum + request.responseBytes, 0);
      expect(bytes).to.be.below(3_000);
    });

    it("packs specs for the store, so that the main thread does not", async () => {
      const comment = "# what the room is for\n".repeat(50);
      bench.repository.commit({
        "a.room.yaml": `${comment}${specText("room-a")}`,
        "b.room.yaml": `${comment}nothing of a room: 1\n`,
      });
      const { files } = await bench.follow();
      const [valid, invalid] = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      if (valid?.parsed.kind !== "valid") throw new Error("a valid spec was expected");
      expect(valid.packed).to.be.instanceOf(Uint8Array);
      expect(valid.packed).to.deep.equal(packSpec(valid.parsed.spec, valid.text));
      expect(invalid).not.to.have.property("packed");
    });

    it("tells many files in batches, the first before the last is parsed", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 300 }, (_, index) => [
          `r${index}.room.yaml`,
          specText(`room-${index}`),
        ]),
      );
      bench.repository.commit(files);
      const { order, files: told } = await bench.follow();
      expect(told).to.have.length(300);
      expect(new Set(told.map((file) => file.path)).size).to.equal(300);
      expect(order.length).to.be.above(5);
    });

    it("is WorkerFailed when its worker runs out of memory, and works again with a new one", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [
          `r${index}.room.yaml`,
          specText(`room-${index}`),
        ]),
      );
      bench.repository.commit(files);
      await bench.restart({ tuning: { heapMb: 8 } });
      expect((await bench.follow()).result).to.include({ kind: "failed", reason: "WorkerFailed" });
      await bench.restart();
      expect((await bench.follow()).files).to.have.length(400);
    });
  });
});
