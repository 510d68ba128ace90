import { withoutStop } from "../kernel/joined.ts";
import { listed } from "../kernel/shortened.ts";
import type { ServerHealth } from "../roomserver/call-report.ts";
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

/** Rooms that need a person: all of them, those whose calls to the RoomServer fail, and the others. */
export interface NeedyRooms {
  readonly all: CountedRooms;
  readonly byServer: CountedRooms;
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
  const isOutage = live.roomServer?.isOutage === true;
  if (live.roomServer !== null && !live.roomServer.ok) {
    const because = isOutage ? rooms.byServer : NONE;
    problems.push({ check: "roomServer", message: serverText(live.roomServer, because) });
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
  // An outage is one problem, however many rooms fail by it.
  const needy = isOutage ? rooms.others : rooms.all;
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
  return `${needing(count)} a person: ${listed(names, { max: NAMED, total: count })}. GET /status shows why`;
}

function serverText(
  { reason, message, failing }: ServerHealth,
  { count, first }: CountedRooms,
): string {
  const why = reason === undefined ? message : `${reason}: ${message}`;
  if (count === 0)
    return failing === undefined
      ? why
      : `${withoutStop(why)}; the last calls about ${failing} rooms failed`;
  const names = first.map(({ roomId }) => roomId);
  return `${withoutStop(why)}; ${needing(count)} a person because of it: ${listed(names, { max: NAMED, total: count })}`;
}

function needing(count: number): string {
  return count === 1 ? "1 room needs" : `${count} rooms need`;
}

const NONE: CountedRooms = { count: 0, first: [] };

export const NO_NEEDY_ROOMS: NeedyRooms = { all: NONE, byServer: NONE, others: NONE };

/** Why calls about any room fail in an outage. */
const OF_SERVER: ReadonlySet<Reason> = new Set(["RoomServerUnavailable", "Unauthorized"]);

/** The rooms that need a person, the first few by name. */
export async function needyRooms(rooms: Iterable<Room> | AsyncIterable<Room>): Promise<NeedyRooms> {
  const counted = () => ({ count: 0, first: [] as CountedRooms["first"][number][] });
  const [all, byServer, others] = [counted(), counted(), counted()];
  for await (const row of rooms) {
    const attention = attentionOf(row);
    if (attention === null) continue;
    const { reason } = attention;
    for (const these of [all, OF_SERVER.has(reason) ? byServer : others]) {
      these.count += 1;
      if (these.first.length < NAMED) these.first.push({ roomId: row.roomId, reason });
    }
  }
  return { all, byServer, others };
}
