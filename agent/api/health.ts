import type { ObserveOnlyState, RoomRow } from "../store/rows.ts";
import type { HealthBody } from "./contract.ts";
import type { Live } from "./operator.ts";

export type HealthStatus = HealthBody["status"];

export interface Health {
  readonly status: HealthStatus;
  /** What is not well; empty when healthy. */
  readonly problems: readonly { readonly check: string; readonly message: string }[];
}

export interface HealthFacts {
  readonly live: Pick<Live, "store" | "roomServer" | "observeOnly">;
  readonly sources: readonly {
    readonly name: string;
    readonly lastError: { readonly reason: string; readonly message: string } | null;
  }[];
  readonly stalledRooms: number;
}

/** `unhealthy`: the agent cannot keep its memory, so it cannot work. `degraded`: it works, and something needs a look. */
export function healthOf({ live, sources, stalledRooms }: HealthFacts): Health {
  const problems: { check: string; message: string }[] = [];
  if (!live.store.ok) problems.push({ check: "store", message: live.store.message });
  if (live.observeOnly !== null) {
    problems.push({ check: "observeOnly", message: observeOnlyText(live.observeOnly) });
  }
  if (live.roomServer !== null && !live.roomServer.ok) {
    problems.push({ check: "roomServer", message: live.roomServer.message });
  }
  for (const { name, lastError } of sources) {
    if (lastError === null) continue;
    problems.push({
      check: `source ${name}`,
      message: `${lastError.reason}: ${lastError.message}`,
    });
  }
  if (stalledRooms > 0) {
    problems.push({ check: "rooms", message: `${stalledRooms} stalled: GET /status says why` });
  }
  if (!live.store.ok) return { status: "unhealthy", problems };
  return { status: problems.length === 0 ? "healthy" : "degraded", problems };
}

function observeOnlyText({ since, message, file }: ObserveOnlyState): string {
  return (
    `the store was damaged (${message}) and set aside as ${file} on ${since}: nothing is written to rooms until a person ` +
    "has looked at what would change (GET /status) and runs `room-operator acknowledge`"
  );
}

export function countStalled(rooms: readonly RoomRow[]): number {
  return rooms.filter((room) =>
    room.conditions.some(({ type, status }) => type === "Stalled" && status === "True"),
  ).length;
}
