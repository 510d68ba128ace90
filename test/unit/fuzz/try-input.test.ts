import { expect } from "chai";
import { typed } from "../../fuzz/targets/typed.ts";
import type { FuzzTarget } from "../../fuzz/fuzz-target.ts";
import { tryInput, type Meter } from "../../fuzz/try-input.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";

const tryRun = (run: FuzzTarget["run"], meter?: Meter) =>
  tryInput(
    { name: "n", what: "w", seeds: [], words: [], maxBytes: 1, run },
    new Uint8Array(),
    meter,
  );

describe("tryInput", () => {
  it("tells how an input ended", async () => {
    expect(await tryRun(() => "well")).to.deep.equal({ kind: "ended", word: "well" });
  });

  it("lets typed errors pass and calls any other a crash", async () => {
    const fails = (error: Error) => () =>
      typed(() => {
        throw error;
      });
    const ended = await tryRun(fails(new OperatorError("CorruptPack", "the pack is cut")));
    expect(ended).to.deep.equal({ kind: "ended", word: "CorruptPack the pack is cut" });
    const crash = await tryRun(fails(new RangeError("too much")));
    expect(crash).to.deep.equal({ kind: "crash", why: "RangeError: too much" });
    expect(await tryRun(() => Promise.reject(new Error("late")))).to.deep.equal({
      kind: "crash",
      why: "Error: late",
    });
  });

  for (const { name, takes, want } of [
    { name: "200 ms of processor time", takes: [{ cpuMs: 201 }], want: "crash" },
    { name: "64 MiB of buffers", takes: [{ bufferBytes: 65 * 2 ** 20 }], want: "crash" },
    { name: "either, once and not again", takes: [{ cpuMs: 900 }, { cpuMs: 3 }], want: "ended" },
  ] as const) {
    it(`calls more than ${name} ${want === "crash" ? "a crash" : "none"}`, async () => {
      const total = { cpuMs: 0, bufferBytes: 0 };
      const meter = { cpuMs: () => total.cpuMs, bufferBytes: () => total.bufferBytes };
      let runs = 0;
      const run = () => {
        const took: Partial<typeof total> = takes[runs % takes.length] ?? {};
        total.cpuMs += took.cpuMs ?? 0;
        total.bufferBytes += took.bufferBytes ?? 0;
        runs += 1;
        return "ended";
      };
      expect(await tryRun(run, meter)).to.have.property("kind", want);
    });
  }

  it("measures this thread", async () => {
    const tried = await tryRun(() => {
      const before = process.threadCpuUsage();
      for (let sum = 0, isOver = false; !isOver;) {
        for (let step = 0; step < 1_000_000; step += 1) sum += step;
        isOver = sum > 0 && process.threadCpuUsage(before).user > 210_000;
      }
      return "slow";
    });
    expect(tried).to.have.property("why").that.contains("200 ms");
  });

  it("calls a changed prototype a crash, and changes it back", async () => {
    const tried = await tryRun(() => {
      Object.assign(Object.prototype, { pwn: 1 });
      return "polluted";
    });
    expect(tried).to.deep.equal({ kind: "crash", why: "added Object.prototype.pwn" });
    expect({}).to.not.have.property("pwn");
  });
});
