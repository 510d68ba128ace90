import type { AgentReport } from "./support/agent-report.ts";
import { readAll } from "./support/bare-calls.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import { lastFetch } from "./support/git-requests.ts";
import { loopRow } from "./support/loop-row.ts";
import { ms, times } from "./support/row.ts";
import type { Row } from "./support/row.ts";
import { commitSpecs, fullSpec, roomName, roomPath } from "./support/specs.ts";

const LATENCY_MS = 5;
const PARALLEL_ROOMS = 10;
const TARGET_RATIO = 1.3;

/** All rooms changed by one commit while each call to the RoomServer takes 5 ms, against what the calls alone take. */
export const manyRooms: Bench = { name: "many-rooms", run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const rooms = options.quick ? 200 : 1000;
  const world = await BenchWorld.create({ latencyMs: LATENCY_MS });
  try {
    commitSpecs(world.repository, rooms, (index) => fullSpec(index));
    await world.startAgent(UNLIMITED, options);
    await world.until({ verified: rooms });
    const one = await change(world, rooms, { version: 2, guests: ["E-1"] });
    const four = await change(world, rooms, { version: 3, guests: ["E-2", "E-3", "E-4"] });
    return [
      ...rows(`${rooms} rooms, 1 write each`, one),
      ...rows(`${rooms} rooms, 4 writes each`, four),
      loopRow(`${rooms} rooms, 1 write each`, one.report),
      loopRow(`${rooms} rooms, 4 writes each`, four.report),
    ];
  } finally {
    await world.remove();
  }
}

interface Changed {
  readonly rooms: number;
  readonly packEndedAtMs: number;
  /** As many reads of the RoomServer, ten at a time, by hand. */
  readonly byHandMs: number;
  readonly report: AgentReport;
}

async function change(
  world: BenchWorld,
  rooms: number,
  to: { readonly version: number; readonly guests: readonly string[] },
): Promise<Changed> {
  const files: Record<string, string> = {};
  for (let index = 0; index < rooms; index += 1) {
    files[roomPath(index)] = fullSpec(index, to.version, to.guests);
  }
  await world.reset();
  const head = world.repository.commit(files);
  const report = await world.until({ verified: rooms, head });
  const { packEndedAtMs } = lastFetch(await world.takeGitRequests());
  const names = Array.from({ length: rooms }, (_unused, index) => roomName(index));
  const load = { connections: PARALLEL_ROOMS, times: Math.round(report.calls / rooms) };
  const byHandMs = await readAll(world.roomServerUrl, names, load);
  return { rooms, packEndedAtMs, byHandMs, report };
}

function rows(what: string, { rooms, packEndedAtMs, byHandMs, report }: Changed): readonly Row[] {
  const since = (atMs: number | null) => (atMs ?? Number.NaN) - packEndedAtMs;
  const totalMs = since(report.lastVerifiedAtMs);
  const boundMs = (report.calls * LATENCY_MS) / PARALLEL_ROOMS;
  const perRoom = (count: number) => (count / rooms).toFixed(1);
  return [
    {
      what: `${what}: fetch done to all verified`,
      figure: `${ms(totalMs)} (${perRoom(report.calls)} calls, ${perRoom(report.storeWrites)} writes of the store a room)`,
      target: `≤ ${TARGET_RATIO}× of ${ms(boundMs)}`,
      ratio: times(totalMs / boundMs),
      met: totalMs <= TARGET_RATIO * boundMs,
    },
    {
      what: `${what}: against as many reads by hand, 10 at a time`,
      figure: `${ms(byHandMs)} by hand`,
      target: "",
      ratio: times(totalMs / byHandMs),
      met: null,
    },
    {
      what: `${what}: first room started, snapshot taken in`,
      figure: `${ms(since(report.firstPassAtMs))}, ${ms(since(report.headAtMs))}`,
      target: "rooms start first",
      ratio: "",
      met: (report.firstPassAtMs ?? Infinity) < (report.headAtMs ?? 0),
    },
    {
      what: `${what}: processor time of the agent`,
      figure: `${ms(report.cpuMs / rooms)} a room (${ms(report.mainCpuMs / rooms)} on the main thread)`,
      target: "",
      ratio: "",
      met: null,
    },
  ];
}
