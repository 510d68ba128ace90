import { expect } from "chai";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { anInput, aRoomRow } from "../../support/a-row.ts";

const MIB = 1024 * 1024;
const SEEDS = 20;

/** 5 MiB, more than is handed in before spare seeds are looked for. */
const SEED_BYTES = MIB / 4;
const SPARE_SEED_BYTES = 16 * SEED_BYTES;

const oidsOf = (push: number) => Array.from({ length: SEEDS }, (_, at) => `seed-${push}-${at}`);
const lastOf = (push: number) => `seed-${push}-${SEEDS - 1}`;

describe("spare seeds in a SQLite store", () => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-spare-"));
    store = await open();
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = () =>
    openSqliteStore({ path: folder, nowMs: () => 0, spareSeedBytes: SPARE_SEED_BYTES });
  /** Of the store with all that is in its log. */
  const sizeInSeeds = () => {
    const path = join(folder, "store.db");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA wal_checkpoint");
    database.close();
    return statSync(path).size / SEED_BYTES;
  };
  const handIn = async (push: number) => {
    for (const oid of oidsOf(push)) {
      await store.write([{ kind: "seed", oid, bytes: new Uint8Array(SEED_BYTES).fill(push) }]);
    }
  };
  const name = async (push: number) => {
    const inputs = anInput(String(push), oidsOf(push));
    const version = (await store.readRoom(A_ROOM))?.version ?? 0;
    const row = aRoomRow({ version, head: inputs, enforced: inputs });
    await store.write([{ kind: "room", row }]);
  };
  /** As a snapshot is taken in: seeds first, then the row that names them. */
  const push = (at: number) =>
    store.holdSeeds(async () => {
      await handIn(at);
      await name(at);
    });
  const kept = async (oids: readonly string[]) => {
    let count = 0;
    for (const oid of oids) if ((await store.readSeed(oid)) !== null) count += 1;
    return count;
  };

  it("make room for those of later pushes without the sweep that comes every hour", async () => {
    const sizes: number[] = [];
    for (const at of [1, 2, 3, 4, 5]) {
      await push(at);
      sizes.push(sizeInSeeds());
      expect(await kept(oidsOf(at)), `push ${at}`).to.equal(SEEDS);
    }
    expect(sizes[0], sizes.join(" ")).to.be.within(15, 30);
    // The push that is needed, the one that takes its place, and the 16 seeds that are handed in before the next look: pages of
    // seeds that went are used again. Five pushes would be 100.
    expect(sizes[4], sizes.join(" ")).to.be.below(20 + 20 + 16 + 4);
    expect(await kept(oidsOf(1))).to.equal(0);
  });

  it("stay while somebody works who began when a row needed them", async () => {
    await push(1);
    let end: () => void = () => undefined;
    const reading = store.holdSeeds(() => new Promise<void>((resolve) => (end = resolve)));
    await push(2);
    await push(3);
    expect(await kept(oidsOf(1))).to.equal(SEEDS);
    end();
    await reading;
    await push(4);
    expect(await kept(oidsOf(1))).to.equal(0);
    expect(await kept(oidsOf(4))).to.equal(SEEDS);
  });

  it("stay when they are handed in, until nobody works who could name them", async () => {
    await store.holdSeeds(async () => {
      await handIn(1);
      await push(2);
      expect(await kept([...oidsOf(1), ...oidsOf(2)])).to.equal(2 * SEEDS);
    });
    await push(3);
    expect(await kept(oidsOf(1))).to.equal(0);
  });

  it("are those of the process before, when nobody has handed them in again", async () => {
    await handIn(1);
    await store.close();
    store = await open();
    await store.holdSeeds(async () => {
      const bytes = new Uint8Array(SEED_BYTES);
      await store.write([{ kind: "seed", oid: lastOf(1), bytes }]);
      await handIn(2);
      expect(await kept(oidsOf(1))).to.equal(1);
      expect((await store.readSeed(lastOf(1)))?.at(0)).to.equal(1);
      expect(await kept(oidsOf(2))).to.equal(SEEDS);
    });
  });
});
