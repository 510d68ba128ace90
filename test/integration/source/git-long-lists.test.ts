import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect } from "chai";
import { encodeLine, FLUSH } from "../../../agent/source/git/wire/git-pkt-line.ts";
import type { PollResult } from "../../../agent/source/spec-source.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

const MIB = 1024 * 1024;
const REFS = 250_000;

/** The main thread stood still for 3 s when the whole list was parsed at once; a busy machine alone takes half a second. */
const LONGEST_STALL_MS = 2_000;

describe("git source: long answers to a poll", () => {
  let bench: GitSourceBench;
  let head: string;
  before(async () => {
    bench = await GitSourceBench.start();
    head = bench.repository.commit({ "a.room.yaml": specText("room-a") });
  });
  after(() => bench.stop());
  afterEach(() => bench.server.heal());

  /** Polls, and says how long the main thread stood still at most and what memory it cost. */
  async function watched(): Promise<{ result: PollResult; stallMs: number; grownMb: number }> {
    const before = process.memoryUsage().rss;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const result = await bench.source.poll(bench.signal);
    delay.disable();
    const grownMb = (process.memoryUsage().rss - before) / MIB;
    return { result, stallMs: delay.max / 1e6, grownMb };
  }

  it("refuses 16 MiB of empty packets at the first one", async () => {
    bench.server.break({ kind: "body", body: Buffer.alloc(16 * MIB, "0004") });
    const { result, stallMs, grownMb } = await watched();
    expect(result).to.include({ kind: "failed", reason: "ProtocolError" });
    expect(stallMs, "ms").to.be.below(LONGEST_STALL_MS);
    expect(grownMb, "MB").to.be.below(150);
  });

  it("finds the branch among 250,000 refs of protocol 1 without stopping the main thread", async () => {
    const lines = Array.from({ length: REFS }, (_unused, at) => {
      const line = `${"1".repeat(40)} refs/pull/${String(at).padStart(7, "0")}/head\n`;
      return (line.length + 4).toString(16).padStart(4, "0") + line;
    });
    const answer = Buffer.concat([
      encodeLine("# service=git-upload-pack"),
      FLUSH,
      encodeLine(`${head} HEAD\0side-band-64k shallow symref=HEAD:refs/heads/main`),
      encodeLine(`${head} refs/heads/main`),
      Buffer.from(lines.join("")),
      FLUSH,
    ]);
    bench.server.break({ kind: "body", body: answer });
    const { result, stallMs, grownMb } = await watched();
    expect(result).to.deep.equal({ kind: "head", head });
    expect(stallMs, "ms").to.be.below(LONGEST_STALL_MS);
    expect(grownMb, "MB").to.be.below(150);
  });
});
