import { expect } from "chai";
import type { WaitsFor } from "../../../agent/room/room.ts";
import { HandOverWatch } from "../../../agent/trigger/hand-over-watch.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const OK = { kind: "unchanged" } as const;
const A = "a".repeat(40);
const B = "b".repeat(40);

describe("the watch over rooms that wait for a source", () => {
  let clock: FakeClock;
  let said: string[];
  let waiting: Map<string, WaitsFor>;
  let watch: HandOverWatch;

  beforeEach(() => {
    clock = new FakeClock();
    said = [];
    waiting = new Map();
    watch = new HandOverWatch({
      source: "new",
      owners: {
        meantByFiles: () => new Set(waiting.keys()),
        factOf: (roomId) => {
          const waitsFor = waiting.get(roomId);
          return waitsFor === undefined ? null : { waitsFor };
        },
      },
      warnings: {
        raise: (reason, message) => void said.push(`${reason}: ${message}`),
        end: (reason) => void said.push(`end ${reason}`),
      },
      clock,
    });
  });

  const waits = (roomId: string, head: string, source = "new") =>
    waiting.set(roomId, { source, path: `r/${roomId}.room.yaml`, head, by: "old" });

  async function polls(count: number, everyMs: number): Promise<void> {
    for (let poll = 0; poll < count; poll += 1) {
      await clock.advance(everyMs);
      watch.polled(OK);
    }
  }

  const raised = () => said.filter((line) => !line.startsWith("end "));

  it("says nothing before the third poll, however late", async () => {
    waits("one", A);
    await polls(2, 600_000);
    expect(raised()).to.deep.equal([]);
    await polls(1, 0);
    expect(raised()).to.have.length(1);
  });

  it("says nothing within a minute of the first poll, however many there are", async () => {
    waits("one", A);
    await polls(60, 1000);
    expect(raised()).to.deep.equal([]);
    await polls(1, 1000);
    expect(raised()).to.deep.equal([
      `HandOverOverdue: source "old" read commit aaaaaaaaaaaa, which has r/one.room.yaml, and polls of this source do not show that commit; these rooms wait for this source and have no owner until then: one`,
    ]);
  });

  it("counts no poll that failed", async () => {
    waits("one", A);
    await polls(2, 60_000);
    watch.polled({ kind: "failed" });
    expect(raised()).to.deep.equal([]);
  });

  it("counts for each commit, names the rooms that are late, and ends with the last of them", async () => {
    waits("one", A);
    await polls(3, 60_000);
    waits("two", B);
    said = [];
    await polls(1, 1);
    expect(raised().join()).to.match(/until then: one$/);
    await polls(2, 60_000);
    expect(raised().at(-1)).to.match(/until then: one, two$/);
    waiting.clear();
    said = [];
    await polls(1, 1);
    expect(said).to.deep.equal(["end HandOverOverdue"]);
  });

  it("is not about rooms that wait for another source", async () => {
    waits("one", A, "third");
    await polls(5, 60_000);
    expect(raised()).to.deep.equal([]);
  });
});
