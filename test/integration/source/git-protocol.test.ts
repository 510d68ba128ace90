import { expect } from "chai";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";

const EXTRA_REFS = 3_000;
const PACK_BYTES = 60_000;

describe("git source: protocols", () => {
  let bench: GitSourceBench;
  const start = async (options: BenchOptions = {}) => {
    bench = await GitSourceBench.start({ ...options, asksGit: true });
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
  };
  afterEach(() => bench.stop());

  const push = (version: number) =>
    bench.repository.commit({ "a.room.yaml": specText("room-a", { version }) });

  /** Takes words out of what the server says of itself; each line gets its new length. */
  const without = (...words: readonly string[]) => {
    bench.server.fault = (request) => {
      if (request.method !== "GET") return undefined;
      return {
        kind: "edit",
        edit: (body) => Buffer.from(relined(body.toString("latin1"), words), "latin1"),
      };
    };
  };

  for (const onlyProtocol1 of [false, true]) {
    const name = onlyProtocol1 ? "protocol 1" : "protocol 2";

    it(`clones, follows, deepens and makes a lost clone again over ${name}`, async () => {
      await start();
      bench.server.onlyProtocol1 = onlyProtocol1;
      expect((await bench.follow()).range?.history).to.equal("first");
      for (const version of [2, 3]) {
        push(version);
        const { result, range, files } = await bench.follow();
        expect(result.kind).to.equal("ready");
        expect(range).to.include({ history: "descends" });
        expect(files).to.have.length(1);
      }
      // A new clone begins with its head and is deepened until it meets the previous one.
      for (let version = 4; version < 9; version += 1) push(version);
      await bench.restart({ folder: `${bench.folder}/again` });
      const { range } = await bench.follow();
      expect(range?.history).to.equal("descends");
      expect(range?.commits).to.have.length(5);
    });

    it(`does not count the list of refs against PackBytes over ${name}`, async () => {
      await start({ limits: { packBytes: PACK_BYTES } });
      bench.server.onlyProtocol1 = onlyProtocol1;
      const head = bench.repository.head() ?? "";
      const refs = Array.from({ length: EXTRA_REFS }, (_unused, at) => {
        return `create refs/pull/${at}/head ${head}\n`;
      });
      bench.repository.gitWithInput(refs.join(""), "update-ref", "--stdin");
      expect((await bench.follow()).result.kind).to.equal("ready");
      push(2);
      bench.server.requests.length = 0;
      expect((await bench.follow()).result.kind).to.equal("ready");
      const bytes = bench.server.requests.reduce((sum, each) => sum + each.responseBytes, 0);
      if (onlyProtocol1) expect(bytes).to.be.above(2 * PACK_BYTES);
      else expect(bytes).to.be.below(5_000);
    });
  }

  for (const { words, onlyProtocol1, says } of [
    { words: ["shallow"], onlyProtocol1: false, says: "fetch=shallow of git's protocol 2" },
    { words: ["fetch=[^\n]*"], onlyProtocol1: false, says: "fetch of git's protocol 2" },
    { words: ["ls-refs[^\n]*"], onlyProtocol1: false, says: "ls-refs of git's protocol 2" },
    { words: [" shallow"], onlyProtocol1: true, says: "shallow of git's protocol 1" },
    {
      words: [" side-band-64k", " side-band"],
      onlyProtocol1: true,
      says: "side-band-64k of git's protocol 1",
    },
  ]) {
    it(`names what the server lacks: ${says}`, async () => {
      await start();
      bench.server.onlyProtocol1 = onlyProtocol1;
      without(...words);
      const { result } = await bench.follow();
      expect(result).to.include({ kind: "failed", reason: "ProtocolError" });
      expect(result).to.have.property("message").that.includes(`capability ${says}`);
    });
  }

  it("works with a server that knows no deltas by offset", async () => {
    await start();
    bench.server.onlyProtocol1 = true;
    without(" ofs-delta", " multi_ack_detailed", " multi_ack", " no-progress");
    expect((await bench.follow()).result.kind).to.equal("ready");
    push(2);
    expect((await bench.follow()).result.kind).to.equal("ready");
  });

  it("takes an address with its scheme in capitals", async () => {
    await start();
    await bench.restart({ url: bench.server.url().replace("http:", "HTTP:") });
    expect((await bench.follow()).result.kind).to.equal("ready");
    push(2);
    expect((await bench.follow()).result.kind).to.equal("ready");
  });

  it("throws no clone away for a server that cannot be reached", async () => {
    const events: string[] = [];
    await start({ onClone: ({ kind }) => events.push(kind) });
    await bench.follow();
    for (let times = 0; times < 4; times += 1) {
      const head = push(times + 2);
      bench.server.fault = (request) => {
        if (request.method === "POST") request.socket.destroy();
        return request.method === "POST" ? { kind: "hang" } : undefined;
      };
      const { result } = await bench.sync(head);
      expect(result).to.include({ kind: "failed", reason: "Unreachable" });
    }
    expect(events).to.deep.equal([]);
    bench.server.heal();
    expect((await bench.follow()).range?.history).to.equal("descends");
  });

  it("refuses an id of zeros as head and as previous head, by name", async () => {
    await start();
    await bench.follow();
    const zeros = "0".repeat(40);
    bench.server.fault = (request) =>
      request.method === "POST"
        ? { kind: "body", body: `003d${zeros} refs/heads/main\n0000` }
        : undefined;
    const polled = await bench.source.poll(bench.signal);
    expect(polled).to.include({ kind: "failed", reason: "ProtocolError" });
    expect(polled).to.have.property("message").that.includes(zeros);
    bench.server.heal();
    const { result } = await bench.sync(zeros);
    expect(result).to.include({ kind: "failed", reason: "ProtocolError" });
    expect(result).to.have.property("message").that.includes(zeros);
    push(2);
    bench.previous = zeros;
    const told = await bench.follow();
    expect(told.result.kind).to.equal("doubted");
  });
});

/** An answer of pkt-lines with some words taken out of its lines. */
function relined(body: string, words: readonly string[]): string {
  let text = "";
  for (let at = 0; at < body.length;) {
    const length = Number.parseInt(body.slice(at, at + 4), 16);
    const line = body.slice(at + 4, at + Math.max(length, 4));
    const kept = words.reduce((rest, word) => rest.replace(new RegExp(word), ""), line);
    const isEmpty = kept.trim() === "";
    if (length < 4) text += body.slice(at, at + 4);
    else if (!isEmpty) text += (kept.length + 4).toString(16).padStart(4, "0") + kept;
    at += Math.max(length, 4);
  }
  return text;
}
