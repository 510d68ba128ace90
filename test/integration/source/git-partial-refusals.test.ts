import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { encodeLine } from "../../../agent/source/git/wire/git-pkt-line.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";
import type { GitFault } from "../../support/git-server.ts";

const error = (words: string): GitFault => ({ kind: "body", body: encodeLine(`ERR ${words}`) });
/** Of commits: those and only those are asked for with a depth or with what is there. */
const isOfFiles = (body: string) => !/deepen |have /.test(body);
const wantsIn = (body: string) => [...body.matchAll(/want ([0-9a-f]{40})/g)].map(([, oid]) => oid);

describe("git source: a server that refuses what only some servers give", () => {
  let bench: GitSourceBench;
  const start = async (options: BenchOptions = {}) => {
    bench = await GitSourceBench.start({ filter: true, ...options });
  };
  afterEach(() => bench.stop());

  const judge = (of: (body: string) => GitFault | undefined) => {
    bench.server.fault = ({ method }) =>
      method === "POST" ? { kind: "judge", judge: of } : undefined;
  };
  const fetches = () => bench.server.requests.filter(({ command }) => command === "fetch").length;
  const failsWith = (fault: GitFault) =>
    judge((body) => (/filter /.test(body) ? fault : undefined));

  const filterRefusals: readonly (readonly [string, GitFault])[] = [
    ["in other words", error("filtering is switched off here")],
    ["with 403", { kind: "status", status: 403 }],
    ["with 500", { kind: "status", status: 500 }],
  ];
  for (const [how, fault] of filterRefusals) {
    it(`brings everything from one that refuses filters ${how}`, async () => {
      await start();
      failsWith(fault);
      bench.repository.commit({ "a.room.yaml": specText("room-a") });
      expect((await bench.follow()).files).to.have.length(1);
      bench.repository.commit({ "b.room.yaml": specText("room-b") });
      expect((await bench.follow()).files).to.have.length(1);
    });
  }

  it("says what the server said when it does not give it without filters either", async () => {
    await start({ limits: { packBytes: 20_000 } });
    failsWith({ kind: "status", status: 500, body: "a bad moment" });
    bench.repository.commit({ "a.room.yaml": specText("room-a"), "x.bin": randomBytes(60_000) });
    expect((await bench.follow()).result).to.include({ kind: "failed", reason: "ServerError" });
    bench.server.heal();
    expect((await bench.follow()).files, "the head is not refused for ever").to.have.length(1);
  });

  it("is not asked without filters when it says how long not to ask", async () => {
    await start();
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    failsWith({ kind: "status", status: 503, headers: { "retry-after": "60" } });
    expect((await bench.follow()).result).to.include({ kind: "failed", reason: "ServerError" });
    expect(fetches()).to.equal(1);
  });

  const refuseFiles: readonly (readonly [
    string,
    (wants: readonly (string | undefined)[]) => GitFault,
  ])[] = [
    ["one by one", ([first = ""]) => error(`upload-pack: not our ref ${first}`)],
    ["in JGit's words", ([first = ""]) => error(`want ${first} not valid`)],
    ["all at once", () => error("Server does not allow request for unadvertised object")],
    ["with 403", () => ({ kind: "status", status: 403 })],
  ];
  for (const [how, fault] of refuseFiles) {
    it(`brings all files of the head from one that sends none by its id, refused ${how}`, async () => {
      await start({ limits: { specBytes: 400 } });
      judge((body) =>
        /command=fetch/.test(body) && isOfFiles(body) ? fault(wantsIn(body)) : undefined,
      );
      const rooms = Array.from({ length: 30 }, (_, index) => [
        `r/${index}.room.yaml`,
        specText(`room-${index}`),
      ]);
      bench.repository.commit(Object.fromEntries(rooms));
      expect((await bench.follow()).files).to.have.length(30);
      bench.repository.commit({
        "b.room.yaml": specText("room-b", { seeds: ["s.bin"] }),
        "s.bin": randomBytes(2_000),
      });
      const { files, result } = await bench.follow();
      expect(result.kind).to.equal("ready");
      expect(files[0]?.seeds[0]).to.include({ kind: "present", size: 2_000 });
    });
  }

  it("reads the commits between from one that sends no file by its id, in a new clone", async () => {
    await start();
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    await bench.follow();
    const message = "Confirm-Removal: everything";
    for (const version of [2, 3, 4]) {
      const text = specText("room-a", { version });
      bench.repository.commit({ "a.room.yaml": text }, { message: `Change\n\n${message}` });
    }
    await bench.restart({ folder: `${bench.folder}/other` });
    judge((body) =>
      /command=fetch/.test(body) && isOfFiles(body)
        ? error("Server does not allow request for unadvertised object")
        : undefined,
    );
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
    expect(range?.commits).to.have.length(3);
    expect(files).to.have.length(1);
  });

  it("fails, and forgets nothing, when it leaves out folders as well", async () => {
    await start();
    bench.repository.commit({ "r/a.room.yaml": specText("room-a") });
    expect((await bench.follow()).files).to.have.length(1);
    const head = bench.repository.commit({ "r/b.room.yaml": specText("room-b") });
    const names = `${head}\n${bench.repository.git("rev-parse", `${head}^{tree}`)}\n`;
    const pack = execFileSync("git", ["pack-objects", "--stdout", "-q"], {
      cwd: bench.repository.folder,
      input: names,
    });
    const sent = Buffer.concat([
      encodeLine("packfile\n"),
      Buffer.from((pack.length + 5).toString(16).padStart(4, "0") + "\u0001", "latin1"),
      pack,
      Buffer.from("0000"),
    ]);
    judge((body) =>
      /command=fetch/.test(body) && !isOfFiles(body) ? { kind: "body", body: sent } : undefined,
    );
    for (let tries = 0; tries < 4; tries += 1) {
      const { result, order } = await bench.follow();
      expect(result).to.include({ kind: "failed", reason: "CorruptPack" });
      expect(order).to.deep.equal([]);
    }
    bench.server.heal();
    const { result, files, range } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
    expect(files.map(({ path }) => path)).to.deep.equal(["r/b.room.yaml"]);
  });

  it("fails once, and not for each poll anew, when files have too many bytes together", async () => {
    await start({ limits: { packBytes: 20_000, seedTotalBytes: 1, objectBytes: 1_000_000 } });
    const seeds = Array.from({ length: 60 }, (_, index) => [`s/${index}`, randomBytes(9_000)]);
    bench.repository.commit({
      "a.room.yaml": specText("room-a", { seeds: seeds.map(([path]) => String(path)) }),
      ...Object.fromEntries(seeds),
    });
    const { result } = await bench.follow();
    expect(result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(result)
      .to.have.property("message")
      .that.matches(/together \(limit PackBytes: 20000\)/);
    bench.server.requests.length = 0;
    expect((await bench.follow()).result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(fetches()).to.equal(0);
  });
});
