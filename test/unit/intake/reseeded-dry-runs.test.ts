import { expect } from "chai";
import { dryRunProblem } from "../../../agent/room/dry-run-text.ts";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { aHistoryRow } from "../../support/a-row.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const SEED = "seeds/plan.md";
const DRY = "Try\n\nDry-Run: true\n";
const SPEC = specYaml({ roomId: "room-a", artifacts: ["plan"] });

describe("the dry run of a spec whose seeds alone change", () => {
  let source: FakeSpecSource;
  let bench: IntakeBench;
  let one: string;

  beforeEach(async () => {
    source = new FakeSpecSource();
    source.commit({ "README.md": "rooms" });
    one = source.commit({ [A]: SPEC, [SEED]: "one" });
    bench = await anIntake(source);
    await verified();
  });

  async function room() {
    await bench.sync();
    return bench.room("room-a");
  }

  /** The room is carried out and verified at the head. */
  async function verified() {
    const row = await room();
    const { head } = row;
    if (head === null) throw new Error("no head");
    const { digest: inputsDigest, specDigest, specOid, revision } = head;
    const history = { roomId: "room-a", inputsDigest, specDigest, specOid, revision };
    await bench.store.write([
      {
        kind: "room",
        row: { ...row, enforced: head, verified: head, enforcedBefore: row.enforced },
      },
      { kind: "history", row: aHistoryRow({ ...history, outcome: "verified" }) },
    ]);
  }

  async function seeded(text: string, message = `Seed ${text}\n`): Promise<string> {
    const oid = source.commit({ [SEED]: text }, message);
    await bench.sync();
    return oid;
  }

  async function forcedTo(oid: string) {
    source.force(oid);
    return room();
  }

  /** One is verified, two only planned, three and five are verified. */
  async function story() {
    const two = await seeded("two", DRY);
    const between = source.commit({ "README.md": "two" });
    await bench.sync();
    const three = await seeded("three");
    await verified();
    await seeded("five");
    await verified();
    return { two, between, three };
  }

  it("is none of the seeds that the room was verified at since or before", async () => {
    const { three } = await story();
    expect((await forcedTo(three)).dryRun, "three").to.equal(null);
    await verified();
    await seeded("seven");
    await verified();
    await seeded("eight");
    await verified();
    expect((await forcedTo(one)).dryRun, "one").to.equal(null);
  });

  it("is none of them either where its commit and the one that ended it are read again at once", async () => {
    const { two, between, three } = await story();
    source.force(one);
    await seeded("four");
    expect((await forcedTo(three)).dryRun, "three").to.equal(null);
    await verified();
    expect((await forcedTo(one)).dryRun, "one").to.equal(null);
    expect((await forcedTo(between)).dryRun, "two").to.deep.equal({ commit: two });
  });

  it("is that of the seeds that it was asked for, wherever they are back", async () => {
    const { two, between } = await story();
    expect((await forcedTo(between)).dryRun).to.deep.equal({ commit: two });
    source.force(one);
    await bench.sync();
    source.commit({ [SEED]: "nine" });
    await room();
    source.force(one);
    await seeded("two", "Plain\n");
    expect((await bench.room("room-a")).dryRun).to.deep.equal({ commit: two });
  });

  it("holds seeds in doubt that the room was never at, in words that say so, and is remembered with its own", async () => {
    const { two, between } = await story();
    source.force(one);
    const six = source.commit({ [SEED]: "six" }, "Plain\n");
    const row = await room();
    expect(row.dryRun?.commit).to.equal(six);
    const { reason, message } = dryRunProblem(row);
    expect(reason).to.equal("DryRunLookAlike");
    expect(message).to.match(
      new RegExp(`^commit ${two} asked .*with other seeds.*Confirm: room-a`),
    );
    expect((await forcedTo(between)).dryRun).to.deep.equal({ commit: two });
  });

  it("ends where a force-push drops its commit and brings seeds back that were verified before", async () => {
    const { three } = await story();
    await seeded("seven");
    await verified();
    await seeded("nine", DRY);
    expect((await forcedTo(three)).dryRun).to.equal(null);
  });

  it("lasts for the one seeds where a person confirms the others", async () => {
    const two = await seeded("two", DRY);
    const between = source.commit({ "README.md": "two" });
    await bench.sync();
    await seeded("three", DRY);
    source.commit({}, "Go\n\nConfirm: room-a\n");
    expect((await room()).dryRun).to.equal(null);
    await verified();
    expect((await forcedTo(between)).dryRun).to.deep.equal({ commit: two });
  });
});
