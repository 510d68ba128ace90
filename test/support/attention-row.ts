import type { AgentWorld } from "./agent-world.ts";
import type { FaultGiven } from "./devserver-client.ts";
import type { FileContent } from "./file-content.ts";
import { specYaml, type SpecYamlGiven } from "./spec-yaml.ts";

export type Files = Readonly<Record<string, FileContent>>;

/**
 * A state of a room that needs a person. The agent is brought into it, and then its log, audit, gauges, health and `explain`
 * have to show it under the same `reason`, with the same sentence.
 */
export interface RoomAttention {
  readonly reason: string;
  readonly room: string;
  /** Ids of entities that are in the room before any of it. */
  readonly there?: readonly string[];
  /** In the first commit, which the room is verified at (absent: the room is new). */
  readonly before?: Files;
  /** In the second commit. */
  readonly after?: Files;
  /** From after the first commit. */
  readonly faults?: readonly FaultGiven[];
  /** After the second commit. */
  readonly act?: (world: AgentWorld) => Promise<unknown>;
  /** In log, audit and `explain` alike. */
  readonly says: RegExp;
  readonly audit: string;
  /** `ready`: a reason of `room_operator_rooms`; else the gauge that counts it. */
  readonly gauge:
    | "ready"
    | "rooms_awaiting_confirm"
    | "rooms_partly_managed"
    | "rooms_contested"
    | "rooms_orphaned";
  /** True: the row is about the room once it is `Stalled`. */
  readonly stalled?: boolean;
  /** Of `needsPerson`, where what it says first is something else. */
  readonly needs?: RegExp;
  /** Why `/health` stays healthy; absent: it is degraded and names the room. */
  readonly healthy?: string;
}

export const path = (room: string) => `rooms/${room}.room.yaml`;
export const file = (roomId: string, given: SpecYamlGiven): Files => ({
  [path(roomId)]: specYaml({ roomId, ...given }),
});
export const seeds = (...names: readonly string[]): Files =>
  Object.fromEntries(names.map((name) => [`seeds/${name}.md`, name]));

/** A room whose spec goes from one list of entities to another. */
export const entities = (room: string, first: readonly string[], second: readonly string[]) => ({
  room,
  before: file(room, { entities: first }),
  after: file(room, { version: 2, entities: second }),
});

export const no = (room: string, target: string): FaultGiven => ({
  kind: "status",
  operation: "join",
  room,
  target,
  status: 403,
  body: JSON.stringify({ error: "NOT_ALLOWED" }),
});

export const REFUSED = { audit: "room.refused", gauge: "rooms_awaiting_confirm" } as const;
export const FAILED = { audit: "room.failed", gauge: "ready" } as const;
export const BLOCKED = { audit: "room.converged", gauge: "rooms_partly_managed" } as const;
