import { joined, withoutStop, upperFirst } from "../kernel/joined.ts";
import { afterPush, pushTo } from "../room/after-push.ts";
import { listed } from "../kernel/shortened.ts";
import type { SourceFailure, SourceWarning } from "../source/spec-source.ts";
import { renameText, specPathOf } from "../source/unread-specs.ts";
import { filesNotRead, type Warnings } from "./not-read.ts";

/** A snapshot that holds no spec while rooms of its source are left. */
export interface Emptied {
  readonly message: string;
  /** What ends it, without its full stop. */
  readonly next: string;
  readonly rooms: readonly string[];
}

interface EmptiedGiven {
  readonly source: string;
  readonly rooms: readonly string[];
  /** By path, why a file of the snapshot must not be read. */
  readonly ignored: ReadonlyMap<string, string> | undefined;
  /** The source is a folder: it has neither a push nor a `Confirm:`. */
  readonly withoutCommits: boolean;
}

export function emptiedBy({ source, rooms, ignored, withoutCommits }: EmptiedGiven): Emptied {
  const [first] = ignored?.values() ?? [];
  if (first !== undefined) {
    const message = `no spec of source "${source}" is read: all ${ignored?.size} are there and kept out (the first is ${first}), and ${cameFrom(rooms)}. Correct the patterns, or set AllowEmpty`;
    return { message, next: "Correct the patterns, or set `AllowEmpty`", rooms };
  }
  const what = `source "${source}" holds no spec any more, but ${cameFrom(rooms)}`;
  if (withoutCommits) {
    const message = `${what}. Put a spec back (rooms: ${listed(rooms)}). To give ${these(rooms)} up, set AllowEmpty`;
    return { message, next: "Put a spec back, or set `AllowEmpty`", rooms };
  }
  const message = `${what}. Push a spec again. To give ${these(rooms)} up, name every room in one commit (\`Confirm: ${listed(rooms)}\`), or set AllowEmpty`;
  const next = `Push a spec. To give ${these(rooms)} up, name every room in one commit (\`Confirm: ${listed(rooms)}\`), or set \`AllowEmpty\``;
  return { message, next, rooms };
}

function these({ length }: readonly string[]): string {
  return length === 1 ? "this room" : "all these rooms";
}

function cameFrom({ length }: readonly string[]): string {
  return length === 1
    ? "1 room came from it and stays as it is"
    : `${length} rooms came from it and stay as they are`;
}

/** What is known of the source before the snapshot that holds no spec. */
interface Before {
  readonly source: {
    readonly name: string;
    readonly ref: string;
    readonly spec: { readonly withoutCommits?: true };
  };
  readonly record: { readonly row: { readonly warnings: Warnings } };
  /** Its files. */
  readonly index: { get(path: string): unknown };
}

/** The failure of a source that was emptied. Where its specs were renamed to names that are not read, it says first how to rename them. */
export function emptiedFailure(
  { message, next, rooms }: Emptied,
  warnings: readonly SourceWarning[],
  before: Before,
): SourceFailure {
  const known = new Set(filesNotRead(before.record.row.warnings));
  const isRenamed = (path: string) =>
    !known.has(path) || before.index.get(specPathOf(path) ?? path) !== undefined;
  const rename = renameText(filesNotRead(warnings).filter(isRenamed));
  const { name, ref, spec } = before.source;
  const isFolder = spec.withoutCommits === true;
  if (rename === null) {
    const after = isFolder ? null : afterPush(ref);
    const also = [
      ...(after === null ? [] : [withoutStop(after)]),
      ...warnings.map(({ message: each }) => upperFirst(each)),
    ];
    const text = joined([message, ...also], ". ");
    return { ...EMPTIED, message: text, next };
  }
  const otherwise = isFolder
    ? `If none is meant to be a spec, set AllowEmpty: then the source gives up ${listed(rooms)}`
    : `If none is meant to be a spec, a commit with \`Confirm: ${listed(rooms)}\` gives up every room`;
  const why = `source "${name}" holds no spec any more, because files with other names are not read`;
  const text = `${rename}: ${why}; ${cameFrom(rooms)}. ${otherwise}`;
  return { ...EMPTIED, message: text, next: isFolder ? rename : `${rename}, and ${pushTo(ref)}` };
}

const EMPTIED = { kind: "failed", reason: "SourceEmptied" } as const;
