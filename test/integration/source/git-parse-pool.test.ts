import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { ParseBudget } from "../../../agent/source/parse-budget.ts";
import { ParsePool } from "../../../agent/source/parse-pool.ts";
import { eventually } from "../../support/eventually.ts";
import { rejection } from "../../support/rejection.ts";

const TOUCHY = new URL("./touchy-parser.ts", import.meta.url);

describe("ParsePool", () => {
  let pool: ParsePool;
  /** A file that hangs costs its whole time, and one that hoards the whole heap. */
  const start = (program: URL, threads = 2, timeoutMs = 200) => {
    pool = new ParsePool({ threads, timeoutMs, heapMb: 16, program });
  };
  afterEach(() => pool.close());

  const parse = (path: string, text: string, watch?: ParseBudget) =>
    pool.parse({ path, bytes: Buffer.from(text), maxBytes: 1_000, roomIdPattern: "^x$" }, watch);

  for (const poison of ["die", "throw", "hang", "hoard"]) {
    it(`makes a file that would ${poison} invalid, and parses every other one`, async () => {
      start(TOUCHY);
      const good = Array.from({ length: 30 }, (_, index) => `good-${index}`);
      const parsing = good.map((path, index) =>
        index === 10 ? [parse(path, ""), parse("bad", poison)] : [parse(path, "")],
      );
      const parsed = await Promise.all(parsing.flat());
      const poisoned = parsed.find((one) => one.kind === "invalid" && one.roomId === null);
      expect(poisoned).to.have.nested.property("errors[0].path", "bad");
      expect(poisoned)
        .to.have.nested.property("errors[0].message")
        .that.contains("until it changes");
      const rooms = parsed.flatMap((one) => (one.kind === "invalid" ? (one.roomId ?? []) : []));
      expect(rooms).to.have.members(good);
    });
  }

  it("blames the file and not the parser, however late it hears of both", async () => {
    start(TOUCHY, 1);
    const parsing = Promise.all(["", "", "throw", ""].map((text, at) => parse(`file-${at}`, text)));
    // The parser's thread is over before this one looks at anything that it said.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    const parsed = await parsing;
    const rooms = parsed.map((one) => (one.kind === "invalid" ? one.roomId : undefined));
    expect(rooms).to.deep.equal(["file-0", "file-1", null, "file-3"]);
  });

  it("does not hold the answers of files back for one behind them that hangs", async () => {
    start(TOUCHY, 1);
    const order: string[] = [];
    await Promise.all(
      [
        ["first", "sleep 100"],
        ["bad", "hang"],
      ].map(([path = "", text = ""]) => parse(path, text).then(() => order.push(path))),
    );
    expect(order).to.deep.equal(["first", "bad"]);
  });

  it("parses a few files in one thread", async () => {
    let threads = 0;
    const count = () => (threads += 1);
    process.on("worker", count);
    try {
      start(TOUCHY, 4);
      await Promise.all(Array.from({ length: 20 }, (_, index) => parse(`good-${index}`, "")));
      expect(threads).to.equal(1);
    } finally {
      process.off("worker", count);
    }
  });

  it("takes more threads when files wait", async () => {
    let threads = 0;
    const count = () => (threads += 1);
    process.on("worker", count);
    try {
      start(TOUCHY, 3);
      const slow = Array.from({ length: 40 }, (_, index) => parse(`good-${index}`, "sleep 100"));
      await Promise.all(slow);
      expect(threads).to.equal(3);
    } finally {
      process.off("worker", count);
    }
  });

  for (const [files, threads] of [
    [26, 1],
    [1_000, 2],
  ] as const)
    it(`has ${threads} of 2 threads where files wait and ${files} are to be parsed in all`, async () => {
      let started = 0;
      const count = () => (started += 1);
      process.on("worker", count);
      try {
        start(TOUCHY, 2);
        const budget = new ParseBudget(60, files);
        const first = Array.from({ length: 26 }, (_, index) => `good-${index}`);
        await Promise.all(first.map((path) => parse(path, "sleep 30", budget)));
        expect(started).to.equal(threads);
      } finally {
        process.off("worker", count);
      }
    });

  it("keeps one thread when nothing is left to do, and has it free memory once after many files", async () => {
    let threads = 0;
    const count = () => (threads += 1);
    process.on("worker", count);
    try {
      pool = new ParsePool({
        threads: 2,
        timeoutMs: 2_000,
        heapMb: 64,
        program: TOUCHY,
        idleMs: 1,
      });
      await Promise.all(Array.from({ length: 199 }, (_, index) => parse(`good-${index}`, "")));
      expect(await parse("few", "freed")).to.have.property("roomId", "freed 0");
      await eventually("memory freed", async () => {
        const parsed = await parse("many", "freed");
        return parsed.kind === "invalid" && parsed.roomId === "freed 1";
      });
      expect(await parse("again", "freed")).to.have.property("roomId", "freed 1");
      expect(threads).to.equal(1);
    } finally {
      process.off("worker", count);
    }
  });

  it("lets the other thread work while one hangs", async () => {
    // The other one is started when files have waited for half a second.
    start(TOUCHY, 2, 1_200);
    const budget = new ParseBudget(60, 15);
    await Promise.all([parse("warm-1", "", budget), parse("warm-2", "", budget)]);
    const order: string[] = [];
    await Promise.all([
      parse("bad", "hang", budget).then(() => order.push("bad")),
      ...Array.from({ length: 12 }, (_, index) =>
        parse(`good-${index}`, "", budget).then(() => order.push("good")),
      ),
    ]);
    expect(order.slice(0, 5)).to.deep.equal(["good", "good", "good", "good", "good"]);
  });

  it("lets a file take longer than its time where the machine gives its thread no processor", async () => {
    start(TOUCHY, 1, 300);
    const parsed = await Promise.all([parse("slow", "sleep 1000"), parse("next", "")]);
    expect(parsed.map((one) => one.kind === "invalid" && one.roomId)).to.deep.equal([
      "slow",
      "next",
    ]);
  });

  it("blames no file that was given no processor for ten times its time, and parses the others", async () => {
    start(TOUCHY, 1, 100);
    const parsing = [parse("good", ""), rejection(parse("slow", "sleep 60000")), parse("next", "")];
    const [, error] = await Promise.all(parsing);
    expect(error).to.have.property("code", "WorkerFailed");
    expect(error).to.have.property("message").that.contains("Give the agent more processor time");
    expect(await parsing[2]).to.have.property("roomId", "next");
  });

  it("blames no file when the system gives the parser no thread", async () => {
    // A worker of this address is refused before it begins.
    start(new URL("https://parser.test/no-such-parser.ts"));
    const errors = await Promise.all([parse("one", ""), parse("two", "")].map(rejection));
    for (const error of errors) expect(error).to.have.property("code", "WorkerFailed");
    expect(errors[0]).to.have.property("message").that.contains("could not be started");
  });

  it("blames no file when the parser itself cannot start", async () => {
    start(new URL("./no-such-parser.ts", import.meta.url));
    const error = await rejection(parse("good", ""));
    expect(error).to.be.instanceOf(OperatorError).with.property("code", "WorkerFailed");
  });

  it("refuses files once it is closed, and closes twice", async () => {
    start(TOUCHY);
    await parse("good", "");
    await pool.close();
    await pool.close();
    await rejection(parse("late", ""));
  });
});
