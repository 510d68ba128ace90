import { OperatorError, messageOf } from "../kernel/errors.ts";
import { quoted } from "../kernel/quoted.ts";
import { listed } from "../kernel/shortened.ts";
import type { Room } from "../room/room.ts";
import { closedGate, type WriteGate } from "../room/write-gate.ts";
import type { Store } from "../store/store.ts";
import type { ApplyAnswer, ApplyRoom, CommandRejected, NotPolled } from "./requests.ts";

export function accepted(correlationId: string, reason: string): ApplyAnswer {
  return { kind: "accepted", correlationId, reason };
}

/** The pass did not come about: the store refused, or the agent stops. Anything else is a defect and is passed on. */
export function rejectedBy(error: unknown): CommandRejected {
  if (error instanceof OperatorError) {
    return { kind: "rejected", status: 503, code: error.code, detail: messageOf(error) };
  }
  throw error;
}

const NAMES_IT = "no source and no posted spec names room";

/** A room that is not known has nothing to be deleted. `meant` is what `meantRoom` says. */
export function nothingToDelete(roomId: string, meant: string): CommandRejected {
  const next = meant.endsWith("?") ? " If not, there" : " there";
  const detail = `${NAMES_IT} ${quoted(roomId)}${meant}${next} is nothing to delete: GET /status lists the rooms there are`;
  return { kind: "rejected", status: 404, code: "UnknownRoom", detail };
}

/** Where a source could not be polled, the room may be in what it holds. `meant` is what `meantRoom` says. */
export function unknownRoom(
  roomId: string,
  meant: string,
  notPolled: readonly NotPolled[],
): CommandRejected {
  const push = meant.endsWith("?") ? "If not, push" : "push";
  const unknown = `${NAMES_IT} ${quoted(roomId)}${meant} ${push} its spec, or post it as {"spec": …}`;
  const reasons = notPolled.map(
    ({ source, reason, message }) => `${source} (${reason}: ${message})`,
  );
  return {
    kind: "rejected",
    status: 404,
    code: "UnknownRoom",
    detail:
      reasons.length === 0
        ? unknown
        : `${unknown}. Not polled, so it may be in a newer revision of: ${listed(reasons, { each: 400, separator: "; " })}`,
  };
}

/** What a person does about a spec posted to a room of git. */
export const OVERRIDE =
  "change it there, or send X-Override: true, which makes the agent ignore git for this room until the next commit that touches it";

/** What a person does to delete a room of git. */
export const REMOVE_FILE =
  "remove that file: the room is orphaned then, and DELETE makes the agent forget it";

export function managedByGit(
  row: Room,
  owner: { readonly source: string; readonly path: string },
  instead: string,
): CommandRejected {
  return {
    kind: "rejected",
    status: 409,
    code: "ManagedByGit",
    detail: `room ${row.roomId} belongs to ${owner.path} of source ${owner.source}; ${instead}${toEndOverride(row)}`,
  };
}

function toEndOverride({ overridden }: Room): string {
  return overridden
    ? ". It follows a RoomSpec that was posted with X-Override: true: push a commit that changes the file, and git is followed again"
    : "";
}

/** Why a request that would write to its room is refused: a gate of it is closed that no request opens. Null: it is not. */
export async function refusedAtGate(
  { roomId, dryRun }: Pick<ApplyRoom, "roomId" | "dryRun">,
  {
    gates,
    store,
  }: { readonly gates: readonly WriteGate[]; readonly store: Pick<Store, "readRoom"> },
): Promise<CommandRejected | null> {
  if (dryRun) return null;
  const row = await store.readRoom(roomId);
  const closed = closedGate(gates, { roomId, owner: row?.owner ?? null }, { confirmed: true });
  if (closed === null) return null;
  return { kind: "rejected", status: 409, code: closed.reason, detail: closed.message };
}

/** Answer for a caller that closed its connection; it is not sent. */
export function dropped({ correlationId }: ApplyRoom): ApplyAnswer {
  return accepted(correlationId, "the caller went away before the pass began: no pass runs for it");
}

/** What a request is still waiting for after `waitMs`. */
export function lateReason(
  { polling }: { readonly polling: readonly string[] },
  waitMs: number,
): string {
  const late = `not finished after ${waitMs / 1000} s`;
  return polling.length === 0 ? late : `${late}: still polling ${listed(polling)}`;
}
