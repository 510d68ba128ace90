import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";

/** A spec that takes long to refuse, more than a hundredth of a millisecond a member: each is a finding. */
const slow = (at: number, members: number) =>
  `metadata: { version: ${at} }\nspec:\n  roomId: room-slow\n` +
  Array.from({ length: members }, (_, member) => `  m${member}: 1\n`).join("");

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
    // With what each path adds, 40 parses take more than twice this time.
    await start({ limits: { parseSeconds: 0.2 } });
    bench.repository.commit(paths(40, () => slow(2, 2_000)));
    const { result, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(files).to.have.length(40);
    for (const { path, parsed } of files) {
      if (parsed.kind === "valid") throw new Error(`${path} is invalid`);
      expect(parsed.errors[0]?.path).to.equal(path);
      expect(parsed.errors).to.have.length(21);
    }
  });

  it("tells a file before those behind it are parsed, which may name seeds that have to be fetched", async () => {
    await start({});
    bench.repository.commit({
      "a.room.yaml": specText("room-a"),
      ...paths(20, (at) => slow(at, 400)),
    });
    const { files, order } = await bench.follow();
    expect(files).to.have.length(21);
    expect(files[0]?.path).to.equal("a.room.yaml");
    expect(order.filter((told) => told.startsWith("files:"))).to.have.length.above(1);
  });

  it("gives a snapshot up that takes too long, names the slowest files, and asks for it once", async () => {
    // Eight of them are with the parser when the time is up, and are parsed to their end.
    const tooLong = paths(20, (at) => slow(at, 3_000));
    await start({});
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    expect((await bench.follow()).result.kind).to.equal("ready");
    await bench.restart({ limits: { parseSeconds: 0.1 } });
    bench.repository.commit(tooLong);
    const { result } = await bench.follow();
    expect(result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(result)
      .to.have.property("message")
      .that.contains("ParseSeconds: 0.1")
      .and.matches(/slow\/\d+\.room\.yaml \(\d+ ms\)/);
    // Parsed again, the slowest files would have taken other times.
    expect((await bench.follow()).result).to.deep.equal(result);

    bench.repository.commit(Object.fromEntries(Object.keys(tooLong).map((path) => [path, null])));
    const after = await bench.follow();
    expect(after.result.kind).to.equal("ready");
    expect(after.range?.history).to.equal("descends");
  });
});
