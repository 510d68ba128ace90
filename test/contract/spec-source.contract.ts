import { expect } from "chai";
import type { SpecSource } from "../../agent/source/spec-source.ts";
import type { FileContent } from "../support/file-content.ts";
import { specText } from "../support/git-source-bench.ts";
import type { Told } from "../support/git-source-bench.ts";
import { rejection } from "../support/rejection.ts";
import { specSourceCommitsContract } from "./spec-source-commits.contract.ts";

/** A source with whatever it reads from, and what a store would remember of it. */
export interface SpecSourceRig {
  readonly source: SpecSource;
  readonly signal: AbortSignal;
  /** Makes a new head out of the last one and these changes (null: gone). Returns its id. */
  commit(files: Readonly<Record<string, FileContent>>, message?: string): string | Promise<string>;
  /** Polls, syncs to what was found, remembers and settles it. */
  follow(): Promise<Told>;
  /** Forgets the sync before: the next one is told the previous head that was current then. */
  forgetLast(): void;
  /** Starts the source again over what it kept. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * What every SpecSource keeps to, whatever it reads from. `commits`: false for a source whose heads are states, not commits; it
 * reports none.
 */
export function specSourceContract(
  start: () => Promise<SpecSourceRig>,
  { commits = true }: { readonly commits?: boolean } = {},
): void {
  let rig: SpecSourceRig;
  beforeEach(async () => {
    rig = await start();
  });
  afterEach(() => rig.stop());

  const oidOf = (told: Told, path: string) =>
    told.files.find((file) => file.path === path)?.oid ?? null;

  it("tells every spec file with its seeds at the first sync, and the head alone as commit", async () => {
    const head = await rig.commit({
      "rooms/a.room.yaml": specText("room-a", { seeds: ["seeds/a.md"] }),
      "rooms/deep/er/b.room.json": specText("room-b"),
      "rooms/c.room.yml": specText("room-c"),
      "rooms/notes.yaml": "not: a spec\n",
      "seeds/a.md": "hello\n",
    });
    const told = await rig.follow();
    expect(told.order[0]).to.equal("commits");
    expect(told.range?.history).to.equal("first");
    expect(told.range?.commits.map((commit) => commit.oid)).to.deep.equal(commits ? [head] : []);
    const paths = ["rooms/a.room.yaml", "rooms/c.room.yml", "rooms/deep/er/b.room.json"];
    expect({ warnings: [], ignored: [], ...told.result }).to.deep.equal({
      kind: "ready",
      head,
      paths: paths.map((path) => ({ path, oid: oidOf(told, path) })),
      trail: [head],
      ignored: [],
      warnings: [],
    });
    expect(told.files.map((file) => file.parsed.kind)).to.deep.equal(["valid", "valid", "valid"]);
    const file = told.files.find(({ path }) => path === "rooms/a.room.yaml");
    expect(Buffer.from(file?.text ?? []).toString()).to.equal(
      specText("room-a", { seeds: ["seeds/a.md"] }),
    );
    expect(file?.seeds).to.have.length(1);
    const seed = { path: "seeds/a.md", kind: "present", size: 6 } as const;
    expect(file?.seeds[0]).to.deep.equal({ ...seed, oid: told.seeds[0]?.oid });
  });

  it("tells the bytes of each seed once, before the files that name it", async () => {
    await rig.commit({
      "a.room.yaml": specText("room-a", { seeds: ["one.md", "same.md"] }),
      "b.room.yaml": specText("room-b", { seeds: ["one.md", "two.md"] }),
      "one.md": "one",
      "same.md": "one",
      "two.md": "number two",
    });
    const { files, seeds, order } = await rig.follow();
    const texts = seeds.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(texts.toSorted()).to.deep.equal(["number two", "one"]);
    expect(order.lastIndexOf("seed:3")).to.be.below(
      order.findIndex((one) => one.startsWith("files")),
    );
    const told = new Set(seeds.map(({ oid }) => oid));
    const named = files.flatMap((file) => file.seeds);
    expect(named.map((one) => one.kind === "present" && told.has(one.oid))).to.deep.equal(
      named.map(() => true),
    );
    await rig.commit({ "a.room.yaml": null });
    expect((await rig.follow()).seeds).to.deep.equal([]);
  });

  it("tells only what changed, with every commit between, oldest first", async () => {
    await rig.commit({ "a.room.yaml": specText("room-a"), "b.room.yaml": specText("room-b") });
    const first = await rig.follow();
    const second = await rig.commit(
      { "b.room.yaml": specText("room-b", { version: 2 }) },
      "Raise b\n\nConfirm: true",
    );
    const third = await rig.commit({ "a.room.yaml": null, "README.md": "hello" });
    const { range, files, result } = await rig.follow();
    expect(range?.history).to.equal("descends");
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
    expect(result).to.have.property("paths").with.length(1);
    if (!commits) {
      expect(range?.commits).to.deep.equal([]);
      return;
    }
    expect(range?.commits.map((commit) => commit.oid)).to.deep.equal([second, third]);
    expect(range?.commits[0]?.message).to.equal("Raise b\n\nConfirm: true");
    expect(range?.commits.map((commit) => commit.touches)).to.deep.equal([
      [{ path: "b.room.yaml", before: oidOf(first, "b.room.yaml"), after: files[0]?.oid }],
      [{ path: "a.room.yaml", before: oidOf(first, "a.room.yaml"), after: null }],
    ]);
  });

  it("tells a file that cannot be read as invalid, and everything else as ever", async () => {
    await rig.commit({ "bad.room.yaml": "spec: [\n", "good.room.yaml": specText("room-good") });
    const { result, files } = await rig.follow();
    expect(result.kind).to.equal("ready");
    expect(files.map((file) => [file.path, file.parsed.kind])).to.have.deep.members([
      ["bad.room.yaml", "invalid"],
      ["good.room.yaml", "valid"],
    ]);
  });

  it("tells nothing when the head is the previous one", async () => {
    await rig.commit({ "a.room.yaml": specText("room-a") });
    await rig.follow();
    const { result, range, files } = await rig.follow();
    expect(result).to.have.property("paths").with.length(1);
    expect(range).to.deep.equal({ history: "descends", commits: [] });
    expect(files).to.deep.equal([]);
  });

  it("tells the same again when what it told was not kept", async () => {
    await rig.commit({ "a.room.yaml": specText("room-a") });
    await rig.follow();
    await rig.commit({ "b.room.yaml": specText("room-b") });
    const once = await rig.follow();
    rig.forgetLast();
    expect(await rig.follow()).to.deep.equal(once);
  });

  it("goes on from the previous head after a restart", async () => {
    await rig.commit({ "a.room.yaml": specText("room-a"), "s.md": "one" });
    await rig.follow();
    await rig.restart();
    await rig.commit({ "b.room.yaml": specText("room-b", { seeds: ["s.md"] }) });
    const { range, files } = await rig.follow();
    expect(range?.history).to.equal("descends");
    expect(files.map((file) => file.path)).to.deep.equal(["b.room.yaml"]);
  });

  it("reads specs by blob id, and null for what is none", async () => {
    await rig.commit({
      "a.room.yaml": specText("room-a"),
      "bad.room.yaml": "nonsense",
      "s.md": "text",
    });
    const told = await rig.follow();
    const good = oidOf(told, "a.room.yaml") ?? "";
    const bad = oidOf(told, "bad.room.yaml") ?? "";
    const absent = "1".repeat(40);
    const { specs, unread } = await rig.source.readSpecs(
      [good, bad, absent, good, "../x"],
      rig.signal,
    );
    expect(specs.get(good)?.spec.roomId).to.equal("room-a");
    expect([...specs.keys()]).to.have.members([good, bad, absent, "../x"]);
    expect([bad, absent, "../x"].map((oid) => specs.get(oid))).to.deep.equal([null, null, null]);
    expect(unread).to.equal(null);
    const nothing = await rig.source.readSpecs([], rig.signal);
    expect(nothing).to.deep.equal({ specs: new Map(), unread: null });
  });

  it("reads specs while a sync waits for what it told to be taken", async () => {
    const head = await rig.commit({ "a.room.yaml": specText("room-a") });
    let read: ReadonlyMap<string, unknown> = new Map();
    const result = await rig.source.sync(
      {
        head,
        previous: null,
        known: [],
        onCommits: async () => {},
        onSeed: async () => {},
        onFiles: async (files) => {
          const oids = files.map((file) => file.oid);
          ({ specs: read } = await rig.source.readSpecs(oids, rig.signal));
        },
      },
      rig.signal,
    );
    expect(result.kind).to.equal("ready");
    expect([...read.values()].every((spec) => spec !== null) && read.size).to.equal(1);
  });

  it("reads seeds out of a head it has, and says when it has not", async () => {
    const head = await rig.commit({ "a.room.yaml": specText("room-a"), "docs/s.md": "seed" });
    await rig.follow();
    const seeds = await rig.source.readSeeds(head, ["docs/s.md", "docs", "none.md"], rig.signal);
    expect(seeds.map((seed) => (seed.kind === "present" ? seed.size : seed.reason))).to.deep.equal([
      4,
      "SeedNotRegular",
      "SeedMissing",
    ]);
    const absent = rejection(rig.source.readSeeds("1".repeat(40), ["docs/s.md"], rig.signal));
    expect(await absent).to.have.property("code", "SourceUnavailable");
  });

  it("ends a sync with the error its taker threw, and works on", async () => {
    const head = await rig.commit({ "a.room.yaml": specText("room-a") });
    const failing = async () => {
      throw new Error("the store is full");
    };
    const broken = {
      head,
      previous: null,
      known: [],
      onCommits: failing,
      onSeed: failing,
      onFiles: failing,
    };
    expect(await rejection(rig.source.sync(broken, rig.signal))).to.have.property(
      "message",
      "the store is full",
    );
    expect((await rig.follow()).result.kind).to.equal("ready");
  });

  it("rejects with the reason of its signal alone", async () => {
    const head = await rig.commit({ "a.room.yaml": specText("room-a") });
    const reason = new Error("stopping");
    const signal = AbortSignal.abort(reason);
    const nothing = async () => {};
    const request = {
      head,
      previous: null,
      known: [],
      onCommits: nothing,
      onSeed: nothing,
      onFiles: nothing,
    };
    for (const call of [
      rig.source.poll(signal),
      rig.source.sync(request, signal),
      rig.source.readSpecs([head], signal),
      rig.source.settle(head, signal),
    ]) {
      expect(await rejection(call)).to.equal(reason);
    }
  });

  it("closes twice, and fails afterwards instead of hanging", async () => {
    const head = await rig.commit({ "a.room.yaml": specText("room-a") });
    await rig.follow();
    await rig.source.close();
    await rig.source.close();
    const nothing = async () => {};
    const request = {
      head,
      previous: null,
      known: [],
      onCommits: nothing,
      onSeed: nothing,
      onFiles: nothing,
    };
    expect(await rig.source.sync(request, rig.signal)).to.have.property("kind", "failed");
  });

  if (commits) specSourceCommitsContract(() => rig);
}
