import { expect } from "chai";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const spec = (...entities: readonly string[]) => specYaml({ roomId: "room-a", entities });
const DRY = "Try\n\nDry-Run: true\n";
const CONFIRM = "Go\n\nConfirm: room-a\n";

describe("a dry run that a commit ended by the room's name, read again", () => {
  let source: FakeSpecSource;
  let bench: IntakeBench;
  let base: string;
  let dry: string;
  let yes: string;

  beforeEach(async () => {
    source = new FakeSpecSource();
    base = source.commit({
      [A]: spec("E-01"),
      "rooms/b.room.yaml": specYaml({ roomId: "room-b" }),
    });
    bench = await anIntake(source);
    await bench.sync();
    dry = source.commit({ [A]: spec("E-01", "X-1") }, DRY);
    await bench.sync();
    yes = source.commit({}, CONFIRM);
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.equal(null);
  });

  async function forcedTo(oid: string) {
    source.force(oid);
    await bench.sync();
    return bench.room("room-a");
  }

  async function made(files: Record<string, string | null>, message?: string) {
    source.commit(files, message);
    await bench.sync();
    return bench.room("room-a");
  }

  it("stays ended where the branch is back at the commit that confirms, and confirms nothing again", async () => {
    await forcedTo(base);
    const row = await forcedTo(yes);
    expect(row.dryRun).to.equal(null);
    expect(row.rehearsals).to.deep.equal([]);
    expect(row.intentIgnored.map(({ reason }) => reason.split(":")[0])).to.deep.equal([
      "AlreadyUsed",
    ]);
    expect(row.versionConfirmed).to.not.equal(row.head?.digest);
  });

  it("stays ended where it is back from another history, and so does its spec in a commit that says nothing", async () => {
    await forcedTo(base);
    await made({ "README.md": "other work" });
    expect((await forcedTo(yes)).dryRun).to.equal(null);
    await forcedTo(base);
    expect((await made({ [A]: spec("E-01", "X-1") }, "Plain\n")).dryRun).to.equal(null);
  });

  it("stays ended below commits on top that leave the room as it is", async () => {
    await made({ "README.md": "other work" });
    const { head } = source;
    await forcedTo(base);
    expect((await forcedTo(head)).dryRun).to.equal(null);
  });

  it("stays ended where it began again without the commit that confirms", async () => {
    await forcedTo(base);
    expect((await forcedTo(dry)).dryRun).to.deep.equal({ commit: dry });
    const row = await forcedTo(yes);
    expect(row.dryRun).to.equal(null);
    expect(row.rehearsals).to.deep.equal([]);
  });

  const held: readonly (readonly [string, () => Promise<string>])[] = [
    [
      "the commit that confirms is not on the branch",
      async () => {
        source.force(dry);
        source.commit({ "README.md": "in its place" });
        return dry;
      },
    ],
    [
      "another commit asked for it since",
      async () => {
        source.force(yes);
        return source.commit({}, "Wait\n\nDry-Run: room-a\n");
      },
    ],
    [
      "the commit that confirms comes by a merge",
      async () => {
        source.force(dry);
        source.merge({}, CONFIRM);
        return dry;
      },
    ],
    [
      "another commit asked for another spec",
      async () => {
        source.force(yes);
        return source.commit({ [A]: spec("E-01", "X-2") }, DRY);
      },
    ],
  ];
  for (const [why, prepare] of held) {
    it(`is one where ${why}`, async () => {
      await forcedTo(base);
      const commit = await prepare();
      await bench.sync();
      expect((await bench.room("room-a")).dryRun).to.deep.equal({ commit });
    });
  }

  it("is one where the commit confirmed while it did not count", async () => {
    await forcedTo(base);
    await made({ "README.md": "other work" });
    const other = source.commit({ [A]: spec("E-01", "X-3") }, DRY);
    source.force(base);
    source.commit({ [A]: spec("E-01", "X-4") }, DRY);
    const ignored = source.commit({}, "Go as well\n\nConfirm: room-a\n");
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.not.equal(null);
    await forcedTo(other);
    await forcedTo(base);
    expect((await forcedTo(ignored)).dryRun).to.not.equal(null);
  });
});
