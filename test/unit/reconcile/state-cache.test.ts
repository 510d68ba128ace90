import { expect } from "chai";
import { FingerprintCache } from "../../../agent/reconcile/desired-room.ts";
import { StateCache } from "../../../agent/reconcile/state-cache.ts";
import { anArtifact } from "../../support/a-room-spec.ts";
import { aRoomState } from "../../support/a-room-state.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const one = aRoomState({ roomId: "one" });
const two = aRoomState({ roomId: "two" });

describe("StateCache", () => {
  it("gives a room's last read until it is too old", async () => {
    const clock = new FakeClock();
    const cache = new StateCache(clock, 1000);
    cache.put("one", two);
    cache.put("one", one);
    await clock.advance(999);
    expect(cache.get("one")).to.equal(one);
    expect(cache.get("two")).to.equal(undefined);
    await clock.advance(1);
    expect(cache.get("one")).to.equal(undefined);
  });

  it("counts from the newest read of a room, however the reads of others lie", async () => {
    const clock = new FakeClock();
    const cache = new StateCache(clock, 1000);
    cache.put("one", one);
    await clock.advance(600);
    cache.put("two", two);
    await clock.advance(300);
    cache.put("one", one);
    await clock.advance(700);
    expect(cache.get("two")).to.equal(undefined);
    expect(cache.get("one")).to.equal(one);
  });

  it("forgets a room that is written to", () => {
    const cache = new StateCache(new FakeClock(), 1000);
    cache.put("one", one);
    cache.drop("one");
    cache.drop("never read");
    expect(cache.get("one")).to.equal(undefined);
  });

  it("keeps nothing where nothing is tolerated to be stale", () => {
    const cache = new StateCache(new FakeClock(), 0);
    cache.put("one", one);
    expect(cache.get("one")).to.equal(undefined);
  });

  it("does not care about steps of the wall clock", () => {
    const clock = new FakeClock();
    const cache = new StateCache(clock, 1000);
    cache.put("one", one);
    clock.jumpWall(86_400_000);
    expect(cache.get("one")).to.equal(one);
  });
});

describe("FingerprintCache", () => {
  const bytesOf = (text: string, reads: string[]) => async () => {
    reads.push(text);
    return Buffer.from(text);
  };

  it("hashes an unchanged seed once", async () => {
    const cache = new FingerprintCache();
    const reads: string[] = [];
    const first = await cache.get(anArtifact("notes"), "oid-1", bytesOf("hello", reads));
    const second = await cache.get(anArtifact("notes"), "oid-1", bytesOf("hello", reads));
    expect(second).to.equal(first);
    expect(reads).to.deep.equal(["hello"]);
  });

  for (const { name, artifact, oid } of [
    { name: "other bytes", artifact: anArtifact("notes"), oid: "oid-2" },
    { name: "another name", artifact: anArtifact("plan"), oid: "oid-1" },
    { name: "another type", artifact: anArtifact({ name: "notes", type: "x" }), oid: "oid-1" },
    {
      name: "another workspace",
      artifact: anArtifact({ name: "notes", workspace: "x" }),
      oid: "oid-1",
    },
    { name: "other tags", artifact: anArtifact({ name: "notes", tags: ["x"] }), oid: "oid-1" },
  ]) {
    it(`hashes anew for ${name}`, async () => {
      const cache = new FingerprintCache();
      const reads: string[] = [];
      const first = await cache.get(anArtifact("notes"), "oid-1", bytesOf("hello", reads));
      const second = await cache.get(artifact, oid, bytesOf("hello!", reads));
      expect(second).not.to.equal(first);
      expect(reads).to.have.length(2);
    });
  }

  it("holds no more than its capacity, the oldest goes first", async () => {
    const cache = new FingerprintCache(2);
    const reads: string[] = [];
    for (const oid of ["1", "2", "3", "3", "2", "1"]) {
      await cache.get(anArtifact("notes"), oid, bytesOf(oid, reads));
    }
    expect(reads).to.deep.equal(["1", "2", "3", "1"]);
  });

  it("remembers nothing of a read that failed", async () => {
    const cache = new FingerprintCache();
    const failing = cache.get(anArtifact("notes"), "1", () => Promise.reject(new Error("gone")));
    await failing.catch(() => undefined);
    const reads: string[] = [];
    await cache.get(anArtifact("notes"), "1", bytesOf("hello", reads));
    expect(reads).to.deep.equal(["hello"]);
  });
});
