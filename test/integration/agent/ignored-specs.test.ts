import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { FileContent } from "../../support/file-content.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-ignored";
const OTHER = "room-other";
const FILE = "rooms/drafts/x.room.yaml";
const OTHER_FILE = "rooms/o.room.yaml";
const IGNORE = "rooms/.roomignore";

describe("a spec that must not be read", () => {
  let world: AgentWorld;
  const spec = (version = 1, entities = 3, roomId = ROOM) =>
    specYaml({ roomId, version, entities: entityIds(entities) });

  beforeEach(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Path: "rooms",
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    world.commit({ [FILE]: spec(), [OTHER_FILE]: spec(1, 1, OTHER) });
    await world.start();
    await world.verified(ROOM);
    await world.verified(OTHER);
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const source = async () => (await world.status()).sources[0];

  const failsWith = (reason: string) =>
    eventually(`the source fails with ${reason}`, async () => {
      const lastError = (await source())?.lastError;
      return lastError?.reason === reason ? lastError : undefined;
    });

  /** Whether the room is as it was, and its owner too. */
  async function staysAsItIs(when: string): Promise<void> {
    const { orphaned, path } = await world.room(ROOM);
    expect({ orphaned, path }, when).to.deep.equal({ orphaned: false, path: FILE });
    expect((await world.contents(ROOM)).entities, when).to.deep.equal(entityIds(3));
  }

  const without = (pattern: string) => ({ Git__Sources__0__Exclude__0: pattern });

  it("keeps its room through commits and restarts, until the file may be read again", async () => {
    world.commit({ [IGNORE]: "# later\ndrafts/\n", [FILE]: spec(2, 1) });
    const { conditions } = await world.reason(ROOM, "SpecIgnored");
    const [ready] = conditions.filter(({ type }) => type === "Ready");
    expect(ready?.message).to.include(`${FILE} is not read`).and.include(`${IGNORE} line 2`);
    await staysAsItIs("once it is ignored");
    const { specErrors, warnings } = (await source()) ?? {};
    expect(specErrors?.map(({ path }) => path)).to.deep.equal([FILE]);
    expect(warnings?.map(({ reason }) => reason)).to.deep.equal(["SpecsIgnored"]);
    expect(await world.text(`/rooms/${ROOM}/explain`)).to.include(`${IGNORE} line 2`);

    const next = world.commit({ [OTHER_FILE]: spec(2, 2, OTHER) });
    await world.verified(OTHER, next);
    await staysAsItIs("after another commit");
    await world.stop();
    await world.start();
    await world.apply({ roomId: ROOM });
    await world.reason(ROOM, "SpecIgnored");
    await staysAsItIs("after a restart");
    expect(await world.audit("room.specRefused")).to.have.length(1);

    const head = world.commit({ [IGNORE]: "" });
    await eventually("the spec counts again", async () => {
      const { headProblem, specVersion } = await world.room(ROOM);
      return headProblem === null && specVersion === 2;
    });
    await world.observed(head);
    expect((await source())?.specErrorCount).to.equal(0);
  });

  it("holds it as the same when the same bytes may be read again", async () => {
    world.commit({ [IGNORE]: "drafts/\n" });
    await world.reason(ROOM, "SpecIgnored");
    await world.stop();
    await world.start();
    await world.apply({ roomId: ROOM });
    await world.reason(ROOM, "SpecIgnored");
    await staysAsItIs("after a restart at the commit that ignored it");
    world.commit({ [IGNORE]: null });
    await world.verified(ROOM);
    const { headProblem, specVersion } = await world.room(ROOM);
    expect({ headProblem, specVersion }).to.deep.equal({ headProblem: null, specVersion: 1 });
    const next = world.commit({ [FILE]: spec(2, 4) });
    await world.verified(ROOM, next);
  });

  it("releases its room once the file is deleted", async () => {
    world.commit({ [IGNORE]: "drafts/\n" });
    await world.reason(ROOM, "SpecIgnored");
    world.commit({ [FILE]: null });
    await world.reason(ROOM, "Orphaned");
  });

  it("gives its room to a file that may be read and names it", async () => {
    world.commit({ [IGNORE]: "drafts/\n", "rooms/new.room.yaml": spec(2, 4) });
    await eventually("the room is at its new path", async () => {
      const { path, headProblem, specVersion } = await world.room(ROOM);
      return path === "rooms/new.room.yaml" && headProblem === null && specVersion === 2;
    });
  });

  it("is none of the agent's business where it never was read", async () => {
    const head = world.commit({
      [IGNORE]: "later/\n",
      "rooms/later/n.room.yaml": spec(1, 1, "room-later"),
      "rooms/later/broken.room.yaml": "x: [",
    });
    await world.observed(head);
    const { specErrorCount, warnings } = (await source()) ?? {};
    expect(specErrorCount).to.equal(0);
    expect(warnings?.map(({ message }) => message).join()).to.match(/^2 specs are /);
    expect((await world.status()).rooms.map(({ roomId }) => roomId)).to.not.include("room-later");
  });

  it("is kept by a pattern of the configuration at the same head, until that is taken out", async () => {
    const head = (await source())?.observedRevision;
    await world.stop();
    await world.start(without("drafts/*"));
    const { conditions } = await world.reason(ROOM, "SpecIgnored");
    expect(conditions.map(({ message }) => message).join()).to.include('Exclude "drafts/*"');
    await staysAsItIs("once it is excluded");
    expect((await source())?.observedRevision).to.equal(head);
    await world.stop();
    await world.start({ ...without("nothing"), Git__Sources__0__Include__0: "o.*" });
    await eventually("the other reason is said", async () => {
      const { headProblem } = await world.room(ROOM);
      return headProblem?.message.includes("not included by Include") === true;
    });
    await staysAsItIs("once it is not included");
    await world.stop();
    await world.start({ Git__Sources__0__Include__0: "**/*" });
    await eventually("the spec counts again", async () => {
      return (await world.room(ROOM)).headProblem === null;
    });
    await staysAsItIs("once it may be read again");
    expect(await world.audit("room.orphaned")).to.deep.equal([]);
  });

  it("counts as an emptied source when no spec is left that may be read", async () => {
    world.commit({ [IGNORE]: "**\n" });
    const { message } = await failsWith("SourceEmptied");
    expect(message).to.include(`${IGNORE} line 1`).and.include("2 rooms came from it");
    await staysAsItIs("once all are ignored");
    await world.stop();
    await world.start(without("*"));
    await failsWith("SourceEmptied");
    await staysAsItIs("once all are excluded");
    await world.stop();
    const head = world.commit({ [IGNORE]: null, [FILE]: spec(2) });
    await world.start(without("nothing"));
    await world.verified(ROOM, head);
  });

  it("is kept one by one when AllowEmpty lets none be left", async () => {
    await world.stop();
    await world.start({ Git__Sources__0__AllowEmpty: "true", ...without("*") });
    await world.reason(ROOM, "SpecIgnored");
    await world.reason(OTHER, "SpecIgnored");
    await staysAsItIs("with AllowEmpty");
  });

  const BAD: readonly (readonly [string, FileContent])[] = [
    ["a link", { mode: "120000", content: "o.room.yaml" }],
    ["a submodule", { mode: "160000", oid: "1".repeat(40) }],
    ["a binary file", "drafts\0/"],
    ["too large", "x\n".repeat(40_000)],
    ["10,000 patterns", "a*b\n".repeat(10_000)],
  ];
  for (const [what, content] of BAD) {
    it(`fails its source while a .roomignore is ${what}, and says so everywhere`, async () => {
      world.commit({ [IGNORE]: content, [FILE]: spec(2, 1) });
      const reason = "IgnoreFileInvalid";
      const { message } = await failsWith(reason);
      expect(message).to.match(/\.roomignore .*Rooms stay as they are/);
      const line = await eventually("the log says so", async () =>
        logOf(world).find((one) => one.reason === reason),
      );
      expect(line).to.include({ level: "warn", message: "source failed" });
      const records = await world.audit("source.failed");
      expect(records.map(({ metadata }) => metadata["reason"])).to.include(reason);
      expect(sum(await gauges(world), "source_polls_total", { result: reason })).to.be.above(0);
      const { status, problems } = await healthOf(world);
      expect(status).to.equal("degraded");
      expect(problems.map((problem) => problem.message).join()).to.include(reason);
      expect(await world.text(`/rooms/${ROOM}/explain`)).to.include(reason);
      await staysAsItIs(what);
      world.commit({ [IGNORE]: null });
      await eventually("the source works again", async () => {
        return (await world.room(ROOM)).specVersion === 2;
      });
    });
  }

  it("fails its source while a folder is called .roomignore", async () => {
    world.commit({ [`${IGNORE}/x.md`]: "x" });
    const { message } = await failsWith("IgnoreFileInvalid");
    expect(message).to.include(`${IGNORE} is not a regular file`);
    await staysAsItIs("a folder");
  });
});
