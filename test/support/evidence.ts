import type { z } from "zod";
import { parse } from "yaml";
import type { statusAnswer } from "../../agent/api/status-contract.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import type { WriteEntry } from "../../devserver/write-log.ts";
import type { GitRepository } from "./git-repository.ts";

export type StatusAnswer = z.infer<typeof statusAnswer>;

/** What a confirmation says of itself in the store, as far as it is checked. */
export interface ConfirmationSeen {
  readonly id: string;
  readonly roomId: string;
  readonly items: readonly string[];
  readonly used: readonly string[];
  readonly origin?: string;
  readonly originId?: string;
}

/** What a person had been shown of a room when a label that confirms was set at a pull request. */
export interface LabelSeen {
  readonly pull: number;
  readonly room: string;
  readonly items: readonly string[];
}

/** What is known of a world at one moment: what it did, what it wrote down before and after, and what it says of itself. */
export interface Evidence {
  /** The agent's write calls before the audit was read, oldest first: those that carry a request id. */
  readonly writes: readonly WriteEntry[];
  /** All write calls, of others too, after the audit was read. */
  readonly laterWrites: readonly WriteEntry[];
  /** The audit of each room, oldest first. */
  readonly audit: ReadonlyMap<string, readonly AuditRecord[]>;
  /** The same as it was at the last moment. */
  readonly earlierAudit: ReadonlyMap<string, readonly AuditRecord[]>;
  readonly rooms: StatusAnswer["rooms"];
  readonly confirmations: readonly ConfirmationSeen[];
  readonly labelled: readonly LabelSeen[];
  /** Revisions that came with a label for a dry run. */
  readonly rehearsed: ReadonlySet<string>;
  /** The items that a room's spec names at a revision; null when no spec there is the room's. */
  readonly named: (revision: string, room: string) => ReadonlySet<string> | null;
  /** The share of a room that may go without a confirmation. */
  readonly changeThreshold: number;
  /** Whether every intent must have ended, as it must when nothing is at fault any more. */
  readonly settled: boolean;
  /** Texts that people get to see, and what must be in none of them. */
  readonly outputs: readonly { readonly name: string; readonly text: string }[];
  readonly secrets: readonly string[];
}

/** A text member of a record's metadata; empty when there is none. */
export function textOf({ metadata }: AuditRecord, name: string): string {
  const value = metadata[name];
  return typeof value === "string" ? value : "";
}

/** The records of changes, those of intents and those of outcomes, by the request id that both carry. */
export function byRequest(audit: readonly AuditRecord[]) {
  const ofChanges = audit.filter(({ metadata }) => "requestId" in metadata);
  const isIntent = ({ action }: AuditRecord) => action.endsWith(".intended");
  const idOf = (record: AuditRecord) => textOf(record, "requestId");
  return {
    intended: Map.groupBy(ofChanges.filter(isIntent), idOf),
    outcomes: Map.groupBy(
      ofChanges.filter((record) => !isIntent(record)),
      idOf,
    ),
  };
}

/** Intents that take something out of a room. */
export const REMOVALS: readonly string[] = ["entity.kicked.intended", "artifact.deleted.intended"];

/** Records that say that something is about to be taken out of a room, an undo's left out. */
export function removalsIn(audit: readonly AuditRecord[]): readonly AuditRecord[] {
  return audit.filter((record) => REMOVALS.includes(record.action) && !isUndo(record));
}

/** Whether a change takes back what the same pass had done. */
export function isUndo(record: AuditRecord): boolean {
  return textOf(record, "phase") === "ROLLBACK";
}

/** What a commit says never changes, and asking git takes long: the answers, by commit and room. */
const NAMED = new Map<string, ReadonlySet<string> | null>();

/** Looks a room's spec up in the repositories that specs come from. Only git knows revisions here: of a posted spec it is null. */
export function namedIn(repositories: readonly GitRepository[]): Evidence["named"] {
  const elsewhere = new Set<string>();
  return (revision, room) => {
    const [, commit] = /^(?:[^@]+@)?sha1:([0-9a-f]{40})$/.exec(revision) ?? [];
    if (commit === undefined || elsewhere.has(commit)) return null;
    const key = `${commit} ${room}`;
    const known = NAMED.get(key);
    if (known !== undefined) return known;
    const repository = repositories.find((each) => each.has(commit));
    if (repository === undefined) {
      elsewhere.add(commit);
      return null;
    }
    const named = namedAt(repository, commit, room);
    NAMED.set(key, named);
    return named;
  };
}

function namedAt(
  repository: GitRepository,
  commit: string,
  room: string,
): ReadonlySet<string> | null {
  // The usual place first: to search a whole tree takes long where somebody put a bomb into it.
  const usual = `${commit}:rooms/${room}.room.yaml`;
  const text = repository.text(usual);
  const files = text === null ? repository.filesNaming(room, commit) : [usual];
  for (const file of files) {
    const spec = readSpec(text ?? repository.text(file) ?? "");
    if (spec?.roomId === room) return itemsOf(spec);
  }
  return null;
}

/** The items that the text of a spec names; empty when it is none. */
export function itemsNamed(text: string): ReadonlySet<string> {
  return itemsOf(readSpec(text) ?? {});
}

function itemsOf({ entities = [], artifacts = [] }: SpecBody): ReadonlySet<string> {
  return new Set([
    ...entities.map(({ id }) => `entity/${id}`),
    ...artifacts.map(({ name }) => `artifact/${name}`),
  ]);
}

interface SpecBody {
  readonly roomId?: string;
  readonly entities?: readonly { readonly id: string }[];
  readonly artifacts?: readonly { readonly name: string }[];
}

function readSpec(text: string): SpecBody | undefined {
  if (text.length > 200_000) return undefined;
  try {
    return (parse(text) as { spec?: SpecBody } | null)?.spec;
  } catch {
    return undefined;
  }
}

/** The records of an attempt at what failed before come with its end, if that is news. */
export function failedBefore({ room, target, at }: WriteEntry, audit: Evidence["audit"]): boolean {
  return (audit.get(room) ?? []).some(
    (record) =>
      textOf(record, "item").endsWith(`/${target}`) &&
      ["failed", "abandoned", "notDone"].includes(textOf(record, "outcome")) &&
      record.timestamp <= at,
  );
}
