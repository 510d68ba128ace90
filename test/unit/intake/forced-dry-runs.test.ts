import { expect } from "chai";
import { dryRunProblem } from "../../../agent/room/dry-run-text.ts";
import { anIntake, type IntakeBench } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const A = "rooms/a.room.yaml";
const spec = (...entities: readonly string[]) => specYaml({ roomId: "room-a", entities });
const DRY = "Try\n\nDry-Run: true\n";
const NAMED = "Try\n\nDry-Run: room-a\n";
const CONFIRM = "Go\n\nConfirm: room-a\n";

interface Told {
  readonly oid: string;
  readonly after: string;
}

/** What each commit makes of the file (an entity, `broken`, `same`, or null where it removes it), and its message. */
type Story = readonly (readonly [made: string | null, message: string])[];

describe("the dry run of a spec that a force-push brings", () => {
  let source: FakeSpecSource;
  let bench: IntakeBench;

  beforeEach(async () => {
    source = new FakeSpecSource();
    source.commit({ [A]: spec("E-01"), "rooms/b.room.yaml": specYaml({ roomId: "room-b" }) });
    bench = await anIntake(source);
    await bench.sync();
  });

  /** Each commit with one after it that says nothing: of a head that the branch goes back to, the words are read again. */
  async function story(steps: Story, isOneFetch: boolean): Promise<readonly Told[]> {
    const commits: Told[] = [];
    for (const [what, message] of steps) {
      const text = what === null ? null : what === "broken" ? "spec: [\n" : spec("E-01", what);
      const oid = source.commit(what === "same" ? {} : { [A]: text }, message);
      commits.push({ oid, after: source.commit({ "README.md": oid }) });
      if (!isOneFetch) await bench.sync();
    }
    if (isOneFetch) await bench.sync();
    return commits;
  }

  async function forcedTo(oid: string | undefined) {
    source.force(oid ?? "");
    await bench.sync();
    return bench.room("room-a");
  }

  for (const isOneFetch of [true, false]) {
    describe(isOneFetch ? "after one fetch" : "after one fetch a commit", () => {
      const cases: readonly {
        readonly name: string;
        readonly steps: Story;
        /** The step that the branch goes back to, and the one whose dry run it is then. */
        readonly back: number;
        readonly want: number | null;
      }[] = [
        {
          name: "is the one that another commit ended",
          steps: [
            ["X-1", DRY],
            ["X-2", "Else"],
          ],
          back: 0,
          want: 0,
        },
        {
          name: "is its own where another dry run followed",
          steps: [
            ["X-1", DRY],
            ["X-2", DRY],
            ["X-3", "Else"],
          ],
          back: 0,
          want: 0,
        },
        {
          name: "is its own while another dry run stands",
          steps: [
            ["X-1", DRY],
            ["X-2", "Else"],
            ["X-3", DRY],
          ],
          back: 0,
          want: 0,
        },
        {
          name: "is the one that was left where a person confirmed a later spec",
          steps: [
            ["X-1", DRY],
            ["X-2", "Else"],
            ["same", CONFIRM],
          ],
          back: 0,
          want: 0,
        },
        {
          name: "is none where a person confirmed this spec",
          steps: [
            ["X-1", DRY],
            ["same", CONFIRM],
            ["X-2", "Else"],
          ],
          back: 1,
          want: null,
        },
        {
          name: "is the newest of a spec that was confirmed before it was asked for again",
          steps: [
            ["X-1", DRY],
            ["same", CONFIRM],
            ["X-2", "Else"],
            ["X-1", DRY],
            ["X-3", "Else"],
          ],
          back: 3,
          want: 3,
        },
        {
          name: "is none where the commit that asked for one removed the file",
          steps: [
            ["X-1", "Some"],
            [null, NAMED],
            ["X-2", "Back"],
          ],
          back: 0,
          want: null,
        },
        {
          name: "is none where the commit that asked for one broke the file",
          steps: [
            ["X-1", "Some"],
            ["broken", NAMED],
            ["X-2", "Back"],
          ],
          back: 0,
          want: null,
        },
        {
          name: "is the one that stood when a commit removed the file",
          steps: [
            ["X-1", DRY],
            [null, "Gone"],
          ],
          back: 0,
          want: 0,
        },
        {
          name: "is each that ended before a commit removed the file",
          steps: [
            ["X-1", DRY],
            ["X-2", DRY],
            [null, "Gone"],
          ],
          back: 0,
          want: 0,
        },
        {
          name: "is none where a person confirmed it before a commit removed the file",
          steps: [
            ["X-1", DRY],
            ["same", CONFIRM],
            [null, "Gone"],
          ],
          back: 1,
          want: null,
        },
        {
          name: "is the one from before where a commit removed the file and asked for one",
          steps: [
            ["X-1", DRY],
            [null, NAMED],
            ["X-1", "Back"],
            ["X-2", "Else"],
          ],
          back: 2,
          want: 0,
        },
      ];
      for (const { name, steps, back, want } of cases) {
        it(name, async () => {
          const commits = await story(steps, isOneFetch);
          const { dryRun } = await forcedTo(commits[back]?.after);
          expect(dryRun?.commit).to.equal(want === null ? undefined : commits[want]?.oid);
          expect(dryRun ?? {}).to.not.have.property("lookAlike");
        });
      }
    });
  }

  it("is none once a person confirmed it when it was back", async () => {
    const [dry, last] = await story(
      [
        ["X-1", DRY],
        ["X-2", "Else"],
      ],
      false,
    );
    expect((await forcedTo(dry?.after)).dryRun).to.deep.equal({ commit: dry?.oid });
    await story([["same", CONFIRM]], false);
    await forcedTo(last?.after);
    expect((await forcedTo(dry?.after)).dryRun).to.equal(null);
  });

  it("is in doubt where it was asked for another spec, and names a commit of the branch", async () => {
    const base = source.head;
    const [dry] = await story([["X-1", DRY]], false);
    source.force(base);
    const other = source.commit({ [A]: spec("O-1") }, "Another\n");
    const row = await forcedTo(other);
    expect(row.dryRun?.commit).to.equal(other);
    const { reason, message } = dryRunProblem(row);
    expect(reason).to.equal("DryRunLookAlike");
    expect(message).to.match(
      new RegExp(
        `^commit ${dry?.oid} asked .*force-push .* held as well: name .*Confirm: room-a`,
        "u",
      ),
    );
    source.force(base);
    const third = source.commit({ [A]: spec("O-2") }, "Another\n");
    const again = await forcedTo(third);
    expect(again.dryRun?.commit).to.equal(third);
    expect(dryRunProblem(again).message).to.include(`commit ${dry?.oid} asked`);
    expect((await forcedTo(dry?.after)).dryRun).to.deep.equal({ commit: dry?.oid });
  });

  it("is the same where a force-push leaves the spec as it is", async () => {
    const base = source.head;
    const [dry] = await story([["X-1", DRY]], false);
    source.force(base);
    const amended = source.commit({ [A]: spec("E-01", "X-1"), "README.md": "more" }, "Amended\n");
    const { dryRun } = await forcedTo(amended);
    expect(dryRun).to.deep.equal({ commit: dry?.oid });
  });

  it("does not begin where a force-push leaves a spec as it is that was carried out", async () => {
    await story(
      [
        ["X-1", DRY],
        ["X-2", "Else"],
      ],
      false,
    );
    const base = source.head;
    await story([["X-1", "After all"]], false);
    source.force(base);
    const amended = source.commit({ [A]: spec("E-01", "X-1") }, "Amended\n\nDry-Run: room-b\n");
    const { dryRun, observedRevision } = await forcedTo(amended);
    expect(observedRevision).to.not.equal(null);
    expect((await bench.room("room-b")).dryRun?.commit).to.equal(amended);
    expect(dryRun).to.equal(null);
  });

  for (const [how, message] of [
    ["without a word", "Gone"],
    ["in another dry run", NAMED],
  ] as const) {
    it(`lasts where the file is removed ${how} in the same fetch, and is as before in a later one`, async () => {
      const steps: Story = [
        ["X-1", DRY],
        [null, message],
      ];
      const [dry] = await story(steps, true);
      await story([["X-1", "Back"]], false);
      expect((await bench.room("room-a")).dryRun?.commit).to.equal(dry?.oid);
    });
  }

  it("ends where the file is removed in the same fetch, and is another one in a later one", async () => {
    await story(
      [
        ["X-1", DRY],
        [null, "Gone"],
      ],
      true,
    );
    source.commit({ [A]: spec("E-01") }, "As before the dry run\n");
    await bench.sync();
    expect((await bench.room("room-a")).dryRun).to.equal(null);
  });

  it("counts for a room that a force-push brings back with its file, named by a commit on top", async () => {
    const [first] = await story(
      [
        ["X-1", "Some"],
        [null, "Gone"],
      ],
      false,
    );
    expect((await bench.room("room-a")).owner).to.equal(null);
    source.force(first?.after ?? "");
    const dry = source.commit({}, NAMED);
    const { owner, dryRun } = await forcedTo(dry);
    expect(owner).to.not.equal(null);
    expect(dryRun).to.deep.equal({ commit: dry });
  });
});
