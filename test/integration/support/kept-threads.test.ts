import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { GitWorkerThread } from "../../../agent/source/git/git-worker-thread.ts";
import type { FromWorker, ToWorker } from "../../../agent/source/git/git-worker-messages.ts";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { DEFAULT_LIMITS } from "../../support/git-source-bench.ts";
import { keptThreads } from "../../support/kept-threads.ts";

const HEAD = "1".repeat(40);
const READER = { id: 1, path: ".", limits: DEFAULT_LIMITS };
const SETTLE: ToWorker = { kind: "settle", id: 1, reader: READER, head: HEAD };
/** Fetches a head that the clone does not have. */
const READ: ToWorker = {
  kind: "readSeeds",
  id: 1,
  reader: READER,
  head: HEAD,
  paths: ["a"],
  credentials: { kind: "none" },
};

describe("keptThreads", () => {
  let silent: Server;
  let started = 0;
  const count = () => (started += 1);
  before(async () => {
    silent = createServer((socket) => socket.unref());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    subscribe("worker_threads", count);
  });
  after(() => {
    unsubscribe("worker_threads", count);
    silent.close();
    rmSync(join(tmpdir(), "room-operator-kept-threads"), { recursive: true, force: true });
  });

  /** A thread with limits of its own, which no other test uses. */
  function aThread(heapMb: number, onMessage: (message: FromWorker) => void = () => undefined) {
    const settings = {
      url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      folder: join(tmpdir(), "room-operator-kept-threads"),
      limits: DEFAULT_LIMITS,
      deadlines: { headersMs: 60_000, idleMs: 60_000, totalMs: 60_000 },
      roomIdPattern: ".",
      parse: { threads: 1, timeoutMs: 1_000, heapMb: 64 },
      rotation: ROTATION_LIMITS,
    };
    const events = { onMessage, onEnd: () => undefined };
    return new GitWorkerThread({ settings, heapMb, startThread: keptThreads }, events);
  }

  it("runs the next worker in a thread that had nothing to do when it was ended", async () => {
    started = 0;
    for (const _round of [1, 2, 3]) {
      const answer = Promise.withResolvers<FromWorker>();
      const thread = aThread(301, answer.resolve);
      thread.post(SETTLE);
      expect(await answer.promise).to.deep.include({ kind: "done", id: 1 });
      expect(await thread.end()).to.equal(0);
    }
    expect(started).to.equal(1);
  });

  it("starts another thread after one that was ended in the middle of its work", async () => {
    started = 0;
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    const busy = aThread(302);
    busy.post(READ);
    await connected;
    expect(await busy.end()).to.equal(0);
    await aThread(302).end();
    expect(started).to.equal(2);
  });
});
