import { expect } from "chai";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store } from "../../../agent/store/store.ts";
import { anAuditRecord, anIntent, aRoomRow } from "../../support/a-row.ts";
import { changeRows, damagePage, logOfChange } from "../../support/damage.ts";
import { rejection } from "../../support/rejection.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const SINCE = "2026-01-01T00:00:00.000Z";
const ASIDE = "store.db.damaged-20260101T000000.000Z";

describe("a damaged SQLite store", () => {
  let folder: string;
  let file: string;
  let said: string[];
  const open = (): Promise<Store> =>
    openSqliteStore({
      path: folder,
      nowMs: () => NOW_MS,
      onSetAside: (row) => [
        {
          kind: "audit",
          record: anAuditRecord({ action: "store.setAside", metadata: { ...row } }),
        },
      ],
      onDamage: (error) => said.push(`${error.code} ${error.message}`),
    });
  const change = (sql: string) => changeRows(file, sql);
  const rootOf = (index: string): number => {
    const database = new DatabaseSync(file);
    const found = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(index);
    database.close();
    return Number(found?.["rootpage"]);
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-damage-"));
    file = join(folder, "store.db");
    said = [];
    const store = await open();
    await store.write([
      ...Array.from({ length: 60 }, (_, at) => ({
        kind: "room" as const,
        row: aRoomRow({ roomId: `room-${at}`, lastOutcome: "x".repeat(3000) }),
      })),
      { kind: "intent", row: anIntent() },
    ]);
    await store.close();
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const damages: readonly { name: string; damage: () => void; found: RegExp }[] = [
    { name: "is empty", damage: () => truncateSync(file, 0), found: /empty or cut off/ },
    {
      name: "is empty and has a log",
      damage: () => {
        const log = logOfChange(file, "UPDATE room SET document = '{}'");
        truncateSync(file, 0);
        writeFileSync(`${file}-wal`, log);
      },
      found: /empty or cut off/,
    },
    {
      name: "is cut off inside its header",
      damage: () => truncateSync(file, 50),
      found: /malformed|not a database/,
    },
    {
      name: "is cut off after its first page",
      damage: () => truncateSync(file, 4096),
      found: /malformed/,
    },
    { name: "has lost its last pages", damage: () => truncateSync(file, 8 * 4096), found: /./ },
    {
      name: "has no header any more",
      damage: () => damagePage(file, { page: 1, from: 0, bytes: 100 }),
      found: /not a database/,
    },
    {
      name: "holds something else",
      damage: () => writeFileSync(file, "x".repeat(10_000)),
      found: /not a database/,
    },
    {
      name: "has a row that is not JSON",
      damage: () => change("UPDATE room SET document = '{' WHERE room_id = 'room-7'"),
      found: /a row of room is not JSON/,
    },
    {
      name: "has an index that misses a row",
      // The key is the last thing in the only page of this index.
      damage: () => damagePage(file, { page: rootOf("intent_open"), from: 4093, bytes: 3 }),
      found: /index intent_open/,
    },
    {
      name: "is gone while its log is there",
      damage: () => {
        writeFileSync(`${file}-wal`, "x");
        rmSync(file);
      },
      found: /missing while its log is there/,
    },
  ];
  for (const { name, damage, found } of damages) {
    it(`is set aside whole when it ${name}, and the new one is observe-only`, async () => {
      damage();
      const before = contents(folder, "store.db");
      const store = await open();
      expect(await store.readRoomIds()).to.deep.equal([]);
      const state = await store.readObserveOnly();
      expect(state).to.deep.include({
        since: SINCE,
        reason: "StoreDamaged",
        file: join(folder, ASIDE),
        released: [],
      });
      expect(state?.message).to.match(found);
      expect(contents(folder, ASIDE), "what was set aside").to.deep.equal(before);
      expect((await store.readAudit({ count: 9 })).map(({ action }) => action)).to.deep.equal([
        "store.setAside",
      ]);
      await store.close();
      const again = await open();
      expect((await again.readObserveOnly())?.since, "a restart keeps it").to.equal(SINCE);
      expect(await again.readAudit({ count: 9 })).to.have.length(1);
      await again.close();
      expect(said, "nobody used the damaged one").to.deep.equal([]);
    });
  }

  it("is never written over by the next one that is set aside", async () => {
    truncateSync(file, 0);
    await (await open()).close();
    writeFileSync(file, "x".repeat(5000));
    await (await open()).close();
    const names = readdirSync(folder).filter((name) => name.startsWith(ASIDE));
    expect(names.sort()).to.deep.equal([ASIDE, `${ASIDE}-2`]);
  });

  describe("found while it is open", () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
      change("UPDATE room SET document = '{' WHERE room_id = 'room-7'");
    });

    afterEach(() => store.close());

    it("is said once, refuses every write from then on, and lets the rest be read", async () => {
      for (const read of [store.readRoom("room-7"), store.readRooms(), store.readRoom("room-7")]) {
        expect(await rejection(read)).to.include({ name: "OperatorError", code: "StoreDamaged" });
      }
      const error = await rejection(store.write([{ kind: "room", row: aRoomRow() }]));
      expect(error).to.include({ code: "StoreDamaged" });
      expect(error.message).to.contain(file).and.contain("a row is not JSON");
      expect(said).to.have.length(1);
      expect((await store.readRoom("room-8"))?.roomId).to.equal("room-8");
    });

    it("is set aside by the next start, even if it does not show there any more", async () => {
      await rejection(store.readRoom("room-7"));
      await store.close();
      change("DELETE FROM room WHERE room_id = 'room-7'");
      const next = await open();
      expect((await next.readObserveOnly())?.message).to.equal("a row is not JSON");
      expect(await next.readRoomIds()).to.deep.equal([]);
      await next.close();
    });

    it("does not count against a backup that is put in its place", async () => {
      cpSync(file, join(folder, "backup"));
      await rejection(store.readRoom("room-7"));
      await store.close();
      rmSync(file);
      renameSync(join(folder, "backup"), file);
      change("DELETE FROM room WHERE room_id = 'room-7'");
      const next = await open();
      expect(await next.readObserveOnly()).to.equal(null);
      expect(await next.readRoomIds()).to.have.length(59);
      await next.close();
      expect(readdirSync(folder).filter((name) => name.includes("damage"))).to.deep.equal([]);
    });
  });

  it("is not mistaken for a first install when the start that set it aside died", async () => {
    const store = await open();
    change("UPDATE room SET document = '{'");
    await rejection(store.readRooms());
    await store.close();
    renameSync(file, join(folder, ASIDE));
    const next = await open();
    expect((await next.readObserveOnly())?.message).to.equal("a row is not JSON");
    await next.close();
    const after = await open();
    expect(await after.readObserveOnly(), "and that is begun once").to.not.equal(null);
    await after.close();
    expect(existsSync(join(folder, "store.db.damage.json"))).to.equal(false);
  });

  /** Makes the store so large that it is looked at in a thread of its own. */
  const grow = async () => {
    const store = await open();
    await store.write([
      { kind: "seed", oid: "large", bytes: new Uint8Array(10 * 1024 * 1024) },
      { kind: "room", row: aRoomRow({ roomId: "room-large" }) },
    ]);
    await store.close();
  };

  it("is set aside when it is large, too", async () => {
    await grow();
    truncateSync(file, 2048 * 4096);
    const store = await open();
    expect((await store.readObserveOnly())?.file).to.equal(join(folder, ASIDE));
    expect(await store.readRooms()).to.deep.equal([]);
    await store.close();
  });

  it("is not what a large store of a newer agent is taken for", async () => {
    await grow();
    change("PRAGMA user_version = 999");
    const error = await rejection(open());
    expect(error).to.include({ code: "StoreTooNew" });
    expect(error).to.be.instanceOf(OperatorError);
    expect(readdirSync(folder).filter((name) => name.includes("damage"))).to.deep.equal([]);
  });

  it("lets timers go on while a large store is looked at", async () => {
    await grow();
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 0);
    const store = await open();
    clearInterval(turning);
    expect(turns).to.be.greaterThan(0);
    await store.close();
  });

  it("is looked through beside the agent when it is large, and found out", async () => {
    await grow();
    change("UPDATE room SET document = '{' WHERE room_id = 'room-7'");
    const next = await open();
    expect(await next.readObserveOnly(), "a quick look does not show it").to.equal(null);
    while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(said.join()).to.contain("a row of room is not JSON");
    expect(await rejection(next.write([{ kind: "room", row: aRoomRow() }]))).to.include({
      code: "StoreDamaged",
    });
    await next.close();
  });

  it("is not what a log with a torn end makes of it", async () => {
    const store = await open();
    await store.write([{ kind: "room", row: aRoomRow({ roomId: "room-last" }) }]);
    const copy = join(folder, "copy");
    for (const part of ["", "-wal"]) cpSync(`${file}${part}`, join(copy, `store.db${part}`));
    await store.close();
    appendFileSync(join(copy, "store.db-wal"), Buffer.alloc(3000, 7));
    const next = await openSqliteStore({ path: copy, nowMs: () => NOW_MS });
    expect(await next.readObserveOnly()).to.equal(null);
    expect((await next.readRoom("room-last"))?.roomId).to.equal("room-last");
    await next.close();
  });
});

/** What lies under this name and its companions: size and bytes by suffix. The index of the log is made anew by any reader. */
function contents(folder: string, name: string): Record<string, string> {
  const parts = ["", "-wal"].filter((part) => existsSync(join(folder, `${name}${part}`)));
  return Object.fromEntries(
    parts.map((part) => [part, readFileSync(join(folder, `${name}${part}`), "base64")]),
  );
}
