import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { rejection } from "../../support/rejection.ts";
import type { GitFault } from "../../support/git-server.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import { headAlone, inShort } from "./range-in-short.ts";

const v = (version: number) => specText("room-a", { version });

describe("git source: damage and healing", () => {
  let bench: GitSourceBench;
  beforeEach(async () => {
    bench = await GitSourceBench.start();
    bench.repository.commit({ "a.room.yaml": v(1) });
    await bench.follow();
  });
  afterEach(() => bench.stop());

  const packFolder = () => join(bench.folder, "objects", "pack");
  const breakPosts = (fault: GitFault) => {
    bench.server.fault = (request) => (request.method === "POST" ? fault : undefined);
  };
  const flip = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 0xff;
    return copy;
  };

  const damages: { name: string; fault: GitFault; reason: string }[] = [
    {
      name: "a bit is flipped in the pack",
      fault: { kind: "edit", edit: (body) => flip(body, body.indexOf("PACK") + 30) },
      reason: "CorruptPack",
    },
    {
      name: "the pack lost bytes inside whole packets",
      fault: {
        kind: "edit",
        edit: (body) => {
          const at = body.indexOf("PACK") - 5;
          const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
          const packet = body.subarray(at + 4, at + length - 30);
          const head = (packet.length + 4).toString(16).padStart(4, "0");
          return Buffer.concat([
            body.subarray(0, at),
            Buffer.from(head),
            packet,
            Buffer.from("0000"),
          ]);
        },
      },
      reason: "CorruptPack",
    },
    {
      name: "the pack is cut between packets",
      fault: { kind: "cutAfter", bytes: -4 },
      reason: "ProtocolError",
    },
    {
      name: "the pack is cut inside a packet",
      fault: { kind: "cutAfter", bytes: -30 },
      reason: "ProtocolError",
    },
    {
      name: "no pack comes",
      fault: { kind: "body", body: "0008NAK\n0000" },
      reason: "ProtocolError",
    },
    {
      name: "the server gives up on side-band 3",
      fault: { kind: "body", body: "0008NAK\n0017\u0003fatal: out of mem\n0000" },
      reason: "ServerError",
    },
  ];
  for (const { name, fault, reason } of damages) {
    it(`heals after a fetch in which ${name}`, async () => {
      const packs = readdirSync(packFolder());
      const head = bench.repository.commit({ "a.room.yaml": v(2) });
      breakPosts(fault);
      const { result, order } = await bench.sync(head);
      expect(result).to.include({ kind: "failed", reason });
      expect(order).to.deep.equal([]);
      expect(readdirSync(packFolder())).to.have.members(packs);
      expect(existsSync(join(bench.folder, "refs", "remotes"))).to.equal(false);
      bench.server.heal();
      const healed = await bench.sync(head);
      expect(healed.result.kind).to.equal("ready");
      expect(healed.range?.history).to.equal("descends");
      expect(healed.files).to.have.length(1);
    });
  }

  it("makes a new clone after two fetches in a row with a bad pack, and still finds the commits between", async () => {
    const head = bench.repository.commit({ "a.room.yaml": v(2) }, { message: "Two" });
    breakPosts({ kind: "edit", edit: (body) => flip(body, body.indexOf("PACK") + 30) });
    await bench.sync(head);
    await bench.sync(head);
    bench.server.heal();
    const { result, range } = await bench.sync(head);
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
    expect(range?.commits.map((commit) => commit.message)).to.deep.equal(["Two"]);
  });

  it("replaces a clone whose pack rotted on the disk, within the same sync", async () => {
    const name = readdirSync(packFolder()).find((file) => file.endsWith(".pack")) ?? "";
    const path = join(packFolder(), name);
    const bytes = readFileSync(path);
    writeFileSync(path, flip(bytes, bytes.length >> 1));
    const head = bench.repository.commit({ "b.room.yaml": specText("room-b") });
    await bench.restart();
    const { result, range, files } = await bench.sync(head);
    expect(result).to.include({ kind: "ready", head });
    expect(range?.history).to.equal("descends");
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
  });

  const indexPath = () =>
    join(packFolder(), readdirSync(packFolder()).find((file) => file.endsWith(".idx")) ?? "");

  it("replaces a clone with a damaged index when it is opened", async () => {
    writeFileSync(indexPath(), flip(readFileSync(indexPath()), 1_100));
    await bench.restart();
    const { result, range } = await bench.sync(bench.repository.commit({ "a.room.yaml": v(2) }));
    expect(result.kind).to.equal("ready");
    expect(range?.history).to.equal("descends");
  });

  it("never gives out content that is not what its id says, though the index is regular", async () => {
    const oid = bench.known[0]?.oid ?? "";
    const index = readFileSync(indexPath());
    const count = index.readUInt32BE(8 + 255 * 4);
    const offsets = index.subarray(8 + 1_024 + count * 24, 8 + 1_024 + count * 28);
    // Each object is looked up where its neighbour lies.
    Buffer.concat([offsets.subarray(4), offsets.subarray(0, 4)]).copy(offsets);
    createHash("sha1")
      .update(index.subarray(0, -20))
      .digest()
      .copy(index, index.length - 20);
    writeFileSync(indexPath(), index);
    await bench.restart();
    expect((await bench.source.readSpecs([oid], bench.signal)).specs.get(oid)).to.equal(null);
    const { result } = await bench.sync(
      bench.repository.commit({ "b.room.yaml": specText("room-b") }),
    );
    expect(result.kind).to.equal("ready");
    expect((await bench.source.readSpecs([oid], bench.signal)).specs.get(oid)).to.have.property(
      "kind",
    );
  });

  it("sweeps what an interrupted run left behind", async () => {
    const left = ["pack-1.pack", "pack-2.idx", "pack-3.pack.tmp", "pack-4.idx.tmp"];
    for (const name of left) writeFileSync(join(packFolder(), name), "half");
    writeFileSync(join(bench.folder, "shallow.lock"), "");
    mkdirSync(join(bench.folder, "refs", "remotes", "origin"), { recursive: true });
    writeFileSync(join(bench.folder, "refs", "remotes", "origin", "main"), `${"1".repeat(40)}\n`);
    await bench.restart();
    bench.repository.commit({ "a.room.yaml": v(2) });
    expect((await bench.follow()).range?.history).to.equal("descends");
    expect(readdirSync(packFolder())).to.not.include.members(left);
    expect(readdirSync(bench.folder)).to.not.include("shallow.lock");
  });

  it("finds every commit since the previous head when the whole clone was lost", async () => {
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    const second = bench.repository.commit(
      { "a.room.yaml": v(2) },
      { message: "Two\n\nConfirm: true" },
    );
    const third = bench.repository.commit({ "a.room.yaml": v(3) });
    await bench.restart();
    const { range, files } = await bench.follow();
    expect(range?.history).to.equal("descends");
    expect(range?.commits.map((commit) => commit.oid)).to.deep.equal([second, third]);
    expect(files).to.have.length(1);
  });

  it("takes nothing in when a lost clone's server shares no commit with it, until that is accepted", async () => {
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    const accepted = bench.repository.commit(
      { "a.room.yaml": v(1), "b.room.yaml": v(1) },
      { parents: [] },
    );
    await bench.restart();
    const doubt = { kind: "unrelated", commits: 1, whole: true };
    expect((await bench.follow()).result).to.deep.equal({ kind: "doubted", head: accepted, doubt });
    const { range, files } = await bench.sync(accepted, { accepted });
    expect(inShort(range)).to.deep.equal(headAlone(accepted));
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
  });

  it("tells nothing again after a restart at an unchanged head with a lost clone", async () => {
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    await bench.restart();
    const { result, range, files } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range).to.deep.equal({ history: "descends", commits: [] });
    expect(files).to.deep.equal([]);
  });

  it("goes on after a sync was given up in the middle", async () => {
    const head = bench.repository.commit({ "a.room.yaml": v(2) });
    breakPosts({ kind: "hangAfter", bytes: 100 });
    const stop = new AbortController();
    const given = rejection(
      bench.source.sync(
        {
          head,
          previous: null,
          known: [],
          onCommits: async () => {},
          onSeed: async () => {},
          onFiles: async () => {},
        },
        stop.signal,
      ),
    );
    setTimeout(() => stop.abort(new Error("enough")), 300);
    expect(await given).to.have.property("message", "enough");
    bench.server.heal();
    expect((await bench.sync(head)).result.kind).to.equal("ready");
  });

  it("is WorkerFailed when the clone's folder cannot be written", async () => {
    await bench.source.close();
    rmSync(bench.folder, { recursive: true });
    writeFileSync(bench.folder, "a file stands here");
    await bench.restart();
    const told = await bench.follow();
    expect(told.result).to.include({ kind: "failed", reason: "WorkerFailed" });
    expect(told.result).to.have.property("message").that.contains(bench.folder);
  });
});
