import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

/** A million characters of room ids that nobody knows are 3,500 in each line: as many as a message of 64 KiB holds. */
const MANY_NAMES = Array.from({ length: 3500 }, (_unused, at) => `no-such-${at}`).join(", ");
const SOME_NAMES = Array.from({ length: 900 }, (_unused, at) => `no-such-${at}`).join(", ");

describe("what a push may cost", () => {
  let world: AgentWorld;
  let room: RoomStory;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    room = new RoomStory(world, "room-cost");
    room.commit({ version: 1, entities: entityIds(4) });
    await world.start();
    await world.verified(room.id);
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  /** Log lines, audit records, warnings and what the room's and the source's status say of a push, in numbers. */
  async function costOf(push: () => void): Promise<{
    readonly lines: number;
    readonly longest: number;
    readonly records: number;
    readonly recordBytes: number;
    readonly statusBytes: number;
    readonly warnings: number;
    readonly ignored: number;
  }> {
    const [lines, records] = [world.lines.length, (await world.audit()).length];
    push();
    const { sources } = await world.observed();
    await room.pass();
    const said = world.lines.slice(lines);
    const audited = (await world.audit()).slice(records);
    return {
      lines: said.length,
      longest: Math.max(...said.map((line) => line.length)),
      records: audited.length,
      recordBytes: Math.max(...audited.map((record) => JSON.stringify(record).length)),
      statusBytes: (await world.text("/status")).length,
      warnings: sources[0]?.warnings.length ?? 0,
      ignored: (await room.status()).intentIgnored.length,
    };
  }

  const pushes: readonly { readonly name: string; readonly push: () => void }[] = [
    {
      name: "15 commits that touch nothing and each name 3,500 unknown rooms",
      push: () => {
        for (let n = 0; n < 15; n += 1) world.commit({}, `Talk ${n}\n\nConfirm: ${MANY_NAMES}`);
      },
    },
    {
      name: "15 commits that each name 900 unknown rooms, and touch a room",
      push: () => {
        for (let n = 0; n < 15; n += 1) {
          room.commit(
            { version: 10 + n, entities: entityIds(4) },
            `Talk\n\nConfirm: ${SOME_NAMES}`,
          );
        }
      },
    },
    {
      name: "30 commits that touch a room, with 500 lines each that do not count",
      push: () => {
        for (let n = 0; n < 30; n += 1) {
          const message = `Talk\n\n${"> Confirm: true\n".repeat(500)}`;
          room.commit({ version: 100 + n, entities: entityIds(4) }, message);
        }
      },
    },
    {
      name: "12 commits that each name 900 rooms for a dry run",
      push: () => {
        for (let n = 0; n < 12; n += 1) world.commit({}, `Talk\n\nDry-Run: ${SOME_NAMES}`);
      },
    },
  ];
  for (const { name, push } of pushes) {
    it(`is a few short lines, records and warnings for ${name}`, async () => {
      const cost = await costOf(push);
      const shown = JSON.stringify(cost);
      expect(cost.lines, shown).to.be.below(20);
      expect(cost.longest, shown).to.be.below(1500);
      expect(cost.records, shown).to.be.below(12);
      expect(cost.recordBytes, shown).to.be.below(2500);
      expect(cost.statusBytes, shown).to.be.below(20_000);
      expect(cost.warnings, shown).to.be.within(0, 6);
      expect(cost.ignored, shown).to.be.within(0, 6);
    });
  }

  it("is said with each field once, and names the source", () => {
    const said = world.lines.filter((line) => line.includes('"intent ignored"'));
    expect(said).to.not.deep.equal([]);
    for (const line of said) {
      expect(JSON.stringify(JSON.parse(line))).to.equal(line.trimEnd());
      expect(JSON.parse(line)).to.include({ source: "specs" });
    }
  });

  it("says how many lines it leaves out, and goes on", async () => {
    await costOf(() => {
      for (let n = 0; n < 8; n += 1) {
        const message = "Talk\n\nconfirm: true";
        room.commit({ version: 200 + n, entities: entityIds(4) }, message);
      }
    });
    const { intentIgnored } = await room.status();
    expect(intentIgnored.map(({ line }) => line)).to.deep.equal([
      "…",
      ...Array.from({ length: 5 }, () => "confirm: true"),
    ]);
    expect(intentIgnored[0]?.reason).to.include("3 older lines of the same fetch");
    await room.push({ version: 300, entities: entityIds(5) });
    expect(await room.entities()).to.deep.equal(entityIds(5));
  });

  it("is 256 characters of an author's name, in a room's history and the audit", async () => {
    const { repository } = world;
    const made = room.commit({ version: 350, entities: entityIds(6) }, "Grow\n\nConfirm: true");
    const raw = repository.git("cat-file", "commit", made);
    const loud = raw.replace("author Ada", `author ${"A".repeat(3_000_000)}`);
    const commit = repository.gitWithInput(loud, "hash-object", "-t", "commit", "-w", "--stdin");
    repository.forceBranch(commit);
    await world.observed();
    await room.pass();
    const { entries } = (await world.get<{ entries: unknown }>(`/rooms/${room.id}/history`)).body;
    expect(JSON.stringify(entries)).to.include("AAA… (");
    expect(JSON.stringify(entries).length).to.be.below(20_000);
    for (const record of await room.audit("confirm")) {
      expect(JSON.stringify(record).length).to.be.below(2500);
    }
    expect((await world.text("/status")).length).to.be.below(20_000);
  });

  it("is one confirmation, however often and by how many commits a room is named", async () => {
    await room.push({ version: 400, entities: ["E-01"] });
    expect(await room.refusals()).to.include("ChangeThresholdExceeded");
    const before = (await room.audit("confirm")).length;
    for (let n = 0; n < 40; n += 1) world.commit({}, `Yes ${n}\n\nConfirm: ${room.id}`);
    await world.observed();
    await room.pass();
    expect(await room.entities()).to.deep.equal(["E-01"]);
    expect((await room.audit("confirm")).length - before).to.equal(1);
  });
});
