import type { AgentReport } from "./support/agent-report.ts";

import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { HandChanges } from "./support/hand-changes.ts";
import { loopFigure, loopRow } from "./support/loop-row.ts";
import { measured, show, whole } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { commitSpecs, fullSpec, roomPath } from "./support/specs.ts";

const LATENCY_MS = 5;
const PARALLEL_ROOMS = 10;

/** What one commit changes in each room: who comes, who goes, and who else stays of those that came before. */
interface Change {
  readonly version: number;
  readonly comes: readonly string[];
  readonly goes: readonly string[];
  readonly stays: readonly string[];
  /** True: the agent has carried out many such commits by then. */
  readonly isLate: boolean;
}

const EARLY: readonly Change[] = [
  { version: 2, comes: ["E-1"], goes: [], stays: [], isLate: false },
  { version: 3, comes: ["E-2", "E-3", "E-4"], goes: ["E-1"], stays: [], isLate: false },
];
const STAYS = ["E-2", "E-3", "E-4"];
/** Commits between the early ones and the late ones: by then V8 has compiled what a pass runs. */
const BETWEEN = 10;
const LATE: readonly Change[] = [
  { version: 14, comes: ["E-5"], goes: [], stays: STAYS, isLate: true },
  { version: 15, comes: ["E-6", "E-7", "E-8"], goes: ["E-5"], stays: STAYS, isLate: true },
];

/** All rooms changed by one commit while each call to the RoomServer takes 5 ms, against the same calls by hand. */
export const manyRooms: Bench = {
  name: "many-rooms",
  rows: (quick) =>
    sizes(quick).flatMap((rooms) =>
      changes(quick).flatMap((change) => Object.values(kinds(rooms, change))),
    ),
  run,
};

function sizes(quick: boolean): readonly number[] {
  return quick ? [200] : [200, 1000];
}

function changes(quick: boolean): readonly Change[] {
  return quick ? EARLY : [...EARLY, ...LATE];
}

function subjectOf(rooms: number, { comes, goes, isLate }: Change): string {
  const writes = comes.length + goes.length;
  const late = isLate ? `, after ${BETWEEN} commits more` : "";
  return `${whole(rooms)} rooms, ${writes} ${writes === 1 ? "write" : "writes"} each${late}`;
}

function kinds(rooms: number, change: Change) {
  const subject = subjectOf(rooms, change);
  return {
    done: {
      what: `${subject}: fetch done to all verified`,
      unit: "s",
      ratio: { of: `the same calls by hand, ${PARALLEL_ROOMS} at a time`, atMost: 1.5 },
    },
    cpu: { what: `${subject}: processor time a room`, unit: "ms", atMost: 5 },
    first: {
      what: `${subject}: fetch done to first room started`,
      unit: "ms",
      ratio: { of: "until the snapshot is ingested", atMost: 1 },
    },
    loop: loopRow(subject),
  } satisfies Record<string, RowKind>;
}

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const figures: Measured[] = [];
  for (const rooms of sizes(options.quick)) figures.push(...(await inWorld(rooms, options)));
  return figures;
}

async function inWorld(rooms: number, options: BenchOptions): Promise<readonly Measured[]> {
  options.say(`${rooms} rooms`);
  const world = await BenchWorld.create({ latencyMs: LATENCY_MS });
  try {
    commitSpecs(world.repository, rooms, (index) => fullSpec(index));
    await world.startAgent(UNLIMITED, options);
    await world.until({ verified: rooms });
    const byHand = await HandChanges.prepare(world.roomServerUrl, rooms, PARALLEL_ROOMS);
    const figures: Measured[] = [];
    for (const change of changes(options.quick)) {
      if (change === LATE[0]) await makeCommits(world, rooms, options.say);
      const changed = await byAgent(world, rooms, change);
      const byHandMs = await byHand.change(change);
      figures.push(...figuresOf({ rooms, change, byHandMs, ...changed }));
    }
    byHand.close();
    return figures;
  } finally {
    await world.remove();
  }
}

interface Changed {
  readonly packEndedAtMs: number;
  readonly report: AgentReport;
}

/** One more comes to each room with each commit, or goes again. */
async function makeCommits(world: BenchWorld, rooms: number, say: (text: string) => void) {
  for (let at = 1; at <= BETWEEN; at += 1) {
    say(`${rooms} rooms, commit ${at} of ${BETWEEN}`);
    const [comes, goes] = at % 2 === 1 ? [["E-9"], []] : [[], ["E-9"]];
    await byAgent(world, rooms, { version: 3 + at, comes, goes, stays: STAYS, isLate: false });
  }
}

async function byAgent(
  world: BenchWorld,
  rooms: number,
  { version, stays, comes }: Change,
): Promise<Changed> {
  const files: Record<string, string> = {};
  for (let index = 0; index < rooms; index += 1) {
    files[roomPath(index)] = fullSpec(index, version, [...stays, ...comes]);
  }
  await world.reset();
  const head = world.repository.commit(files);
  const report = await world.until({ verified: rooms, head });
  const { packEndedAtMs } = lastFetch(await world.takeGitRequests());
  return { packEndedAtMs, report };
}

interface Compared extends Changed {
  readonly rooms: number;
  readonly change: Change;
  readonly byHandMs: number;
}

function figuresOf(compared: Compared): readonly Measured[] {
  const { rooms, change, byHandMs, packEndedAtMs, report } = compared;
  const { done, cpu, first } = kinds(rooms, change);
  const since = (atMs: number | null) => (atMs ?? Number.NaN) - packEndedAtMs;
  const each = (count: number) => (count / rooms).toFixed(1);
  const seconds = since(report.lastVerifiedAtMs) / 1000;
  const counts = `${each(report.calls)} calls, ${each(report.storeWrites)} writes of the store a room`;
  const main = `${show(report.mainCpuMs / rooms, "ms")} of it on the main thread`;
  return [
    measured(done, seconds, { base: byHandMs / 1000, note: counts }),
    measured(cpu, report.cpuMs / rooms, { note: main }),
    measured(first, since(report.firstPassAtMs), { base: since(report.headAtMs) }),
    loopFigure(subjectOf(rooms, change), report),
  ];
}
