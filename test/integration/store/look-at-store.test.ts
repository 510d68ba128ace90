import { expect } from "chai";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookAtStore } from "../../../agent/store/look-at-store.ts";
import { markDamaged } from "../../../agent/store/sqlite-damage.ts";
import { MIGRATIONS } from "../../../agent/store/sqlite-migrations.ts";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { changeRows, damagePage, logOfChange } from "../../support/damage.ts";
import { rejection } from "../../support/rejection.ts";
import { ChildLines } from "./child-lines.ts";

const CHILD = join(import.meta.dirname, "store-child.ts");
const KNOWN = MIGRATIONS.length;
/** 9 MiB: more than what is checked without a thread. */
const LARGE = Array.from({ length: 90 }, (_, at) => ({
  kind: "room" as const,
  row: aRoomRow({ roomId: `room-${at}`, lastOutcome: "x".repeat(100_000) }),
}));

describe("a look at a store that changes nothing", () => {
  let folder: string;
  let file: string;
  const open = () => openSqliteStore({ path: folder, nowMs: () => Date.UTC(2026, 0, 1) });
  const look = () => lookAtStore(folder, new AbortController().signal);
  const messageOf = async () => {
    const found = await look();
    return found.kind === "usable" ? "usable" : found.message.replaceAll(file, "FILE");
  };
  /** Names, sizes, times and content of the folder. */
  const files = () =>
    readdirSync(folder).map((name) => {
      const stat = statSync(join(folder, name));
      const content = stat.isFile() ? readFileSync(join(folder, name)).toString("base64") : "";
      return `${name} ${stat.size} ${stat.mtimeMs} ${stat.ino} ${content}`;
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-look-"));
    file = join(folder, "store.db");
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  async function makeStore(changes: Parameters<Awaited<ReturnType<typeof open>>["write"]>[0] = []) {
    const store = await open();
    await store.write(changes);
    await store.close();
  }

  const tooNew = `StoreTooNew: store FILE has schema ${KNOWN + 1}, and this agent knows up to ${KNOWN}: start the newer agent that wrote it, or restore a backup from before`;
  const damaged = (what: string) =>
    `StoreDamaged: store FILE is damaged (${what}): the next start sets it aside and only observes; or stop the agent and restore a backup into an empty folder`;
  const raise = () => changeRows(file, `PRAGMA user_version = ${KNOWN + 1}`);
  const cases = [
    { name: "of a newer agent", wrong: raise, says: tooNew },
    {
      name: "of another program",
      wrong: () => changeRows(file, "PRAGMA application_id = 1"),
      says: "StoreUnavailable: store FILE: it belongs to another program: choose another Store.Path",
    },
    {
      name: "of random bytes",
      wrong: () => writeFileSync(file, Buffer.alloc(4096, 0xa5)),
      says: damaged("file is not a database"),
    },
    {
      name: "that is empty",
      wrong: () => writeFileSync(file, ""),
      says: damaged("it is empty or cut off"),
    },
    {
      name: "that is empty and has a log",
      wrong: () => {
        const log = logOfChange(file, "UPDATE room SET document = '{}'");
        writeFileSync(file, "");
        writeFileSync(`${file}-wal`, log);
        writeFileSync(`${file}-shm`, "");
      },
      says: damaged("it is empty or cut off"),
    },
    {
      name: "that is empty and has a log without an index",
      wrong: () => {
        const log = logOfChange(file, "UPDATE room SET document = '{}'");
        writeFileSync(file, "");
        writeFileSync(`${file}-wal`, log);
      },
      says: damaged("it is empty or cut off"),
    },
    {
      name: "that is a folder",
      wrong: () => {
        rmSync(file);
        mkdirSync(file);
      },
      says: "StoreUnavailable: store FILE: it is not a regular file: move it away, or set Store.Path",
    },
    {
      name: "with a row of another shape",
      wrong: () => changeRows(file, "UPDATE room SET document = '[]'"),
      says: damaged('a row of room is JSON of another shape ("room-1" is not an object)'),
    },
    {
      name: "without the log of a crash",
      wrong: () => writeFileSync(`${file}-shm`, ""),
      says: damaged("its log was removed: what was committed last is gone"),
    },
    {
      name: "that was removed without its log",
      wrong: () => {
        rmSync(file);
        writeFileSync(`${file}-wal`, "x");
      },
      says: damaged("it is missing while its log is there"),
    },
    {
      name: "that was noted as damaged",
      wrong: () => markDamaged(file, { since: "2026-01-01T00:00:00.000Z", message: "a bad page" }),
      says: damaged("a bad page"),
    },
  ];
  for (const { name, wrong, says } of cases) {
    it(`says of a store ${name} what a start makes of it`, async () => {
      await makeStore([{ kind: "room", row: aRoomRow({ roomId: "room-1" }) }]);
      wrong();
      const before = files();
      expect(await messageOf()).to.equal(says);
      expect(files()).to.deep.equal(before);
      if (!says.startsWith("StoreDamaged")) {
        expect(await rejection(open())).to.have.property("code", says.split(":")[0]);
        return;
      }
      const store = await open();
      const message = (await store.readObserveOnly())?.message;
      await store.close();
      expect(says).to.contain(`is damaged (${message}): `);
    });
  }

  for (const part of ["", "-wal", "-shm", ".log.json", ".damage.json"])
    for (const [kind, make, found] of [
      ["a pipe", (path: string) => execFileSync("mkfifo", [path]), "is not a regular file"],
      ["a folder", (path: string) => mkdirSync(path), "is not a regular file"],
      [
        "a link to itself",
        (path: string) => symlinkSync(path, path),
        "cannot be looked at (symbolic links lead in a circle)",
      ],
    ] as const)
      it(`opens no store.db${part} that is ${kind}, as a start does not, and leaves all as it is`, async () => {
        await makeStore([{ kind: "room", row: aRoomRow({ roomId: "room-1" }) }]);
        rmSync(`${file}${part}`, { force: true });
        make(`${file}${part}`);
        const before = readdirSync(folder);
        const name = part === "" ? "it" : `store.db${part} next to it`;
        const says = await messageOf();
        expect(says).to.contain(`StoreUnavailable: store FILE: ${name} ${found}`);
        expect(says).to.contain(": move it away, or set Store.Path");
        const { message } = await rejection(open());
        expect(`StoreUnavailable: ${message.replaceAll(file, "FILE")}`).to.equal(says);
        expect(readdirSync(folder)).to.deep.equal(before);
      });

  it("finds no fault in an empty folder, and makes no store there", async () => {
    expect(await messageOf()).to.equal("usable");
    expect(files()).to.deep.equal([]);
  });

  it("does not migrate a store of an older agent", async () => {
    await makeStore();
    changeRows(file, `PRAGMA user_version = ${KNOWN - 1}`);
    const before = files();
    expect(await messageOf()).to.equal("usable");
    expect(files()).to.deep.equal(before);
  });

  it("checks a large store in a thread", async () => {
    await makeStore(LARGE);
    expect(await messageOf()).to.equal("usable");
    raise();
    expect(await messageOf()).to.equal(tooNew);
    changeRows(file, `PRAGMA user_version = ${KNOWN}`);
    damagePage(file, { page: 40, from: 0, bytes: 4096 });
    expect(await messageOf()).to.match(/^StoreDamaged: store FILE is damaged \(/);
  });

  it("ends when it is aborted", async () => {
    await makeStore(LARGE);
    const stop = new AbortController();
    const looking = rejection(lookAtStore(folder, stop.signal));
    stop.abort(new Error("stopped"));
    expect((await looking).message).to.equal("stopped");
    expect((await rejection(lookAtStore(folder, stop.signal))).message).to.equal("stopped");
  });

  it("reads what an agent writes meanwhile, and the agent continues", async () => {
    const child = new ChildLines(CHILD, ["writing", folder]);
    try {
      await child.said(5);
      for (let n = 0; n < 5; n += 1) expect(await messageOf()).to.equal("usable");
      await child.said(20);
    } finally {
      await child.kill();
    }
    const before = files();
    expect(before.some((line) => line.startsWith("store.db-wal"))).to.equal(true);
    expect(await messageOf()).to.equal("usable");
    expect(files()).to.deep.equal(before);
    rmSync(`${file}-shm`);
    expect(await messageOf()).to.equal(
      "store FILE has a log without an index: the start checks it",
    );
  });
});
