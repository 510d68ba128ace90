import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ConfigWorld } from "../../support/config-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const NAMES = ["a", "b", "c"] as const;
type Name = (typeof NAMES)[number];
type Section = Readonly<Record<string, unknown>>;

describe("a reload of sources that share a clone", () => {
  let config: ConfigWorld;
  const shared = () => config.repository("shared");
  const room = (name: string) => `room-${name}`;
  const source = (name: string, others: Section = {}, repository = "shared") =>
    config.source(name, { Path: name, ...others }, repository);
  const spec = (name: string, version: number, entities = ["E-01"]) => ({
    [`${name}/x.room.yaml`]: specYaml({ roomId: room(name), version, entities }),
  });
  const push = (version: number, names: readonly string[] = NAMES) =>
    shared().commit(Object.assign({}, ...names.map((name) => spec(name, version))));
  const folders = () => readdirSync(join(config.world.data, "git")).sort();
  const allAt = async (oid: string, names: readonly Name[] = NAMES) => {
    for (const name of names) await config.world.verified(room(name), oid);
  };
  const allEntered = async () => {
    for (const name of NAMES) {
      const { entities } = await config.world.contents(room(name));
      expect(entities, `room of ${name}`).to.deep.equal(["E-01"]);
    }
  };
  const all = () => NAMES.map((name) => source(name));
  const reload = async (sources: readonly Section[]) => {
    const { status, body } = await config.reload(sources);
    expect(status, JSON.stringify(body)).to.equal(200);
  };

  beforeEach(async () => {
    config = await ConfigWorld.create();
    config.world.implementations = {
      ...config.world.implementations,
      watchFile: () => ({ stop: async () => undefined }),
    };
    const first = push(1);
    config.write(all());
    await config.world.start();
    await allAt(first);
    expect(folders()).to.deep.equal(["a"]);
  });
  afterEach(() => config.world.remove());

  it("that removes the one whose folder holds the clone leaves the others at work, and it comes back", async () => {
    await reload([source("b"), source("c")]);
    const second = push(2);
    await allAt(second, ["b", "c"]);
    await reload(all());
    await allAt(second);
    await allAt(push(3));
    await allEntered();
    expect(folders()).to.deep.equal(["a"]);
  });

  it("that points the first elsewhere keeps its clone apart, also after the next start", async () => {
    config.repository("other").commit(spec("a", 5));
    await reload([source("a", {}, "other"), source("b"), source("c")]);
    await config.world.verified(room("a"), config.repository("other").head());
    const second = push(2);
    await allAt(second, ["b", "c"]);
    expect(folders()).to.deep.equal(["a", "a.2"]);
    await config.world.stop();
    await config.world.start();
    await allAt(second, ["b", "c"]);
    await allAt(push(3), ["b", "c"]);
    config.repository("other").commit(spec("a", 6));
    await config.world.verified(room("a"), config.repository("other").head());
    await allEntered();
  });

  it("that changes a limit, a path or a branch of one changes nothing of the others", async () => {
    const others: readonly Section[] = [
      { Limits: { PackBytes: 1_048_576 } },
      { Limits: { Depth: 3 } },
      { Path: "./b/" },
      { Auth: { Kind: "basic", Username: "u", Password: "p" } },
      {},
    ];
    let version = 2;
    for (const other of others) {
      await reload([source("a"), source("b", other), source("c")]);
      await allAt(push(version));
      version += 1;
    }
    await allEntered();
  });

  it("that has one follow other kinds of refs, one after the other, changes nothing of the others", async () => {
    const tagged = push(2);
    shared().tag("v1.2.0", undefined, "Release");
    await allAt(tagged);
    const refs: readonly Section[] = [
      { Tag: "v1.2.0" },
      { Semver: "^1" },
      { Commit: tagged },
      { Branch: "main" },
    ];
    let version = 3;
    for (const [at, Ref] of refs.entries()) {
      await reload([source("a"), source("b", { Ref }), source("c")]);
      const newest = push(version);
      await allAt(newest, ["a", "c"]);
      if (at === refs.length - 1) await allAt(newest, ["b"]);
      else expect((await config.world.room(room("b"))).verifiedRevision).to.include(tagged);
      version += 1;
    }
    await allEntered();
    const { sources } = await config.world.status();
    expect(sources.map(({ lastError }) => lastError)).to.deep.equal([null, null, null]);
  });

  it("in the middle of a fetch of all leaves none behind", async () => {
    for (const version of [2, 3, 4]) {
      let isHeld = false;
      config.world.git.fault = ({ method }) => {
        if (method !== "POST" || isHeld) return undefined;
        isHeld = true;
        return { kind: "delay", ms: 300 };
      };
      const oid = push(version);
      await eventually("the server is asked", () => Promise.resolve(isHeld));
      const left = NAMES.filter((name) => name !== NAMES[version - 2]);
      await reload(left.map((name) => source(name)));
      await allAt(oid, left);
      await reload(all());
      await allAt(oid);
    }
    await allEntered();
  });

  it("over and over while there are pushes ends at the newest for all", async () => {
    for (let round = 0; round < 12; round += 1) {
      const left = NAMES.filter((_, index) => index !== round % 4);
      push(10 + round);
      await reload(
        left.map((name) => source(name, round % 3 === 0 ? { Limits: { Depth: 4 } } : {})),
      );
    }
    await reload(all());
    await allAt(push(30));
    await allEntered();
    const { sources } = await config.world.status();
    expect(sources.map(({ lastError }) => lastError)).to.deep.equal([null, null, null]);
  });
});
