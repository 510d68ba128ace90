import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";

/** A spec that takes long to refuse: each member is a finding. */
const slow = (at: number) =>
  `metadata: { version: ${at} }\nspec:\n  roomId: room-slow\n` +
  Array.from({ length: 10_000 }, (_, member) => `  m${member}: 1\n`).join("");

const paths = (count: number, text: (at: number) => string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`slow/${at}.room.yaml`, text(at + 1)]),
  );

describe("git source: time of parsing", function () {
  this.timeout(120_000);
  let bench: GitSourceBench;
  const start = async (options: BenchOptions) => {
    bench = await GitSourceBench.start(options);
  };
  afterEach(() => bench.stop());

  it("parses a file once, however many paths it is at", async () => {
    await start({ limits: { parseSeconds: 60 } });
    bench.repository.commit({ "a.room.yaml": specText("room-a"), ...paths(1, () => slow(1)) });
    let began = performance.now();
    await bench.follow();
    const once = performance.now() - began;
    bench.repository.commit(paths(40, () => slow(2)));
    began = performance.now();
    const { result, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(files).to.have.length(40);
    for (const { path, parsed } of files) {
      if (parsed.kind === "valid") throw new Error(`${path} is invalid`);
      expect(parsed.errors[0]?.path).to.equal(path);
      expect(parsed.errors).to.have.length(21);
    }
    expect(performance.now() - began).to.be.below(once * 10 + 2_000);
  });

  it("gives a snapshot up that takes too long, names the slowest files, and asks for it once", async () => {
    await start({ limits: { parseSeconds: 1 } });
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    expect((await bench.follow()).result.kind).to.equal("ready");
    bench.repository.commit(paths(30, slow));
    const { result } = await bench.follow();
    expect(result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(result)
      .to.have.property("message")
      .that.contains("ParseSeconds: 1")
      .and.matches(/slow\/\d+\.room\.yaml \(\d+ ms\)/);
    const began = performance.now();
    expect((await bench.follow()).result).to.deep.equal(result);
    // The first time took more than ParseSeconds.
    expect(performance.now() - began).to.be.below(900);

    bench.repository.commit(
      Object.fromEntries(Object.keys(paths(30, slow)).map((path) => [path, null])),
    );
    const after = await bench.follow();
    expect(after.result.kind).to.equal("ready");
    expect(after.range?.history).to.equal("descends");
  });
});
