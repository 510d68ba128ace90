import { toIso } from "../kernel/clock.ts";
import type { RoomInputs } from "../room/room.ts";
import type { FileRow, HistoryRow } from "../room/rows.ts";

/** What most rows have: it is left out where they do. */
const NO_FINDINGS = { errors: [], warnings: [] } as const;
const PLAIN_INPUTS = { seeds: [], author: null, committedAt: null } as const;

/** A file's row without what its columns say already. A migration that reads these members has to expect rows with and without. */
export function toStoredFile(row: FileRow): object {
  const { source: _source, path, oid, inputs, ...rest } = row;
  const stored = without(rest, NO_FINDINGS);
  if (inputs === null) return { ...stored, oid, inputs };
  const own = inputs.specOid === oid ? {} : { oid };
  return { ...stored, ...own, inputs: without(inputs, { ...PLAIN_INPUTS, path }) };
}

export function fromStoredFile(
  stored: Partial<FileRow>,
  { source, path }: Pick<FileRow, "source" | "path">,
): FileRow {
  const inputs = stored.inputs ?? null;
  const whole = inputs === null ? null : Object.assign({ ...PLAIN_INPUTS, path }, inputs);
  const oid = whole?.specOid;
  return {
    ...NO_FINDINGS,
    ...(oid === undefined ? {} : { oid }),
    ...stored,
    source,
    path,
    inputs: whole,
  } as FileRow;
}

type HistoryKey = Pick<HistoryRow, "roomId" | "inputsDigest" | "revision" | "outcome">;

/** The same of a row of history. */
export function toStoredHistory(row: HistoryRow): object {
  const {
    roomId: _room,
    inputsDigest: _inputs,
    revision: _revision,
    outcome: _outcome,
    ...rest
  } = row;
  const { time: _time, ...stored } = rest;
  return stored;
}

export function fromStoredHistory(
  stored: Partial<HistoryRow>,
  { timeMs, ...key }: HistoryKey & { readonly timeMs: number },
): HistoryRow {
  return { ...key, time: toIso(timeMs), ...stored } as HistoryRow;
}

/** The members of `row` but those that have the value `usual` gives. */
function without(row: object, usual: Partial<RoomInputs & FileRow>): object {
  const isUsual = ([name, value]: [string, unknown]) => sameSmall(value, Reflect.get(usual, name));
  return Object.fromEntries(Object.entries(row).filter((member) => !isUsual(member)));
}

function sameSmall(value: unknown, usual: unknown): boolean {
  return value === usual || (Array.isArray(value) && Array.isArray(usual) && value.length === 0);
}
