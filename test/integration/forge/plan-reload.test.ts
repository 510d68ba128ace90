import { expect } from "chai";
import { ConfigWorld } from "../../support/config-world.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeForge } from "../../support/fake-forge.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-alpha";
const PATH = "a.room.yaml";
const FORGE = {
  Kind: "gitea",
  Token: "a-token",
  Url: "http://127.0.0.1:9",
  Repository: "ops/alpha",
};

describe("plans of pull requests under another configuration", () => {
  let config: ConfigWorld;
  let forges: FakeForge[];
  beforeEach(async () => {
    config = await ConfigWorld.create();
    forges = [];
    config.world.implementations = {
      ...config.world.implementations,
      watchFile: () => ({ stop: async () => undefined }),
      openForge: async () => {
        const forge = new FakeForge();
        forge.open({ headSha: head }, [PATH]);
        forges.push(forge);
        return forge;
      },
    };
    const repository = config.repository("alpha");
    repository.commit({ [PATH]: specYaml({ roomId: ROOM, entities: ["E-01"] }) });
    const base = repository.head() ?? "";
    const files = { [PATH]: specYaml({ roomId: ROOM, version: 2, entities: ["E-01", "E-02"] }) };
    head = repository.commit(files, { branch: "topic", parents: [base] });
    repository.git("update-ref", "refs/pull/7/head", head);
  });
  let head = "";
  afterEach(() => config.world.remove());

  const source = (more = {}) => config.source("alpha", more);
  const shown = async () => (await config.world.status()).sources[0]?.pullRequests;

  it("begin with a forge, end without, and leave the room as it is", async () => {
    config.write([source()]);
    await config.world.start();
    await config.world.verified(ROOM, config.repository("alpha").head());
    expect(await shown()).to.equal(undefined);
    await config.reload([source({ Forge: FORGE })]);
    const forge = await eventually("the plan is written", async () =>
      forges[0] !== undefined && forges[0].written.length > 0 ? forges[0] : undefined,
    );
    expect(forge.planOf(7)).to.contain("- added `entity/E-02`");
    await eventually("it is in the status", async () =>
      (await shown())?.list[0]?.plannedHead === head ? true : undefined,
    );
    await config.reload([source({ Forge: FORGE, Plan: { Enabled: false } })]);
    expect(await shown()).to.equal(undefined);
    expect(forge.isClosed).to.equal(true);
    const before = forges.flatMap(({ calls }) =>
      calls.filter((call) => /comments|pullRequests.open/.test(call)),
    );
    await config.reload([source()]);
    expect(forges.every(({ isClosed }) => isClosed)).to.equal(true);
    const after = forges.flatMap(({ calls }) =>
      calls.filter((call) => /comments|pullRequests.open/.test(call)),
    );
    expect(after).to.deep.equal(before);
    expect((await config.world.contents(ROOM)).entities).to.deep.equal(["E-01"]);
  });

  it("have a status of their own for each source of a branch, and a comment where a room is concerned", async () => {
    const other = config.source("beta", { Forge: FORGE, Path: "other" }, "alpha");
    config.write([source({ Forge: FORGE }), other]);
    await config.world.start();
    await eventually("both wrote a status", async () => {
      const contexts = forges.flatMap(({ set }) => (set.get(head) ?? []).map((one) => one.context));
      return new Set(contexts).size === 2 ? true : undefined;
    });
    const contexts = forges.flatMap(({ set }) => (set.get(head) ?? []).map((one) => one.context));
    expect([...new Set(contexts)].sort()).to.deep.equal([
      "room-operator/plan/alpha",
      "room-operator/plan/beta",
    ]);
    await eventually("the one that it concerns wrote a comment", async () => {
      return forges.some(({ written }) => written.length > 0) ? true : undefined;
    });
    expect(forges.map(({ written }) => written.length)).to.have.members([0, 1]);
  });
});
