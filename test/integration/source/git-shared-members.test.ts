import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import type { CloneEvent } from "../../../agent/source/git/git-clone-events.ts";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { specText } from "../../support/git-source-bench.ts";
import { rejection } from "../../support/rejection.ts";
import { SharedSources } from "../../support/shared-sources.ts";

const never = () => new Promise<never>(() => undefined);
const nothing = async () => undefined;

describe("a git source that shares its clone", () => {
  let shared: SharedSources;
  afterEach(() => shared.stop());

  const sync = (name: string, signal: AbortSignal, onCommits: () => Promise<void>) => {
    const { source, repository, previous, known } = shared.bench(name);
    const head = repository.head() ?? "";
    const request = { head, previous, known, onCommits, onSeed: nothing, onFiles: nothing };
    return source.sync(request, signal);
  };

  it("fails alone over a limit of its own", async () => {
    shared = await SharedSources.start(["a", "b"]);
    const c = shared.join("c", { limits: { depth: 1 } });
    shared.first.repository.commit({ "c/deep/er/c.room.yaml": specText("room-c") });
    shared.push(1);
    const [a, b] = await shared.followAll();
    expect([a?.result.kind, b?.result.kind]).to.deep.equal(["ready", "ready"]);
    expect((await c.follow()).result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(shared.threads, "limits of reading do not part them").to.equal(1);
  });

  it("does not fail over what it brings along for another", async () => {
    const limits = { packBytes: 20_000, seedTotalBytes: 1 };
    shared = await SharedSources.start(["a", "b"], { limits, filter: true });
    const rooms = Array.from({ length: 140 }, (_, index) => [
      `b/${index}.room.yaml`,
      `${specText(`room-b-${index}`)}# ${randomBytes(4_000).toString("hex")}\n`,
    ]);
    shared.first.repository.commit(Object.fromEntries(rooms));
    shared.push(1, ["a"]);
    const [a, b] = await shared.followAll();
    expect(a?.result.kind).to.equal("ready");
    expect(b?.result).to.include({ kind: "failed", reason: "LimitExceeded" });
  });

  it("has a clone of its own when it has another limit of what is downloaded", async () => {
    shared = await SharedSources.start(["a"]);
    const b = shared.join("b", { limits: { packBytes: 100 } });
    shared.push(1);
    const [a] = await shared.followAll();
    expect(a?.result.kind).to.equal("ready");
    expect((await b.follow()).result).to.include({ kind: "failed", reason: "LimitExceeded" });
    expect(shared.folders).to.deep.equal(["a", "b"]);
  });

  it("has no specs when its path is missing, and the others have theirs", async () => {
    shared = await SharedSources.start(["a", "b", "nowhere"]);
    shared.push(1, ["a", "b"]);
    const [a, , nowhere] = await shared.followAll();
    expect(a?.files).to.have.length(1);
    expect(nowhere?.result).to.deep.include({ kind: "ready", paths: [] });
    expect(nowhere?.result).to.have.nested.property("warnings[0].reason", "NoSpecsFound");
  });

  it("leaves the clone to the others when it is closed, and the last one ends the worker", async () => {
    shared = await SharedSources.start(["a", "b"]);
    const b = shared.bench("b");
    shared.push(1);
    await shared.followAll();
    await shared.first.source.close();
    shared.takeRequests();
    shared.push(2);
    expect((await b.follow()).files).to.have.length(1);
    expect(shared.takeRequests()).to.deep.equal({ polls: 1, packs: 1 });
    expect(shared.threads).to.equal(1);
    await b.source.close();
    await b.source.close();
    await shared.first.restart();
    await b.restart();
    shared.push(3);
    const told = await shared.followAll();
    expect(told.map(({ files }) => files.length)).to.deep.equal([1, 1]);
    expect(shared.threads).to.equal(2);
    expect(shared.folders).to.deep.equal(["a"]);
  });

  it("joins later without a download", async () => {
    shared = await SharedSources.start(["a"]);
    shared.push(1, ["a", "b"]);
    await shared.followAll();
    shared.takeRequests();
    const b = shared.join("b");
    expect((await b.follow()).files.map(({ path }) => path)).to.deep.equal(["b/a.room.yaml"]);
    expect(shared.takeRequests()).to.deep.equal({ polls: 1, packs: 0 });
  });

  it("moves to a clone of its own with another credential, whoever opened the one that it leaves", async () => {
    shared = await SharedSources.start(["a", "b"]);
    shared.push(1);
    await shared.followAll();
    const a = shared.bench("a");
    await a.restart({ accessKey: "another" });
    shared.push(2);
    shared.takeRequests();
    const told = await shared.followAll();
    expect(told.map(({ files }) => files.length)).to.deep.equal([1, 1]);
    expect(shared.takeRequests()).to.deep.equal({ polls: 2, packs: 2 });
    expect(shared.folders).to.deep.equal(["a", "a.2"]);
  });

  it("reads a renewed credential at each use, as the others do", async () => {
    let password = "old";
    const credentials = async () => ({ kind: "basic", username: "git", password }) as const;
    const sign = () => {
      const login = Buffer.from(`git:${password}`).toString("base64");
      shared.first.server.authorization = `Basic ${login}`;
    };
    shared = await SharedSources.start(["a", "b"], { credentials });
    sign();
    shared.push(1);
    expect((await shared.followAll()).map(({ result }) => result.kind)).to.include("ready");
    shared.first.server.authorization = "Basic bmV3";
    const [refused] = await shared.followAll();
    expect(refused?.result).to.include({ reason: "AuthenticationFailed" });
    password = "new";
    sign();
    const { result } = await shared.bench("b").follow({ maxAgeMs: 600_000 });
    expect(result, "the failure of the old one says nothing of the new one").to.include({
      kind: "ready",
    });
  });

  it("is given up in the middle of a sync without a harm to the others", async () => {
    shared = await SharedSources.start(["a", "b"]);
    shared.push(1);
    const stop = new AbortController();
    const begun = Promise.withResolvers<undefined>();
    const given = rejection(
      sync("a", stop.signal, () => {
        begun.resolve(undefined);
        return never();
      }),
    );
    await begun.promise;
    const other = sync("b", shared.first.signal, nothing);
    await setImmediate();
    stop.abort(new Error("the source is removed"));
    expect((await given).message).to.equal("the source is removed");
    await shared.bench("a").source.close();
    expect(await other).to.include({ kind: "ready" });
    expect(shared.threads).to.equal(1);
  });

  it("repeats its sync when the worker died under another's", async () => {
    shared = await SharedSources.start(["a", "b"]);
    shared.push(1);
    const begun = Promise.withResolvers<undefined>();
    const stop = new AbortController();
    const first = sync("a", stop.signal, () => {
      begun.resolve(undefined);
      return never();
    });
    await begun.promise;
    const other = shared.bench("b").follow();
    await shared.endThread();
    expect(await first).to.include({ kind: "failed", reason: "WorkerFailed" });
    expect((await other).result.kind).to.equal("ready");
    expect(shared.threads).to.equal(2);
  });

  it("recovers from a damaged clone with one download for all", async () => {
    shared = await SharedSources.start(["a", "b", "c"]);
    shared.push(1);
    await shared.followAll();
    const folder = join(shared.store, "a", "objects", "pack");
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".pack"))) {
      const bytes = readFileSync(join(folder, name));
      bytes.fill(0xff, 40, bytes.length - 40);
      writeFileSync(join(folder, name), bytes);
    }
    shared.takeRequests();
    shared.push(2);
    const told = await shared.followAll();
    expect(told.map(({ result }) => result.kind)).to.deep.equal(["ready", "ready", "ready"]);
    expect(told.map(({ range }) => range?.history)).to.deep.equal(
      Array.from({ length: 3 }, () => "descends"),
    );
    // The commit that came onto the damaged clone, and the new clone.
    expect(shared.takeRequests()).to.deep.equal({ polls: 1, packs: 2 });
  });

  it("sees a force-push as its own head shows it", async () => {
    shared = await SharedSources.start(["a", "b"]);
    const first = shared.push(1);
    await shared.followAll();
    shared.push(2);
    await shared.bench("a").follow();
    const { repository } = shared.first;
    const forced = repository.commit(
      { "a/a.room.yaml": specText("room-a", { version: 9 }) },
      { parents: [first] },
    );
    const [a, b] = await shared.followAll({});
    expect(a?.result).to.include({ kind: "ready", head: forced });
    expect(a?.range?.history).to.equal("rewritten");
    expect(b?.result).to.include({ kind: "ready", head: forced });
    expect(b?.range?.history, "it never was at the head that is gone").to.equal("descends");
  });

  describe("that is rotated", () => {
    const events: CloneEvent[] = [];
    const rotations = () => events.filter(({ kind }) => kind === "rotated");
    const start = async () => {
      events.length = 0;
      shared = await SharedSources.start(["a", "b"], {
        filter: true,
        tuning: { rotation: { ...ROTATION_LIMITS, packs: 4 } },
        onClone: (event) => events.push(event),
      });
    };

    it("is rotated when all its sources are at one head, and each goes on from there", async () => {
      await start();
      for (let version = 1; rotations().length === 0; version += 1) {
        shared.push(version);
        await shared.followAll();
        await shared.settled();
        expect(version).to.be.below(8);
      }
      expect(rotations()).to.have.nested.property("[0].sharedWith").that.deep.equals(["b"]);
      shared.push(20);
      const told = await shared.followAll();
      expect(told.map(({ range }) => range?.history)).to.deep.equal(["descends", "descends"]);
      expect(told.map(({ files }) => files.length)).to.deep.equal([1, 1]);
    });

    it("waits for a source that is behind, up to twice the limit, and that one finds its way", async () => {
      await start();
      const [a, b] = [shared.bench("a"), shared.bench("b")];
      shared.push(1);
      await shared.followAll();
      const behind = b.known[0]?.oid ?? "";
      const packs = () => readdirSync(join(shared.store, "a", "objects", "pack")).length / 2;
      let most = 0;
      for (let version = 2; rotations().length === 0; version += 1) {
        shared.push(version);
        await a.follow();
        most = Math.max(most, packs());
        await shared.settled();
        expect(version).to.be.below(15);
      }
      expect(most).to.be.above(8);
      const { specs } = await b.source.readSpecs([behind], b.signal);
      expect(specs.get(behind)).to.have.nested.property("spec.roomId", "room-b");
      const { range, files } = await b.follow();
      expect(range?.history).to.equal("descends");
      expect(files).to.have.length(1);
    });
  });
});
