import { expect } from "chai";
import type { SourceFailureReason } from "../../../agent/status/source-failures.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { GitFault } from "../../support/git-server.ts";

interface Case {
  readonly name: string;
  readonly fault: GitFault;
  readonly poll: SourceFailureReason;
  readonly sync: SourceFailureReason;
  readonly retryAfterMs?: number;
}

const status = (code: number, headers: Record<string, string> = {}): GitFault => ({
  kind: "status",
  status: code,
  headers,
});

const SMALL = { pollTimeoutMs: 1_600, timeoutMs: 1_600, tuning: { idleMs: 800 } };

const CASES: readonly Case[] = [
  { name: "401", fault: status(401), poll: "AuthenticationFailed", sync: "AuthenticationFailed" },
  { name: "403", fault: status(403), poll: "AuthenticationFailed", sync: "AuthenticationFailed" },
  { name: "404", fault: status(404), poll: "RepositoryNotFound", sync: "RepositoryNotFound" },
  {
    name: "429 with seconds",
    fault: status(429, { "retry-after": "7" }),
    poll: "RateLimited",
    sync: "RateLimited",
    retryAfterMs: 7_000,
  },
  {
    name: "429 with more than an hour",
    fault: status(429, { "retry-after": "1000000000" }),
    poll: "RateLimited",
    sync: "RateLimited",
    retryAfterMs: 3_600_000,
  },
  {
    name: "429 with garbage",
    fault: status(429, { "retry-after": "soon" }),
    poll: "RateLimited",
    sync: "RateLimited",
  },
  { name: "500", fault: status(500), poll: "ServerError", sync: "ServerError" },
  {
    name: "503 with seconds",
    fault: status(503, { "retry-after": "3" }),
    poll: "ServerError",
    sync: "ServerError",
    retryAfterMs: 3_000,
  },
  {
    name: "a redirect",
    fault: status(302, { location: "http://user:secret@169.254.169.254/" }),
    poll: "RedirectRefused",
    sync: "RedirectRefused",
  },
  {
    name: "a login page with 200",
    fault: {
      kind: "status",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html>Sign in</html>",
    },
    poll: "ProtocolError",
    sync: "ProtocolError",
  },
  {
    name: "a login page of the right content type",
    fault: { kind: "body", body: "<html>Sign in</html>" },
    poll: "ProtocolError",
    sync: "ProtocolError",
  },
  {
    name: "an empty answer",
    fault: { kind: "body", body: "" },
    poll: "ProtocolError",
    sync: "ProtocolError",
  },
  {
    name: "an ERR line",
    fault: { kind: "body", body: "001bERR too busy right now\n0000" },
    poll: "ProtocolError",
    sync: "ProtocolError",
  },
  { name: "no answer", fault: { kind: "hang" }, poll: "Timeout", sync: "Timeout" },
  {
    name: "silence in the middle",
    fault: { kind: "hangAfter", bytes: 20 },
    poll: "Timeout",
    sync: "Timeout",
  },
  {
    name: "a reset in the middle",
    fault: { kind: "resetAfter", bytes: 20 },
    poll: "Unreachable",
    sync: "Unreachable",
  },
  {
    name: "an answer cut inside a packet",
    fault: { kind: "cutAfter", bytes: 20 },
    poll: "ProtocolError",
    sync: "ProtocolError",
  },
  {
    name: "an answer cut between packets",
    fault: { kind: "cutAfterPackets", packets: 1 },
    poll: "ProtocolError",
    sync: "ProtocolError",
  },
];

describe("git source: a server at fault", () => {
  let bench: GitSourceBench;
  let first: string;
  before(async () => {
    bench = await GitSourceBench.start(SMALL);
    first = bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
  });
  after(() => bench.stop());
  afterEach(() => bench.server.heal());

  for (const { name, fault, poll, sync, retryAfterMs } of CASES) {
    it(`is ${poll} to a poll: ${name}`, async () => {
      bench.server.break(fault);
      bench.server.requests.length = 0;
      const polled = await bench.source.poll(bench.signal);
      expect(polled).to.include({ kind: "failed", reason: poll });
      expect(polled).to.have.property("message").that.does.not.contain("secret");
      if (retryAfterMs === undefined) expect(polled).not.to.have.property("retryAfterMs");
      else expect(polled).to.have.property("retryAfterMs", retryAfterMs);
      expect(bench.server.requests.length).to.be.at.most(2);
    });

    it(`is ${sync} to a sync and leaves nothing behind: ${name}`, async () => {
      const head = bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 2 }) });
      bench.server.break(fault);
      bench.server.requests.length = 0;
      const { result, order } = await bench.sync(head);
      expect(result).to.include({ kind: "failed", reason: sync });
      expect(order).to.deep.equal([]);
      expect(bench.server.requests.length).to.be.at.most(2);
      bench.repository.forceBranch(first);
    });
  }

  it("finds everything in order again when the server is healed", async () => {
    bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 3 }) });
    const { result, files, range } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
    expect(files.map((file) => file.path)).to.deep.equal(["a.room.yaml"]);
  });

  it("asks again on a new connection when the server closed the kept one", async () => {
    await bench.source.poll(bench.signal);
    const used = new WeakSet<object>();
    bench.server.fault = (request) => {
      if (!used.has(request.socket)) {
        used.add(request.socket);
        return undefined;
      }
      request.socket.destroy();
      return { kind: "hang" };
    };
    for (let poll = 0; poll < 3; poll += 1) {
      expect(await bench.source.poll(bench.signal)).to.have.property("kind", "head");
    }
  });

  it("is Unreachable when nobody listens", async () => {
    const alone = await GitSourceBench.start();
    await alone.server.stop();
    const polled = await alone.source.poll(alone.signal);
    expect(polled).to.include({ kind: "failed", reason: "Unreachable" });
    await alone.stop();
  });

  it("waits twice as long after each poll that ran out of time, and names the key", async () => {
    await bench.restart({ pollTimeoutMs: 400, timeoutMs: 20_000 });
    bench.server.break({ kind: "delay", ms: 500 });
    const first = await bench.source.poll(bench.signal);
    expect(first).to.deep.equal({
      kind: "failed",
      reason: "Timeout",
      message:
        "The git server took more than 200 ms to answer. This poll may take 0.4 s, half of it without a byte. " +
        "The next poll may take 0.8 s; the most is TimeoutSeconds (20 s). " +
        "Raise PollTimeoutSeconds (0.4 s) of this source if the server is slow.",
    });
    let polls = 1;
    for (; (await bench.source.poll(bench.signal)).kind === "failed"; polls += 1) {
      expect(polls).to.be.below(6);
    }
    bench.server.break({ kind: "delay", ms: 1_500 });
    const again = await bench.source.poll(bench.signal);
    expect(again, "a good answer starts over").to.have.property("message").that.includes("200 ms");
  });

  it("names TimeoutSeconds when a fetch runs out of time", async () => {
    const head = bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 8 }) });
    await bench.restart({ timeoutMs: 600, tuning: { idleMs: 5_000 } });
    bench.server.break({ kind: "hangAfter", bytes: 200 });
    const { result } = await bench.sync(head);
    expect(result).to.include({ kind: "failed", reason: "Timeout" });
    expect(result).to.have.property("message").that.includes("Raise TimeoutSeconds (0.6 s)");
  });

  it("keeps a drip within the total deadline", async () => {
    const head = bench.repository.commit({ "a.room.yaml": specText("room-a", { version: 9 }) });
    await bench.restart({ timeoutMs: 500, tuning: { idleMs: 5_000 } });
    bench.server.break({ kind: "hangAfter", bytes: 200 });
    const startedMs = performance.now();
    const { result } = await bench.sync(head);
    expect(result).to.include({ kind: "failed", reason: "Timeout" });
    expect(performance.now() - startedMs).to.be.below(4_000);
  });
});
