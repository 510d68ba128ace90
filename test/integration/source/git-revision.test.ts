import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { artifactFingerprint } from "../../../agent/spec/fingerprint.ts";
import type { Revision } from "../../../agent/source/revision.ts";
import type { SourceFailure } from "../../../agent/source/spec-source.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";
import type { BenchOptions } from "../../support/git-source-bench.ts";

const revision = (result: Revision | SourceFailure): Revision => {
  if (result.kind === "failed") throw new Error(result.message);
  return result;
};

const failure = (result: Revision | SourceFailure): SourceFailure => {
  if (result.kind === "failed") return result;
  throw new Error("it was read");
};

describe("git source: a commit that is not followed", () => {
  let bench: GitSourceBench;
  const start = async (options: BenchOptions = {}) => {
    bench = await GitSourceBench.start(options);
    bench.repository.commit({
      "rooms/a.room.yaml": specText("room-a"),
      "rooms/b.room.yaml": specText("room-b"),
      "film.bin": randomBytes(200_000),
    });
    await bench.follow();
  };
  afterEach(() => bench.stop());

  /** As a forge serves a pull request: no branch leads there. */
  const propose = (files: Record<string, string | null>, number = 7) => {
    const head = bench.repository.commit(files, { branch: `topic-${number}`, parents: [main()] });
    bench.repository.git("update-ref", `refs/pull/${number}/head`, head);
    bench.repository.git("update-ref", "-d", `refs/heads/topic-${number}`);
    return head;
  };
  const main = () => bench.repository.head() ?? "";
  const cloneFiles = (name = "") => readdirSync(`${bench.folder}${name}/objects/pack`).sort();

  for (const filter of [true, false]) {
    for (const onlyProtocol1 of [false, true]) {
      const how = `${filter ? "with" : "without"} filters, protocol ${onlyProtocol1 ? 1 : 2}`;

      it(`reads specs, seeds and fingerprints of a head, ${how}`, async () => {
        await start({ filter });
        bench.server.onlyProtocol1 = onlyProtocol1;
        const head = propose({
          "rooms/a.room.yaml": specText("room-a", { version: 2, seeds: ["s.md", "none.md"] }),
          "rooms/b.room.yaml": null,
          "rooms/c.room.yaml": "apiVersion: v1\nkind: [",
          "s.md": "hello",
        });
        const paths = ["rooms/a.room.yaml", "rooms/b.room.yaml", "rooms/c.room.yaml", "s.md"];
        const { files, ignored } = revision(await bench.readRevision(head, paths));
        expect(ignored).to.deep.equal([]);
        expect(files.map(({ path, parsed }) => `${path} ${parsed.kind}`)).to.deep.equal([
          "rooms/a.room.yaml valid",
          "rooms/c.room.yaml invalid",
        ]);
        const [a, c] = files;
        const error = c?.parsed.kind === "invalid" ? c.parsed.errors[0] : undefined;
        expect(error).to.include({ path: "rooms/c.room.yaml", line: 2 });
        expect(a?.seeds.map(({ path, kind }) => `${path} ${kind}`)).to.deep.equal([
          "s.md present",
          "none.md unusable",
        ]);
        const fields = { name: "artifact-0", type: "document", workspace: "main", tags: [] };
        expect([...(a?.fingerprints ?? [])]).to.deep.equal([
          ["artifact-0", artifactFingerprint(fields, Buffer.from("hello"))],
        ]);
      });
    }
  }

  it("leaves the clone, its head and its trail as they were", async () => {
    await start();
    const before = cloneFiles();
    const synced = () => readFileSync(`${bench.folder}/refs/agent/synced`, "utf8");
    const [ref, head] = [synced(), propose({ "rooms/a.room.yaml": specText("room-x") })];
    revision(await bench.readRevision(head, ["rooms/a.room.yaml"]));
    expect(cloneFiles()).to.deep.equal(before);
    expect(synced()).to.equal(ref);
    bench.repository.commit({ "rooms/a.room.yaml": specText("room-a", { version: 3 }) });
    const { result, range } = await bench.follow();
    expect(result.kind).to.equal("ready");
    expect(range).to.include({ history: "descends" });
    expect(range?.commits).to.have.length(1);
  });

  it("finds a merge by fast-forward of what it read built on the head before", async () => {
    await start();
    const head = propose({ "rooms/a.room.yaml": specText("room-a", { version: 2 }) });
    revision(await bench.readRevision(head, ["rooms/a.room.yaml"]));
    bench.repository.git("update-ref", "refs/heads/main", head);
    const { range } = await bench.follow();
    expect(range).to.include({ history: "descends" });
    expect(range?.commits.map(({ oid }) => oid)).to.deep.equal([head]);
  });

  it("brings no files but those it reads, and no commit twice", async () => {
    await start({ filter: true });
    const head = propose({ "rooms/a.room.yaml": specText("room-a", { version: 2 }) });
    bench.server.requests.length = 0;
    for (const name of ["a", "a", "b"])
      revision(await bench.readRevision(head, [`rooms/${name}.room.yaml`]));
    const fetches = bench.server.requests.filter(({ command }) => command === "fetch");
    expect(fetches, "the commit with its trees, one file, another one").to.have.length(3);
    const sent = bench.server.requests.reduce((sum, each) => sum + each.responseBytes, 0);
    expect(sent).to.be.below(20_000);
  });

  it("keeps to Path, Exclude and .roomignore of the head", async () => {
    await start({ path: "rooms", patterns: { include: ["*", "**/*"], exclude: ["old/*"] } });
    const head = propose({
      "rooms/a.room.yaml": specText("room-a", { version: 2 }),
      "rooms/old/c.room.yaml": specText("room-c"),
      "rooms/d.room.yaml": specText("room-d"),
      "rooms/.roomignore": "d.room.yaml\n",
      "other/e.room.yaml": specText("room-e"),
    });
    const paths = ["a", "old/c", "d"].map((name) => `rooms/${name}.room.yaml`);
    const asked = [...paths, "other/e.room.yaml"];
    const read = revision(await bench.readRevision(head, asked));
    expect(read.files.map(({ path }) => path)).to.deep.equal(["rooms/a.room.yaml"]);
    expect(read.ignored.map(({ path }) => path)).to.have.members(paths.slice(1));
    expect(read.paths).to.deep.equal(["rooms/a.room.yaml", "rooms/b.room.yaml"]);
  });

  it("answers a failure for a head that is gone, and reads the next one", async () => {
    await start();
    const gone = failure(await bench.readRevision("ab".repeat(20), ["rooms/a.room.yaml"]));
    expect(gone.message).to.contain("ab".repeat(20));
    expect(failure(await bench.readRevision("main", [])).reason).to.equal("NotACommit");
    const head = propose({ "rooms/a.room.yaml": specText("room-a", { version: 2 }) });
    expect(revision(await bench.readRevision(head, ["rooms/a.room.yaml"])).files).to.have.length(1);
  });

  it("answers what the server did, and follows meanwhile", async () => {
    await start();
    const head = propose({ "rooms/a.room.yaml": specText("room-a", { version: 2 }) });
    bench.server.break({ kind: "status", status: 503 });
    expect(failure(await bench.readRevision(head, [])).reason).to.equal("ServerError");
    bench.server.break({ kind: "status", status: 401 });
    expect(failure(await bench.readRevision(head, [])).reason).to.equal("AuthenticationFailed");
    bench.server.heal();
    expect((await bench.follow()).result.kind).to.equal("ready");
  });

  it("refuses a head over the limits of the source", async () => {
    await start({ limits: { entries: 20 } });
    const many = Array.from({ length: 30 }, (_, at) => [`rooms/x${at}.txt`, "x"]);
    const failed = failure(await bench.readRevision(propose(Object.fromEntries(many)), []));
    expect(failed.reason).to.equal("LimitExceeded");
    expect(failed.message).to.contain("Entries");
    expect((await bench.follow()).result.kind, "the source goes on").to.equal("ready");
  });

  it("makes its own clone again when that is damaged, gone or left half", async () => {
    await start();
    const first = propose({ "rooms/a.room.yaml": specText("room-a", { version: 2 }) });
    revision(await bench.readRevision(first, ["rooms/a.room.yaml"]));
    const side = `${bench.folder}.side`;
    for (const harm of ["index", "half", "gone"] as const) {
      await bench.restart();
      const [index = ""] = cloneFiles(".side").filter((name) => name.endsWith(".idx"));
      if (harm === "index") writeFileSync(join(side, "objects/pack", index), "nothing");
      if (harm === "half") writeFileSync(join(side, "objects/pack/pack-0.pack"), "PACK");
      if (harm === "gone") rmSync(side, { recursive: true, force: true });
      const read = revision(await bench.readRevision(first, ["rooms/a.room.yaml"]));
      expect(read.files, harm).to.have.length(1);
    }
  });

  it("does not make syncs wait", async () => {
    await start();
    const head = propose({ "rooms/a.room.yaml": specText("room-a", { version: 2 }) });
    bench.server.break({
      kind: "judge",
      judge: (body) => (body.includes(`want ${head}`) ? { kind: "delay", ms: 1500 } : undefined),
    });
    const reading = bench.readRevision(head, ["rooms/a.room.yaml"]);
    bench.repository.commit({ "rooms/a.room.yaml": specText("room-a", { version: 4 }) });
    const order: string[] = [];
    const synced = bench.follow().then(({ result }) => order.push(result.kind));
    await Promise.all([reading.then(({ kind }) => order.push(kind)), synced]);
    expect(order).to.deep.equal(["ready", "revision"]);
  });

  it("lets go of what it fetched once that is much", async () => {
    await start({ limits: { packBytes: 300_000 } });
    for (let number = 1; number <= 3; number += 1) {
      const head = propose(
        { [`${number}.room.yaml`]: specText(`room-${number}`), film: String(randomBytes(90_000)) },
        number,
      );
      revision(await bench.readRevision(head, [`${number}.room.yaml`]));
    }
    const bytes = cloneFiles(".side").reduce(
      (sum, name) => sum + readFileSync(join(`${bench.folder}.side`, "objects/pack", name)).length,
      0,
    );
    expect(bytes).to.be.below(900_000);
  });
});
