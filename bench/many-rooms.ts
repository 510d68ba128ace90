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

/** What one commit changes in each room: who comes, and who goes. */
interface Change {
  readonly version: number;
  readonly comes: readonly string[];
  readonly goes: readonly string[];
}

const CHANGES: readonly Change[] = [
  { version: 2, comes: ["E-1"], goes: [] },
  { version: 3, comes: ["E-2", "E-3", "E-4"], goes: ["E-1"] },
];

/** All rooms changed by one commit while each call to the RoomServer takes 5 ms, against the same calls by hand. */
export const manyRooms: Bench = {
  name: "many-rooms",
  rows: (quick) =>
    sizes(quick).flatMap((rooms) =>
      CHANGES.flatMap((change) => Object.values(kinds(rooms, change))),
    ),
  run,
};

function sizes(quick: boolean): readonly number[] {
  return quick ? [200] : [200, 1000];
}

function subjectOf(rooms: number, { comes, goes }: Change): string {
  const writes = comes.length + goes.length;
  return `${whole(rooms)} rooms, ${writes} ${writes === 1 ? "write" : "writes"} each`;
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
    for (const change of CHANGES) {
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

async function byAgent(world: BenchWorld, rooms: number, change: Change): Promise<Changed> {
  const files: Record<string, string> = {};
  for (let index = 0; index < rooms; index += 1) {
    files[roomPath(index)] = fullSpec(index, change.version, change.comes);
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
