import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { GitWorkerClient } from "../../../agent/source/git/git-worker-client.ts";
import { DEFAULT_LIMITS } from "../../support/git-source-bench.ts";
import { eventually } from "../../support/eventually.ts";
import { rejection } from "../../support/rejection.ts";

const READER = { id: 1, path: ".", limits: DEFAULT_LIMITS };

const SETTINGS = {
  url: "http://127.0.0.1:1",
  folder: "/nowhere",
  limits: DEFAULT_LIMITS,
  deadlines: { headersMs: 1, idleMs: 1, totalMs: 1 },
  roomIdPattern: ".",
  parse: { threads: 1, timeoutMs: 1, heapMb: 16 },
  rotation: ROTATION_LIMITS,
};

describe("GitWorkerClient", () => {
  let client: GitWorkerClient;
  const { signal } = new AbortController();
  beforeEach(() => {
    client = new GitWorkerClient({
      settings: SETTINGS,
      silenceMs: 3_000,
      heapMb: 64,
      program: new URL("./touchy-git-worker.ts", import.meta.url),
    });
  });
  afterEach(() => client.close());

  const settle = (head: string, options = { signal }) =>
    client.call({ kind: "settle", reader: READER, head }, options);

  for (const head of ["hang", "die"]) {
    it(`fails what is under way with WorkerFailed when the worker would ${head}, then starts a new one`, async () => {
      await settle("fine");
      const other = rejection(
        client.call(
          { kind: "readSpecs", reader: READER, oids: [], credentials: { kind: "none" } },
          { signal },
        ),
      );
      expect(await rejection(settle(head))).to.have.property("code", "WorkerFailed");
      expect(await other).to.have.property("code", "WorkerFailed");
      expect(await settle("fine")).to.deep.equal({ kind: "settled" });
    });
  }

  it("lets work go on beyond its deadline as long as it is told of", async () => {
    await settle("fine");
    expect(await settle("work")).to.deep.equal({ kind: "settled" });
  });

  it("rejects with a defect as an error that is no failure of the source", async () => {
    const error = await rejection(settle("defect"));
    expect(error.message).to.contain("a bug");
    expect(error).to.not.have.property("code");
  });

  it("gives a call up at once when its signal aborts", async () => {
    const stop = new AbortController();
    const given = rejection(settle("hang", { signal: stop.signal }));
    const reason = new Error("stopping");
    stop.abort(reason);
    expect(await given).to.equal(reason);
    expect(await settle("fine")).to.deep.equal({ kind: "settled" });
  });

  it("starts a new worker only when the one before it has ended", async () => {
    const stop = new AbortController();
    await settle("fine");
    const given = rejection(settle("hang", { signal: stop.signal }));
    await setImmediate();
    stop.abort(new Error("stopping"));
    const atMs = performance.now();
    expect(await settle("fine")).to.deep.equal({ kind: "settled" });
    expect(performance.now() - atMs, "the grace of the one that hangs").to.be.above(490);
    expect((await given).message).to.equal("stopping");
  });

  it("ends a worker that has nothing to do, and starts another for the next call", async () => {
    const lives: string[] = [];
    const ended = Promise.withResolvers<void>();
    const resting = new GitWorkerClient({
      settings: SETTINGS,
      silenceMs: 3_000,
      keepAliveMs: 50,
      heapMb: 64,
      startThread: (program, options) => {
        const thread = new Worker(program, options);
        lives.push("started");
        thread.on("exit", () => {
          lives.push("ended");
          ended.resolve();
        });
        return thread;
      },
      program: new URL("./touchy-git-worker.ts", import.meta.url),
    });
    const call = () => resting.call({ kind: "settle", reader: READER, head: "fine" }, { signal });
    try {
      await Promise.all([call(), call()]);
      await ended.promise;
      expect(await call()).to.deep.equal({ kind: "settled" });
      expect(lives).to.deep.equal(["started", "ended", "started"]);
    } finally {
      await resting.close();
    }
  });

  describe("that is started ahead of its first call", () => {
    const lives: string[] = [];
    let refused: Error | null = null;
    let ahead: GitWorkerClient;

    beforeEach(() => {
      lives.length = 0;
      refused = null;
      ahead = new GitWorkerClient({
        settings: SETTINGS,
        silenceMs: 3_000,
        keepAliveMs: 50,
        heapMb: 64,
        startThread: (program, options) => {
          if (refused !== null) throw refused;
          const thread = new Worker(program, options);
          lives.push("started");
          thread.on("exit", () => lives.push("ended"));
          return thread;
        },
        program: new URL("./touchy-git-worker.ts", import.meta.url),
      });
    });
    afterEach(() => ahead.close());

    const call = () => ahead.call({ kind: "settle", reader: READER, head: "fine" }, { signal });

    it("serves that call", async () => {
      ahead.warm();
      expect(await call()).to.deep.equal({ kind: "settled" });
      expect(lives).to.deep.equal(["started"]);
    });

    it("ends when no call comes", async () => {
      ahead.warm();
      await eventually("it has ended", () => lives.includes("ended"));
      expect(await call()).to.deep.equal({ kind: "settled" });
      expect(lives).to.deep.equal(["started", "ended", "started"]);
    });

    it("fails a call with a reason when the system gives no thread, and serves the next", async () => {
      refused = new Error("no thread");
      ahead.warm();
      const error = await rejection(call());
      expect(error).to.have.property("code", "WorkerFailed");
      expect(error.message).to.match(/could not be started \(no thread\)/);
      refused = null;
      expect(await call()).to.deep.equal({ kind: "settled" });
    });
  });

  it("keeps a worker while a call is under way, however long that takes", async () => {
    const patient = new GitWorkerClient({
      settings: SETTINGS,
      silenceMs: 3_000,
      keepAliveMs: 20,
      heapMb: 64,
      program: new URL("./touchy-git-worker.ts", import.meta.url),
    });
    const work = () => patient.call({ kind: "settle", reader: READER, head: "work" }, { signal });
    try {
      await patient.call({ kind: "settle", reader: READER, head: "fine" }, { signal });
      expect(await work()).to.deep.equal({ kind: "settled" });
    } finally {
      await patient.close();
    }
  });

  it("fails a call that waits for the end of the worker before it when it is closed", async () => {
    await settle("fine");
    const first = rejection(settle("hang"));
    await setImmediate();
    const stop = new AbortController();
    const second = rejection(settle("hang", { signal: stop.signal }));
    stop.abort(new Error("stopping"));
    const third = rejection(settle("fine"));
    await client.close();
    expect(await first).to.have.property("code", "WorkerFailed");
    expect((await second).message).to.equal("stopping");
    expect(await third).to.have.property("code", "WorkerFailed");
  });

  it("is closed at once when it was never used, and once however often that is asked for", async () => {
    const closing = client.close();
    expect(client.close()).to.equal(closing);
    await closing;
    expect(await rejection(settle("fine"))).to.have.property("code", "WorkerFailed");
  });

  it("fails what is under way when it is closed, and everything afterwards", async () => {
    const given = rejection(settle("work"));
    await client.close();
    expect(await given).to.have.property("code", "WorkerFailed");
    expect(await rejection(settle("fine"))).to.have.property("code", "WorkerFailed");
  });
});
