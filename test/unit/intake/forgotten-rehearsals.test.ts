import { expect } from "chai";
import { dryRunProblem } from "../../../agent/room/dry-run-text.ts";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const spec = (...entities: readonly string[]) => specYaml({ roomId: "room-a", entities });

describe("dry runs that ended by other inputs", () => {
  let source: FakeSpecSource;
  let bench: IntakeBench;

  beforeEach(async () => {
    source = new FakeSpecSource();
    source.commit({ [A]: spec("E-01") });
    bench = await anIntake(source);
    await bench.sync();
  });

  /** Dry runs and what ended each; gives the commits that lie between. */
  async function rounds(count: number): Promise<readonly string[]> {
    const between: string[] = [];
    for (let at = 0; at < count; at += 1) {
      source.commit({ [A]: spec("E-01", `R-${at}`) }, "Try\n\nDry-Run: true\n");
      await bench.sync();
      between.push(source.commit({ "README.md": `${at}` }));
      await bench.sync();
      source.commit({ [A]: spec("E-01", `K-${at}`) }, "Another\n");
      await bench.sync();
    }
    return between;
  }

  async function forcedTo(oid: string | undefined) {
    source.force(oid ?? "");
    await bench.sync();
    return bench.room("room-a");
  }

  it("are remembered up to the bound, and count again without a doubt", async () => {
    const between = await rounds(10);
    const { dryRun, rehearsalsForgotten } = await forcedTo(between[0]);
    expect(rehearsalsForgotten).to.equal(false);
    expect(dryRun).to.not.equal(null);
    expect(dryRun).to.not.have.property("lookAlike");
  });

  it("hold a room in doubt over the bound, in words that say so", async () => {
    const between = await rounds(12);
    const row = await forcedTo(between[0]);
    expect(row.rehearsals).to.have.length(10);
    expect(row.dryRun?.commit).to.equal(between[0]);
    const { reason, message } = dryRunProblem(row);
    expect(reason).to.equal("DryRunLookAlike");
    expect(message).to.match(/force-push .* 10 that are remembered.*`Confirm: room-a`/);
  });

  it("hold no room in doubt that a person confirms, and begin no doubt without a force-push", async () => {
    const between = await rounds(12);
    expect((await bench.room("room-a")).dryRun).to.equal(null);
    await forcedTo(between[0]);
    source.commit({}, "Go\n\nConfirm: room-a\n");
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.equal(null);
    source.commit({ [A]: spec("E-05") }, "Another\n");
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.equal(null);
  });

  it("hold no room in doubt at the spec that it is held to", async () => {
    const first = source.head;
    const { head } = await bench.room("room-a");
    await rounds(12);
    const row = await bench.room("room-a");
    await bench.store.write([{ kind: "room", row: { ...row, enforced: head } }]);
    expect((await forcedTo(first)).dryRun).to.equal(null);
  });

  it("are each spec once", async () => {
    for (let at = 0; at < 12; at += 1) {
      source.commit({ [A]: spec("E-01", "R-1") }, "Try\n\nDry-Run: true\n");
      await bench.sync();
      source.commit({ [A]: spec("E-01") }, "Another\n");
      await bench.sync();
    }
    const { rehearsals, rehearsalsForgotten } = await bench.room("room-a");
    expect(rehearsals).to.have.length(1);
    expect(rehearsalsForgotten).to.equal(false);
  });

  it("are remembered with the spec they were asked for, not with one that a force-push put in its place", async () => {
    const base = source.head;
    const dry = source.commit({ [A]: spec("E-01", "R-1") }, "Try\n\nDry-Run: true\n");
    const asked = await bench.sync().then(async () => (await bench.room("room-a")).head);
    source.force(base);
    const other = source.commit({ [A]: spec("E-01", "O-1") }, "Another\n");
    await bench.sync();
    expect((await bench.room("room-a")).dryRun?.commit).to.equal(other);
    source.commit({ [A]: spec("E-01", "K-1") }, "Carry on\n");
    await bench.sync();
    const { dryRun, rehearsals } = await bench.room("room-a");
    expect(dryRun).to.equal(null);
    expect(rehearsals).to.deep.equal([{ commit: dry, oid: asked?.specOid, inputs: asked?.digest }]);
    expect((await forcedTo(other)).dryRun).to.equal(null);
  });

  it("are no dry runs of the spec that the room was held to before its branch was moved", async () => {
    const base = source.head;
    const { head } = await bench.room("room-a");
    source.commit({ [A]: spec("E-01", "R-1") }, "Try\n\nDry-Run: true\n");
    await bench.sync();
    const row = await bench.room("room-a");
    await bench.store.write([{ kind: "room", row: { ...row, enforced: head } }]);
    const { dryRun, rehearsals } = await forcedTo(base);
    expect(dryRun).to.equal(null);
    expect(rehearsals.map(({ oid }) => oid)).to.deep.equal([row.head?.specOid]);
  });

  it("are remembered where they began and ended in one fetch", async () => {
    const dry = source.commit({ [A]: spec("E-01", "R-1") }, "Try\n\nDry-Run: true\n");
    const between = source.commit({ "README.md": "between" });
    source.commit({ [A]: spec("E-01", "K-1") }, "Another\n");
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.equal(null);
    expect((await forcedTo(between)).dryRun).to.deep.equal({ commit: dry });
  });
});
