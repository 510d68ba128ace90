import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CloneRotation } from "../../../agent/source/git/git-rotation.ts";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { KeptClone } from "../../../agent/source/git/git-kept-clone.ts";
import { GitSession } from "../../../agent/source/git/git-session.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer } from "../../support/git-server.ts";
import { DEFAULT_LIMITS, specText } from "../../support/git-source-bench.ts";
import { keptParsers } from "../../support/kept-parsers.ts";
import { rejection } from "../../support/rejection.ts";

const NOW = 1_800_000_000_000;

describe("CloneRotation, with syncs in the middle of it", () => {
  let root: string;
  let repository: GitRepository;
  let server: GitServer;
  let clone: KeptClone;
  let session: GitSession;
  let discarded: string[];
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "room-operator-rotation-"));
    repository = GitRepository.create();
    server = await GitServer.start(repository.root);
    discarded = [];
    settled = null;
    clone = new KeptClone(
      {
        url: server.url(),
        folder: join(root, "specs"),
        limits: DEFAULT_LIMITS,
        deadlines: { headersMs: 20_000, idleMs: 20_000, totalMs: 20_000 },
        roomIdPattern: ".",
        parse: { threads: 1, timeoutMs: 5000, heapMb: 64 },
        rotation: { ...ROTATION_LIMITS, packs: 1 },
      },
      (why) => discarded.push(why),
      keptParsers({ threads: 1, timeoutMs: 5000, heapMb: 64 }),
    );
    session = new GitSession(clone, { id: 1, path: ".", limits: DEFAULT_LIMITS });
    await sync(commit(1));
    await sync(commit(2));
  });
  afterEach(async () => {
    await clone.close();
    await server.stop();
    repository.remove();
    rmSync(root, { recursive: true });
  });

  let settled: string | null = null;
  const common = {
    credentials: { kind: "none" },
    signal: new AbortController().signal,
  } as const;
  const commit = (version: number, options = {}) =>
    repository.commit({ "a.room.yaml": specText("room-a", { version }) }, options);
  const sync = async (head: string) => {
    const walk = await session.bring({
      ...common,
      head,
      previous: settled,
      onReceived: () => undefined,
    });
    await session.clone.writeSynced(head);
    settled = head;
    return walk;
  };
  /** Rotates, with `meanwhile` between the making of the new clone and its taking the place. */
  const rotate = (meanwhile: () => Promise<unknown>) => {
    let turns = 0;
    const rotation = new CloneRotation(clone, async (work) => {
      turns += 1;
      if (turns === 2) await meanwhile();
      return work();
    });
    return rotation.tend({ ...common, readers: [1], nowMs: NOW, progress: () => undefined });
  };
  const specAt = (head: string) => {
    const { tree } = session.trees.commit(head);
    const oid = session.trees.lookup(tree, "a.room.yaml")?.oid ?? "";
    return session.objects.read(oid, "blob").toString();
  };
  const folders = () => readdirSync(root);

  it("takes over a head that was taken in meanwhile, and goes on from it", async () => {
    const third = commit(3);
    const rotation = await rotate(() => sync(third));
    expect(rotation).to.deep.include({ why: "packs" });
    expect(await session.clone.synced()).to.equal(third);
    expect(specAt(third)).to.equal(specText("room-a", { version: 3 }));
    const [fourth, fifth] = [commit(4), commit(5)];
    expect(await sync(fifth)).to.deep.equal({ history: "descends", oids: [fourth, fifth] });
    expect(folders()).to.deep.equal(["specs"]);
  });

  it("fails with the server's own words when the server does not have the head any more", async () => {
    commit(9, { parents: [], fresh: true });
    repository.git("gc", "--quiet", "--prune=now");
    const failure = await rejection(rotate(async () => undefined));
    expect(failure.message).to.contain("not our ref");
    expect(folders()).to.deep.equal(["specs"]);
  });

  it("takes over a head of another history", async () => {
    let other = "";
    await rotate(() => {
      other = commit(9, { parents: [], fresh: true });
      return sync(other);
    });
    expect(specAt(other)).to.equal(specText("room-a", { version: 9 }));
    const next = commit(10);
    expect(await sync(next)).to.deep.equal({ history: "descends", oids: [next] });
  });

  it("keeps what was told and is not settled yet, and the way there", async () => {
    const [third, fourth] = [commit(3), commit(4)];
    const bring = () =>
      session.bring({ ...common, head: fourth, previous: settled, onReceived: () => undefined });
    await rotate(async () => {
      await bring();
      session.delivered = fourth;
    });
    expect(specAt(fourth)).to.equal(specText("room-a", { version: 4 }));
    server.break({ kind: "status", status: 503 });
    // It did not count: it is told again.
    expect(await bring()).to.deep.equal({ history: "descends", oids: [third, fourth] });
  });

  it("drops what was fetched and never told; the next sync brings it again", async () => {
    const [third, fourth] = [commit(3), commit(4)];
    await rotate(() =>
      session.bring({ ...common, head: fourth, previous: settled, onReceived: () => undefined }),
    );
    expect(session.objects.has(fourth)).to.equal(false);
    expect(await sync(fourth)).to.deep.equal({ history: "descends", oids: [third, fourth] });
  });

  it("gives itself up when the clone was thrown away meanwhile", async () => {
    const third = commit(3);
    const rotation = await rotate(async () => {
      await session.discard("damaged");
      // One pack: the history need not be deepened.
      settled = null;
      await sync(third);
    });
    expect(rotation).to.equal(null);
    expect(specAt(third)).to.equal(specText("room-a", { version: 3 }));
    expect(folders()).to.deep.equal(["specs"]);
  });

  it("leaves the clone as it was when the newest head cannot be brought into the new one", async () => {
    const third = commit(3);
    const failure = await rejection(
      rotate(async () => {
        await sync(third);
        server.break({ kind: "status", status: 503 });
      }),
    );
    expect(failure).to.have.property("code", "ServerError");
    expect(specAt(third)).to.equal(specText("room-a", { version: 3 }));
    expect(folders()).to.deep.equal(["specs"]);
    expect(discarded).to.deep.equal([]);
  });

  it("throws a clone away that grew without ever holding a head that counts", async () => {
    await session.discard("damaged");
    for (const version of [3, 4]) {
      const head = commit(version);
      await session.bring({ ...common, head, previous: null, onReceived: () => undefined });
    }
    expect(await rotate(async () => undefined)).to.equal(null);
    expect(discarded).to.deep.equal(["damaged", "useless"]);
  });
});
