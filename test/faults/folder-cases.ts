import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import type { FaultCase, RunGiven, RunReport } from "./fault-case.ts";
import { FolderWorld } from "./folder-world.ts";

/** Something that happens to a folder, and how it is over. */
interface Mishap {
  readonly putOn: (world: FolderWorld) => void | Promise<void>;
  readonly heal: (world: FolderWorld) => void | Promise<void>;
  /** What the source says is wrong. Null: that one of its specs cannot be read. Absent: nothing need be wrong. */
  readonly reason?: string | null;
}

const away = ({ folder }: FolderWorld) => `${folder}-away`;

/** The folder is not there, while the next state of the story is written to where it has gone. */
const takenAway = (instead: (world: FolderWorld) => void): Omit<Mishap, "reason"> => ({
  putOn: (world) => {
    renameSync(world.folder, away(world));
    instead(world);
    world.write(world.next(), away(world));
  },
  heal: (world) => {
    rmSync(world.folder, { recursive: true, force: true });
    renameSync(away(world), world.folder);
  },
});

const withRights = (part: string): Omit<Mishap, "reason"> => ({
  putOn: (world) => {
    world.write(world.next());
    chmodSync(join(world.folder, part), 0o000);
  },
  heal: (world) => chmodSync(join(world.folder, part), 0o755),
});

const MISHAPS: Readonly<Record<string, Mishap>> = {
  "not mounted": { reason: "FolderMissing", ...takenAway(() => undefined) },
  "mounted empty": { reason: "SourceEmptied", ...takenAway(({ folder }) => mkdirSync(folder)) },
  "a file": { reason: "FolderMissing", ...takenAway(({ folder }) => writeFileSync(folder, "")) },
  "a link to nothing": {
    reason: "FolderMissing",
    ...takenAway(({ folder }) => symlinkSync("/nonexistent", folder)),
  },
  "a folder in it is a link": {
    reason: null,
    putOn: (world) => {
      const { folder } = world;
      renameSync(join(folder, "rooms"), away(world));
      symlinkSync(away(world), join(folder, "rooms"));
    },
    heal: (world) => {
      const { folder } = world;
      rmSync(join(folder, "rooms"));
      renameSync(away(world), join(folder, "rooms"));
      world.write(world.next());
    },
  },
  "no rights": { reason: "FolderUnreadable", ...withRights(".") },
  "no rights to a folder in it": { reason: "FolderUnreadable", ...withRights("rooms") },
  "no rights to a file": {
    reason: null,
    putOn: (world) => {
      world.write(world.next());
      chmodSync(world.spec(), 0o000);
    },
    heal: (world) => chmodSync(world.spec(), 0o644),
  },
  "half a spec": {
    reason: null,
    putOn: (world) => {
      const files = world.next();
      world.write(files);
      const text = readFileSync(world.spec(), "utf8");
      writeFileSync(world.spec(), `${text.slice(0, text.length / 2)}\n  "`);
    },
    heal: (world) => world.write(world.next()),
  },
  "replaced again and again": {
    putOn: async (world) => {
      const files = world.next();
      for (let at = 0; at < 300; at += 1) {
        const text = files[`rooms/${world.story.room}.room.yaml`] ?? "";
        world.write({ ...files, [`rooms/${world.story.room}.room.yaml`]: `${text}# ${at}\n` });
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    },
    heal: (world) => world.write(world.next()),
  },
  "a burst of files": {
    putOn: (world) => {
      world.write(world.next());
      for (let at = 0; at < 5000; at += 1) {
        const place = join(world.folder, `notes-${at % 50}`);
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, `${at}.md`), `note ${at}`);
      }
      world.write(world.next());
    },
    heal: (world) => {
      for (let at = 0; at < 50; at += 1) {
        rmSync(join(world.folder, `notes-${at}`), { recursive: true });
      }
    },
  },
};

/** Sockets and files by which an agent may have grown when a fault is over. */
const MORE_OPEN = 12;

/** A folder that is not there for a while, that cannot be read, or that changes while it is read. */
export const folderCases: readonly FaultCase[] = [
  {
    id: "F1",
    title: "a folder as source fails",
    variants: Object.keys(MISHAPS),
    withinCycles: 3,
    run: async (run): Promise<RunReport> => {
      const world = await FolderWorld.create(run);
      try {
        await world.begin();
        const cycles = await play(world, run);
        await world.quiet();
        await world.check();
        return { cycles, invariants: world.invariants };
      } finally {
        await world.remove();
      }
    },
  },
];

async function play(world: FolderWorld, { variant }: RunGiven): Promise<number> {
  const mishap = MISHAPS[variant];
  if (mishap === undefined) throw new Error(`no mishap ${variant}`);
  const open = world.open();
  await mishap.putOn(world);
  world.pushOther();
  await world.world.kickByHand(world.story.room, "E-01");
  await world.morePolls(5);
  await world.otherConverged();
  await eventually("E-01 is back", async () =>
    (await world.world.contents(world.story.room)).entities.includes("E-01"),
  );
  if (mishap.reason !== undefined) await showsReason(world, mishap.reason);
  expect(await world.removals(), "removals while the folder is at fault").to.deep.equal([]);
  await world.check();
  await mishap.heal(world);
  const since = await world.healed();
  await world.converged();
  const cycles = await world.cyclesToConverge(since);
  expect(await world.removals(), "removals").to.deep.equal([]);
  expect(world.open(), "open files and sockets").to.be.at.most(open + MORE_OPEN);
  return cycles;
}

async function showsReason(world: FolderWorld, reason: string | null): Promise<void> {
  const { lastError, specErrorCount } = await world.source();
  if (reason === null) expect(specErrorCount, "specs that cannot be read").to.be.at.least(1);
  else expect(lastError?.reason).to.equal(reason);
}
