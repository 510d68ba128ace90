import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { rotationRetryMs } from "../../../agent/source/git/git-clone-tender.ts";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { isFetch } from "../../faults/git-requests.ts";
import { CloneBench } from "./clone-bench.ts";
import { eventually } from "../../support/eventually.ts";
import { specText } from "../../support/git-source-bench.ts";
import { mountTmpfs } from "../../support/tmpfs.ts";
import type { Tmpfs } from "../../support/tmpfs.ts";

const DAY = 24 * 3_600_000;

describe("git source: a clone that grew", () => {
  let bench: CloneBench;
  beforeEach(async () => {
    bench = await CloneBench.start();
  });
  afterEach(() => bench.git.stop());

  const breakFetches = (after = 0) => {
    let fetches = 0;
    bench.git.server.fault = (request) => {
      if (!isFetch(request)) return undefined;
      fetches += 1;
      return fetches > after ? { kind: "status", status: 503 } : undefined;
    };
  };
  const asks = () =>
    bench.git.server.requests.filter(
      ({ method, url }) => method === "GET" && url.includes("info/refs"),
    ).length;

  it("is made anew, of one pack, when it has more packs than are allowed, and closes the old ones", async () => {
    await bench.fill();
    const event = await bench.heard("rotated");
    expect(event).to.deep.include({ kind: "rotated", why: "packs" });
    expect(event).to.have.deep.nested.property("before.packs", 4);
    expect(event).to.have.deep.nested.property("after.packs", 1);
    expect(bench.packs()).to.have.length(1);
    expect(bench.beside()).to.deep.equal([]);
    await eventually("the old packs are closed", async () =>
      bench.openFiles().every((path) => !path.includes("(deleted)") && !path.includes(".old/"))
        ? true
        : undefined,
    );
    expect(bench.openFiles()).to.have.length(1);
  });

  it("is made anew without telling anything again, and with every commit since in the next sync", async () => {
    await bench.fill();
    await bench.heard("rotated");
    const same = await bench.git.follow();
    expect(same.range).to.deep.equal({ history: "descends", commits: [] });
    expect(same.files).to.deep.equal([]);
    bench.push(5, "Five\n\nConfirm: true");
    bench.push(6, "Six");
    const { range, files } = await bench.git.follow();
    expect(range?.history).to.equal("descends");
    expect(bench.messages(range)).to.deep.equal(["Five\n\nConfirm: true", "Six"]);
    expect(range?.commits.map(({ touches }) => touches.length)).to.deep.equal([1, 1]);
    expect(files.map(({ path }) => path)).to.deep.equal(["a.room.yaml"]);
  });

  it("still gives the specs and seeds of the head", async () => {
    await bench.fill();
    await bench.heard("rotated");
    const oid = bench.git.known[0]?.oid ?? "";
    expect(
      (await bench.git.source.readSpecs([oid], bench.git.signal)).specs.get(oid)?.metadata.version,
    ).to.equal(4);
    const [seed] = await bench.git.source.readSeeds(
      bench.git.previous ?? "",
      ["s.md"],
      bench.git.signal,
    );
    expect(seed).to.deep.include({ kind: "present", size: 1 });
  });

  it("has its history go on over a restart", async () => {
    await bench.fill();
    await bench.heard("rotated");
    await bench.git.restart();
    bench.push(5);
    expect(bench.messages((await bench.git.follow()).range)).to.deep.equal(["Version 5"]);
  });

  it("still knows a history that was rewritten before its beginning, and one that shares nothing", async () => {
    await bench.fill();
    await bench.heard("rotated");
    const [, , , first] = bench.git.trail;
    const stranger = bench.git.repository.commit(
      { "c.room.yaml": specText("room-c") },
      { parents: [], fresh: true },
    );
    const doubt = { kind: "unrelated", commits: 1, whole: true };
    const doubted = { kind: "doubted", head: stranger, doubt };
    expect((await bench.git.follow()).result).to.deep.equal(doubted);
    bench.git.repository.commit(
      { "b.room.yaml": specText("room-b") },
      { parents: [first ?? ""], fresh: true },
    );
    const { range, files } = await bench.git.follow();
    expect(range?.history).to.equal("rewritten");
    expect(files.map(({ path }) => path)).to.deep.equal(["b.room.yaml"]);
  });

  it("is made anew when it is too old, and not because a clock was set back", async () => {
    await bench.git.restart({ tuning: { rotation: ROTATION_LIMITS } });
    bench.seen.wallAheadMs = -30 * DAY;
    bench.push(2);
    await bench.git.follow();
    bench.seen.wallAheadMs = -24 * DAY;
    bench.push(3);
    await bench.git.follow();
    await eventually("the age began anew", async () => {
      const text = readFileSync(join(bench.git.folder, "clone.json"), "utf8");
      return (JSON.parse(text) as { atMs: number }).atMs < Date.now() - 29 * DAY ? true : undefined;
    });
    expect(bench.seen.events).to.deep.equal([]);
    bench.seen.wallAheadMs = -22 * DAY;
    bench.push(4);
    await bench.git.follow();
    expect(await bench.heard("rotated")).to.deep.include({ why: "age" });
  });

  it("begins its age anew when nothing is known of its beginning", async () => {
    writeFileSync(join(bench.git.folder, "clone.json"), "{ nonsense");
    bench.push(2);
    await bench.git.follow();
    await eventually("it has a beginning again", async () =>
      readFileSync(join(bench.git.folder, "clone.json"), "utf8").includes("atMs")
        ? true
        : undefined,
    );
    expect(bench.seen.events).to.deep.equal([]);
  });

  it("stays when the server fails at it: no sync fails by it, and not each poll tries it again", async () => {
    bench.push(2);
    await bench.git.follow();
    bench.push(3);
    await bench.git.follow();
    breakFetches(1);
    bench.push(4);
    expect((await bench.git.follow()).result.kind).to.equal("ready");
    const event = await bench.heard("rotationFailed");
    expect(event).to.deep.include({ isNewReason: true, retryAfterMs: rotationRetryMs(1) });
    expect(event).to.have.nested.property("failure.reason", "ServerError");
    expect(bench.packs()).to.have.length(4);
    expect(bench.beside()).to.deep.equal([]);
    const asked = asks();
    for (let poll = 0; poll < 5; poll += 1) await bench.git.source.poll(bench.git.signal);
    expect(asks()).to.equal(asked);
    bench.seen.monotonicAheadMs += rotationRetryMs(1);
    await bench.git.source.poll(bench.git.signal);
    expect(await bench.heard("rotationFailed", 2)).to.deep.include({
      isNewReason: false,
      retryAfterMs: rotationRetryMs(2),
    });
    bench.git.server.heal();
    bench.seen.monotonicAheadMs += rotationRetryMs(2);
    await bench.git.source.poll(bench.git.signal);
    await bench.heard("rotated");
    bench.push(5);
    expect(bench.messages((await bench.git.follow()).range)).to.deep.equal(["Version 5"]);
  });

  it("lets a new head in while the server hangs in making it anew", async () => {
    let fetches = 0;
    bench.push(2);
    await bench.git.follow();
    bench.push(3);
    await bench.git.follow();
    bench.git.server.fault = (request) => {
      if (!isFetch(request)) return undefined;
      fetches += 1;
      return fetches === 2 ? { kind: "hang" } : undefined;
    };
    bench.push(4);
    await bench.git.follow();
    await eventually("the rotation waits for the server", async () =>
      fetches === 2 ? true : undefined,
    );
    bench.push(5);
    expect((await bench.git.follow()).result.kind).to.equal("ready");
    expect(bench.seen.events).to.deep.equal([]);
    expect(bench.beside()).to.deep.equal([".new"]);
  });

  it("drops what was fetched and never counted", async () => {
    await bench.git.restart({ limits: { entries: 3 } });
    for (let round = 0; round < 4; round += 1) {
      bench.git.repository.commit({ "b/c/d/x.md": `${round}`, "y.md": "y" });
      const { result } = await bench.git.follow();
      expect(result).to.include({ kind: "failed", reason: "LimitExceeded" });
    }
    await bench.heard("rotated");
    expect(bench.packs().length).to.be.below(5);
    await bench.git.restart();
    expect((await bench.git.follow()).range?.commits).to.have.length(4);
  });
});

describe("git source: a clone that grew on a disk with no room for two", () => {
  let disk: Tmpfs | null;
  let bench: CloneBench;
  before(function () {
    disk = mountTmpfs(1024 * 1024);
    if (disk === null) this.skip();
  });
  after(() => disk?.unmount());
  afterEach(() => bench.git.stop());

  it("stays, is followed on, and leaves no half of a new one; it is made anew once that is small enough", async () => {
    bench = await CloneBench.start({ folder: join(disk?.path ?? "", "specs") });
    bench.git.repository.commit({ "noise.bin": randomBytes(600_000) });
    expect((await bench.git.follow()).result.kind).to.equal("ready");
    bench.push(2);
    await bench.git.follow();
    bench.push(3);
    expect((await bench.git.follow()).result.kind).to.equal("ready");
    const event = await bench.heard("rotationFailed");
    expect(event).to.have.nested.property("failure.reason", "WorkerFailed");
    expect(event).to.have.nested.property("failure.message").that.contains("ENOSPC");
    expect(bench.beside()).to.deep.equal([]);
    bench.git.repository.commit({ "noise.bin": null }, { message: "Quiet" });
    expect(bench.messages((await bench.git.follow()).range)).to.deep.equal(["Quiet"]);
    bench.seen.monotonicAheadMs += rotationRetryMs(1);
    await bench.git.source.poll(bench.git.signal);
    expect(await bench.heard("rotated")).to.have.nested.property("after.packs", 1);
  });
});
