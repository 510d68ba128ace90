import { expect } from "chai";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { GitWorkerThread } from "../../../agent/source/git/git-worker-thread.ts";
import type { FromWorker } from "../../../agent/source/git/git-worker-messages.ts";
import { DEFAULT_LIMITS } from "../../support/git-source-bench.ts";

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
const TOUCHY = new URL("./touchy-git-worker.ts", import.meta.url);
const GRACE_MS = 500;

/** A thread, and its first message. */
function aThread(program?: URL) {
  const said = Promise.withResolvers<FromWorker>();
  const options = { settings: SETTINGS, heapMb: 64, ...(program === undefined ? {} : { program }) };
  const thread = new GitWorkerThread(options, { onMessage: said.resolve, onEnd: () => undefined });
  return { thread, said: said.promise };
}

/** A thread that has begun to do what the touchy worker does for this head. */
async function busy(head: string): Promise<GitWorkerThread> {
  const { thread, said } = aThread(TOUCHY);
  thread.post({ kind: "settle", id: 1, reader: READER, head });
  await said;
  return thread;
}

describe("GitWorkerThread", () => {
  it("ends itself when it has nothing to do", async () => {
    const { thread, said } = aThread();
    thread.post({
      kind: "readSpecs",
      id: 1,
      reader: READER,
      oids: [],
      credentials: { kind: "none" },
    });
    await said;
    expect(await thread.end()).to.equal(0);
  });

  it("ends itself in the middle of work that waits", async () => {
    expect(await (await busy("work")).end()).to.equal(0);
  });

  // Terminated instead, Node aborts the process: nearly always within these rounds.
  it("ends itself in the middle of work that inflates and reads no message", async () => {
    for (let round = 0; round < 10; round += 1) {
      expect(await (await busy("inflate")).end()).to.equal(0);
    }
  });

  it("is terminated after the grace when it does not end itself", async () => {
    const thread = await busy("hang");
    const atMs = performance.now();
    expect(await thread.end()).to.equal(1);
    expect(performance.now() - atMs).to.be.within(GRACE_MS - 10, GRACE_MS * 10);
  });

  it("ends before its program has run", async () => {
    const { thread } = aThread();
    expect(await thread.end()).to.be.oneOf([0, 1]);
  });

  it("ends once however often that is asked for", async () => {
    const thread = await busy("fine");
    const end = thread.end();
    expect(thread.end()).to.equal(end);
    await end;
    expect(thread.end()).to.equal(end);
  });
});
