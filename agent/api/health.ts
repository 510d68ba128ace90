import { listed } from "../kernel/shortened.ts";
import { specErrorsText, type SpecErrors } from "../spec/spec-errors-text.ts";
import { attentionOf } from "../status/attention.ts";
import type { Room } from "../room/room.ts";
import { SUSPENSIONS_LOST } from "../room/suspension.ts";
import type { ObserveOnlyState } from "../room/rows.ts";
import type { HealthBody } from "./contract.ts";
import type { Live } from "./operator.ts";
import type { Reason } from "../status/reasons.ts";
import { storeProblem } from "../status/store-problem.ts";

export type HealthStatus = HealthBody["status"];

export interface Health {
  readonly status: HealthStatus;
  /** What is not well; empty when healthy. */
  readonly problems: readonly HealthItem[];
  /** What does not count against health. */
  readonly warnings: readonly HealthItem[];
}

interface HealthItem {
  readonly check: string;
  readonly message: string;
}

export interface HealthFacts {
  readonly live: Pick<Live, "store" | "roomServer" | "observeOnly" | "configuration">;
  readonly sources: readonly {
    readonly name: string;
    readonly lastError: { readonly reason: string; readonly message: string } | null;
    readonly specErrors: SpecErrors;
    /** Of the running process, and about its files. */
    readonly warnings: readonly SourceNote[];
    /** Warnings that do not degrade health. */
    readonly mild: readonly SourceNote[];
  }[];
  readonly rooms: NeedyRooms;
}

interface SourceNote {
  readonly reason: string;
  readonly message: string;
}

/** Rooms that need a person, and those of them that need one for something else than a RoomServer that serves no room. */
export interface NeedyRooms {
  readonly all: CountedRooms;
  readonly others: CountedRooms;
}

/** How many rooms, and the first of them with their reason. */
interface CountedRooms {
  readonly count: number;
  readonly first: readonly { readonly roomId: string; readonly reason: Reason }[];
}

/** `unhealthy`: the agent cannot keep its memory, so it cannot work. `degraded`: it works, and something needs a look. */
export function healthOf({ live, sources, rooms }: HealthFacts): Health {
  const problems: HealthItem[] = [];
  const mild = sources.flatMap((source) =>
    source.mild.map(({ reason, message }) => ({
      check: `source ${source.name}`,
      message: `${reason}: ${message}`,
    })),
  );
  const store = storeProblem(live.store);
  if (store !== null)
    problems.push({ check: "store", message: `${store.reason}: ${store.message}` });
  if (live.observeOnly !== null) {
    problems.push({ check: "observeOnly", message: observeOnlyText(live.observeOnly) });
  }
  if (live.roomServer !== null && !live.roomServer.ok) {
    const { reason, message } = live.roomServer;
    problems.push({
      check: "roomServer",
      message: reason === undefined ? message : `${reason}: ${message}`,
    });
  }
  const { failure } = live.configuration;
  if (failure !== null)
    problems.push({ check: "configuration", message: `${failure.reason}: ${failure.message}` });
  for (const { name, lastError, specErrors, warnings } of sources) {
    const check = `source ${name}`;
    if (lastError !== null)
      problems.push({ check, message: `${lastError.reason}: ${lastError.message}` });
    for (const { reason, message } of warnings)
      problems.push({ check, message: `${reason}: ${message}` });
    if (specErrors.specErrorCount > 0)
      problems.push({ check, message: specErrorsText(specErrors) });
  }
  // A RoomServer that serves no room is one problem, however many rooms fail by it.
  const needy = live.roomServer?.isForAll === true ? rooms.others : rooms.all;
  if (needy.count > 0) problems.push({ check: "rooms", message: roomsText(needy) });
  if (!live.store.ok) return { status: "unhealthy", problems, warnings: mild };
  return { status: problems.length === 0 ? "healthy" : "degraded", problems, warnings: mild };
}

function observeOnlyText({ since, message, file }: ObserveOnlyState): string {
  return (
    `the store was damaged (${message}) and set aside as ${file} on ${since}: nothing is written to rooms until a person ` +
    `has looked at what would change (GET /status) and runs \`room-operator acknowledge\`; ${SUSPENSIONS_LOST}`
  );
}

const NAMED = 5;

function roomsText({ count, first }: CountedRooms): string {
  const names = first.map(({ roomId, reason }) => `${roomId} (${reason})`);
  const rooms = count === 1 ? "1 room needs" : `${count} rooms need`;
  return `${rooms} a person: ${listed(names, { max: NAMED, total: count })}. GET /status shows why`;
}

export const NO_NEEDY_ROOMS: NeedyRooms = {
  all: { count: 0, first: [] },
  others: { count: 0, first: [] },
};

/** Why a call to any room fails where the RoomServer serves none. */
const OF_SERVER: ReadonlySet<Reason> = new Set(["RoomServerUnavailable", "Unauthorized"]);

/** The rooms that need a person, the first few by name. */
export async function needyRooms(rooms: Iterable<Room> | AsyncIterable<Room>): Promise<NeedyRooms> {
  const all = { count: 0, first: [] as CountedRooms["first"][number][] };
  const others = { count: 0, first: [] as CountedRooms["first"][number][] };
  for await (const row of rooms) {
    const attention = attentionOf(row);
    if (attention === null) continue;
    const { reason } = attention;
    for (const counted of OF_SERVER.has(reason) ? [all] : [all, others]) {
      counted.count += 1;
      if (counted.first.length < NAMED) counted.first.push({ roomId: row.roomId, reason });
    }
  }
  return { all, others };
}
