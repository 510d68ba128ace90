import { joined } from "../kernel/joined.ts";
import { quoted } from "../kernel/quoted.ts";
import type { Room } from "./room.ts";
import { toClosed, type ClosedGate } from "./write-gate.ts";

/** What is suspended: one room, all rooms of a source, or all rooms (a freeze). */
export type SuspendScope =
  | { readonly kind: "room"; readonly roomId: string }
  | { readonly kind: "source"; readonly source: string }
  | { readonly kind: "agent" };

/** A person's order to write nothing for a time. Plans are still made and published. */
export interface Suspension {
  readonly scope: SuspendScope;
  /** Why, in the person's words. */
  readonly reason: string;
  readonly by: string;
  /** Of the request that ordered it. */
  readonly correlationId: string;
  /** ISO time. */
  readonly since: string;
  /** ISO time at which it ends by itself; null: when it is resumed. */
  readonly until: string | null;
}

/** As it is stored. */
export interface StoredSuspension extends Suspension {
  /**
   * `until` by the time that things expire by, which no jump of the clock moves. ISO time; absent: the same as `until`, as an
   * earlier version stored it.
   */
  readonly ends?: string;
}

/** A key for each scope; the same scope has one suspension at a time. */
export function scopeKey(scope: SuspendScope): string {
  switch (scope.kind) {
    case "room":
      return `room/${scope.roomId}`;
    case "source":
      return `source/${scope.source}`;
    case "agent":
      return "agent";
  }
}

/** The scopes that a room is in, the narrowest first. */
export function scopesOf({ roomId, owner }: Pick<Room, "roomId" | "owner">): SuspendScope[] {
  const source = owner?.kind === "git" ? owner.source : null;
  return [
    { kind: "room", roomId },
    ...(source === null ? [] : [{ kind: "source", source } as const]),
    { kind: "agent" },
  ];
}

/** When it ends, by the time that things expire by, in ms since 1970; null: when it is resumed. */
export function endMs({ until, ends }: StoredSuspension): number | null {
  const at = ends ?? until;
  return at === null ? null : Date.parse(at);
}

/** Whether it has ended by itself. `nowMs`: ms since 1970. */
export function isOver(suspension: StoredSuspension, nowMs: number): boolean {
  return (endMs(suspension) ?? Number.POSITIVE_INFINITY) <= nowMs;
}

/** What a damaged store takes with it, and what to do. */
export const SUSPENSIONS_LOST =
  "suspensions from before the damage are lost: suspend again what must not be written to (`room-operator suspend`)";

const HOUR_MS = 3_600_000;

/** Whether it ends by itself within an hour. `nowMs`: ms since 1970. */
export function isSoon(suspension: StoredSuspension, nowMs: number): boolean {
  return isOver(suspension, nowMs + HOUR_MS);
}

/** What a record or a line is about. */
export function subject(scope: SuspendScope): { room?: string; source?: string; scope?: "agent" } {
  switch (scope.kind) {
    case "room":
      return { room: scope.roomId };
    case "source":
      return { source: scope.source };
    case "agent":
      return { scope: "agent" };
  }
}

/** `until`: ISO time; null where a person has to resume it, or them. */
export function endText(isOneRoom: boolean, until: string | null): string {
  if (until !== null) return `until ${until}`;
  return isOneRoom ? "until it is resumed" : "until they are resumed";
}

/** Who suspended what, why, since when and until when, and how to resume. */
export function suspensionText({ scope, reason, by, since, until }: Suspension): string {
  const isOne = scope.kind === "room";
  const end = endText(isOne, until);
  return (
    `${whatText(scope)} ${isOne ? "is" : "are"} suspended by ${by} since ${since}, ${end}: ${quoted(reason)}. Nothing is written to ${isOne ? "it" : "them"};` +
    ` to end the suspension, run \`room-operator resume ${argumentsText(scope)}\``
  );
}

/** A suspended room as a closed gate, by all that suspends it: no confirmation opens it. */
export function suspendedGate(suspensions: readonly Suspension[]): ClosedGate {
  const texts = joined(suspensions.map(suspensionText));
  const { length } = suspensions;
  return toClosed(
    "Suspended",
    length > 1 ? `${length} suspensions hold the room until each has ended: ${texts}` : texts,
  );
}

function whatText(scope: SuspendScope): string {
  switch (scope.kind) {
    case "room":
      return `room ${scope.roomId}`;
    case "source":
      return `all rooms of source ${scope.source}`;
    case "agent":
      return "all rooms";
  }
}

function argumentsText(scope: SuspendScope): string {
  switch (scope.kind) {
    case "room":
      return scope.roomId;
    case "source":
      return `--source ${scope.source}`;
    case "agent":
      return "--all";
  }
}
