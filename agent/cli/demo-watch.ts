import { z } from "zod";
import { confirmRequest } from "../guardrail/how-to-confirm.ts";
import { systemClock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { ignoredText } from "../intent/ignored-lines.ts";
import { specErrorsText } from "../spec/spec-errors-text.ts";
import type { CommandIo } from "./command.ts";
import { isConverged, isEmpty, isReady, isStuck, statusSchema } from "./demo-status.ts";
import type { Room, Source, Status } from "./demo-status.ts";

const LOOK_EVERY_MS = 100;

const auditSchema = z.object({
  entries: z.array(
    z.object({ action: z.string(), metadata: z.object({ phase: z.string().optional() }) }),
  ),
});

export interface Watching {
  /** The agent's API. */
  readonly url: string;
  /** True: end as soon as every room is converged, or with 1 when that takes too long. */
  readonly once: boolean;
  readonly convergeWithinMs: number;
  /** Called with one of the rooms. */
  readonly onConverged: (roomId: string) => void;
}

/** Shows what becomes of the rooms, as anyone could see it over HTTP. Gives the exit code. */
export async function watchRooms(watching: Watching, io: CommandIo): Promise<number> {
  const shown = new Map<string, string>();
  const giveUpAtMs = systemClock.monotonicMs() + watching.convergeWithinMs;
  let converged = false;
  while (!io.signal.aborted) {
    const status = await readStatus(watching.url, io.signal);
    if (status !== null) showChanges(status, { shown, url: watching.url }, io);
    if (watching.once && status !== null && isEmpty(status)) {
      io.stderr.write(`no spec names a room: ${whyNot(status, watching.url)}\n`);
      return 1;
    }
    if (!converged && status !== null && isConverged(status)) {
      converged = true;
      await showRooms(status, watching.url, io);
      if (watching.once) return endOf(status, watching.url, io);
      watching.onConverged(status.rooms[0]?.roomId ?? "");
    }
    if (watching.once && status !== null && isStuck(status)) {
      io.stderr.write(`not converged: ${whyNot(status, watching.url)}\n`);
      return 1;
    }
    if (!converged && watching.once && systemClock.monotonicMs() > giveUpAtMs) {
      io.stderr.write(
        `not converged within ${watching.convergeWithinMs / 1000} s: ${whyNot(status, watching.url)}\n`,
      );
      return 1;
    }
    await systemClock.sleep(LOOK_EVERY_MS, io.signal).catch(() => undefined);
  }
  return watching.once && !converged ? 1 : 0;
}

/** Warnings of files that no person keeps out. */
const NOT_READ: ReadonlySet<string> = new Set(["SpecNameIgnored", "RoomSpecNotRead"]);

/** Gives the exit code. A room that no file could name is not among the rooms, so files that are not used count too. */
function endOf({ rooms, sources }: Status, url: string, io: CommandIo): number {
  const troubles = [
    ...sources.flatMap((source) => {
      const unread = source.warnings.filter(({ reason }) => NOT_READ.has(reason));
      return [
        ...(source.specErrorCount === 0
          ? []
          : [`source ${source.name} has ${specErrorsText(source)}`]),
        ...unread.map(({ message }) => `source ${source.name} warns: ${message}`),
      ];
    }),
    ...rooms.filter(({ needsPerson }) => needsPerson !== null).map((room) => describe(room, url)),
  ];
  if (troubles.length === 0) return 0;
  io.stderr.write(`not all specs are in force: ${troubles.join("; ")}\n`);
  return 1;
}

async function readStatus(url: string, signal: AbortSignal): Promise<Status | null> {
  try {
    const answer = await fetch(`${url}/status`, { signal });
    return statusSchema.parse(await answer.json());
  } catch (error) {
    if (signal.aborted) return null;
    throw new Error(`the agent's /status cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * One line for each source that fails or recovers, for each room whose state changed, with how to allow what is refused, and for
 * what commits say of a room and does not count.
 */
function showChanges(
  { rooms, sources }: Status,
  { shown, url }: { readonly shown: Map<string, string>; readonly url: string },
  io: CommandIo,
): void {
  const states = [
    ...sources.flatMap(statesOfSource),
    ...rooms.flatMap((room) => statesOfRoom(room, url)),
  ];
  for (const state of states) {
    const { name, text, ended } = state;
    const now = state.same ?? text;
    if ((shown.get(name) ?? null) === now) continue;
    if (now === null) shown.delete(name);
    else shown.set(name, now);
    const line = text ?? ended;
    if (line === null) continue;
    io.stdout.write(`${new Date(systemClock.nowMs()).toISOString().slice(11, 19)}  ${line}\n`);
  }
}

/** Something to be seen of a room or a source. */
interface State {
  /** One of its own. */
  readonly name: string;
  /** Null: it is not so now. What never was has no line. */
  readonly text: string | null;
  /** Shown when it is over; null: nothing is. */
  readonly ended: string | null;
  /** It is not shown again while this is the same. Absent: while `text` is. */
  readonly same?: string;
}

/** What is wrong with a source. */
function statesOfSource(source: Source): readonly State[] {
  const { name, lastError, specErrorCount, warnings } = source;
  const warned = warnings.map(({ message }) => `source ${name} warns: ${message}`);
  return [
    {
      name: `source ${name}`,
      text: lastError === null ? null : `source ${name} fails: ${lastError.message}`,
      ended: `source ${name}: recovered`,
    },
    {
      name: `spec files of source ${name}`,
      text: specErrorCount === 0 ? null : `source ${name} has ${specErrorsText(source)}`,
      ended: `spec files of source ${name}: recovered`,
    },
    {
      name: `warnings of source ${name}`,
      text: warned.length === 0 ? null : warned.join(NEXT_LINE),
      ended: `source ${name}: no warnings any more`,
    },
  ];
}

function statesOfRoom(room: Room, url: string): readonly State[] {
  const { roomId } = room;
  const ignored = room.intentIgnored.map((line) => `${roomId}: ${ignoredText(line)}`);
  return [
    { name: roomId, text: describe(room, url), ended: null, ...whatWaits(room) },
    {
      name: `what commits say of ${roomId}`,
      text: ignored.length === 0 ? null : ignored.join(NEXT_LINE),
      ended: null,
    },
  ];
}

/** What is to be confirmed stays the same while a commit that confirms it is worked on; what to do about it changes with each commit. */
function whatWaits({ refusals, wouldRemove, howToConfirm }: Room): { readonly same?: string } {
  if (refusals.length === 0 || howToConfirm === null) return {};
  return { same: JSON.stringify([refusals.map(({ reason }) => reason), wouldRemove]) };
}

/** `url`: the agent's API, for requests that can be copied. */
function describe(room: Room, url: string): string {
  const ready = room.conditions.find(({ type }) => type === "Ready");
  const where =
    room.verifiedRevision === null
      ? "not verified yet"
      : `verified at ${short(room.verifiedRevision)}`;
  if (ready === undefined) return `${room.roomId}: pending (first pass)`;
  const { needsPerson } = room;
  const trouble =
    needsPerson === null ? "" : `; needs a person: ${needsPerson.reason}: ${needsPerson.message}`;
  if (ready.status === "True") return `${room.roomId}: ${ready.reason}, ${where}${trouble}`;
  if (room.refusals.length === 0)
    return `${room.roomId}: ${ready.reason} (${where}): ${ready.message}`;
  const reasons = room.refusals.map(({ reason }) => reason).join(", ");
  const cut = room.cutLists?.find(({ list }) => list === "wouldRemove");
  const count = cut?.total ?? room.wouldRemove.length;
  const items = count === 1 ? "1 item" : `${count} items`;
  const removals = count === 0 ? "" : `, ${items} would be removed`;
  if (room.howToConfirm === null) return `${room.roomId}: refused${removals} (${reasons})`;
  const curl = `curl -X POST ${url}/apply -H 'Content-Type: application/json' -H 'X-Confirm: true' -d '{"roomId":"${room.roomId}"}'`;
  const ways = room.howToConfirm
    .replace(`${confirmRequest(room.roomId)}.`, curl)
    .split(/ (?=Reject: |Without git: )/);
  return [`${room.roomId}: waiting for confirmation${removals} (${reasons})`, ...ways].join(
    NEXT_LINE,
  );
}

async function showRooms(status: Status, url: string, io: CommandIo): Promise<void> {
  io.stdout.write("\n");
  for (const { roomId, verifiedRevision, lastOutcome } of status.rooms) {
    const answer = await fetch(`${url}/audit?count=200&roomId=${encodeURIComponent(roomId)}`);
    const { entries } = auditSchema.parse(await answer.json());
    const last = entries.findLast(({ action }) => action.startsWith("room."));
    const phase = last?.metadata.phase ?? "-";
    const revision = verifiedRevision === null ? "-" : short(verifiedRevision);
    io.stdout.write(
      `${roomId.padEnd(16)} ${revision.padEnd(20)} ${phase.padEnd(10)} ${lastOutcome ?? "-"}\n`,
    );
  }
}

/** Below the text of a line, which begins with a time. */
const NEXT_LINE = `\n${" ".repeat(10)}`;

/** `main@sha1:` and the first 8 digits. */
function short(revision: string): string {
  return revision.replace(/(:[0-9a-f]{8})[0-9a-f]+$/, "$1");
}

function whyNot(status: Status | null, url: string): string {
  if (status === null) return "the agent did not answer";
  const failing = status.sources.flatMap((source) =>
    statesOfSource(source).flatMap(({ text }) => text ?? []),
  );
  const rooms = status.rooms.filter((room) => !isReady(room)).map((room) => describe(room, url));
  return [...failing, ...rooms].join("; ") || "no room was found";
}
