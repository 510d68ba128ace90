import { onlyDocument } from "../../../agent/store/only-document.ts";
import { expect } from "chai";
import { toIso } from "../../../agent/kernel/clock.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { SteadyTime } from "../../../agent/kernel/steady-time.ts";
import type { ClockRow } from "../../../agent/room/rows.ts";
import { Maintenance } from "../../../agent/run/maintenance.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION_MS = 90 * DAY_MS;
const START_MS = Date.UTC(2026, 0, 1);

/** A store that says when it was swept. */
class SweptStore extends MemoryStore {
  readonly sweeps: number[] = [];

  override async sweep(beforeMs: number): Promise<void> {
    this.sweeps.push(beforeMs);
    await super.sweep(beforeMs);
  }
}

describe("Maintenance", () => {
  let clock: FakeClock;
  let store: SweptStore;
  let errors: unknown[];

  beforeEach(() => {
    clock = new FakeClock(START_MS);
    store = new SweptStore(() => clock.nowMs());
    errors = [];
  });

  async function begin(): Promise<Maintenance> {
    const noted = await onlyDocument(store, "clock");
    const last =
      noted === null
        ? null
        : { steadyMs: Date.parse(noted.steady), wallMs: Date.parse(noted.wall) };
    const steady = new SteadyTime(clock, last);
    const onError = (error: unknown) => errors.push(error);
    const options = { store, clock, steady, noted, onError };
    const made = new Maintenance({ ...options, retentionMs: RETENTION_MS });
    made.start();
    await settled();
    return made;
  }

  const noted = async () => (await onlyDocument(store, "clock")) as ClockRow;
  const notes = () => store.written.length;

  it("sweeps every hour what is past its retention", async () => {
    const maintenance = await begin();
    await clock.advance(2 * HOUR_MS);
    expect(store.sweeps).to.have.length(2);
    expect(store.sweeps[0]).to.be.closeTo(START_MS + HOUR_MS - RETENTION_MS, 60_000);
    await maintenance.stop();
  });

  it("checks every minute that the store can be written to, and writes nothing for it", async () => {
    const maintenance = await begin();
    const written = notes();
    let checks = 0;
    store.checkWritable = async () => {
      checks += 1;
      throw new OperatorError("StoreUnavailable", "its lock file is gone");
    };
    await clock.advance(3 * 60_000);
    expect({ checks, written: notes() - written, errors }).to.deep.equal({
      checks: 3,
      written: 0,
      errors: [],
    });
    await maintenance.stop();
  });

  it("takes at most a day a sweep when the clock jumps ten years ahead, and goes on when it is right", async () => {
    const maintenance = await begin();
    await clock.advance(HOUR_MS);
    const before = store.sweeps.at(-1) ?? 0;
    clock.jumpWall(3652 * DAY_MS);
    await clock.advance(2 * HOUR_MS);
    expect(store.sweeps.slice(1).map((at) => at - before)).to.deep.equal([DAY_MS, 2 * DAY_MS]);
    clock.jumpWall(-3652 * DAY_MS);
    await clock.advance(HOUR_MS);
    expect(store.sweeps.at(-1)).to.be.closeTo(before + 3 * HOUR_MS, 180_000);
    await maintenance.stop();
  });

  it("does the same when the clock jumped while the agent was down", async () => {
    const first = await begin();
    await clock.advance(HOUR_MS);
    await first.stop();
    const before = store.sweeps.at(-1) ?? 0;
    clock.jumpWall(3652 * DAY_MS);
    const second = await begin();
    await clock.advance(HOUR_MS);
    expect((store.sweeps.at(-1) ?? 0) - before).to.equal(DAY_MS);
    await second.stop();
  });

  it("notes the time at the start, every ten minutes and at the end, and writes nothing between", async () => {
    const maintenance = await begin();
    expect(notes()).to.equal(1);
    await clock.advance(9 * 60_000);
    expect(notes()).to.equal(1);
    await clock.advance(2 * 60_000);
    expect(notes()).to.equal(2);
    await clock.advance(30_000);
    await maintenance.stop();
    expect(notes()).to.equal(3);
    expect((await noted()).steady).to.equal(toIso(clock.nowMs()));
    await maintenance.stop();
    expect(notes()).to.equal(3);
  });

  it("notes a jump within a minute, so that a crash does not lose it", async () => {
    const maintenance = await begin();
    clock.jumpWall(DAY_MS);
    await clock.advance(61_000);
    const row = await noted();
    expect(Date.parse(row.wall) - Date.parse(row.steady)).to.equal(DAY_MS);
    await clock.advance(60_000);
    expect(notes(), "once").to.equal(2);
    await maintenance.stop();
  });

  it("says what failed, and tries again", async () => {
    store.failWrites(1, 1);
    const maintenance = await begin();
    expect(errors).to.have.length(1);
    expect(errors[0]).to.be.instanceOf(OperatorError);
    await clock.advance(11 * 60_000);
    expect((await noted()).swept).to.equal(null);
    await maintenance.stop();
  });
});
