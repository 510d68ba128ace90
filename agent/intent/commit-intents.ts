import { atOnce } from "../kernel/in-turns.ts";
import { joined } from "../kernel/joined.ts";
import { ClaimReader, type Claim } from "./claimed-dry-runs.ts";
import { CommitReader } from "./commit-reader.ts";
import {
  isSpeaking,
  unconfirmed,
  withoutOverride,
  writeTrailer,
  type CommitWords,
} from "./commit-words.ts";
import type { IgnoredIntent, IgnoredReport } from "./ignored-lines.ts";
import type { IntentQuestion } from "./intent-question.ts";
import { whyNoOverrideBy } from "./override-persons.ts";
import { RoomChanges } from "./room-changes.ts";
import { RoomDrafts } from "./room-drafts.ts";
import { askedBy, type RoomIntent } from "./room-intent.ts";
import type { DryRun } from "../room/room.ts";
import type { CommitRecord } from "../source/spec-source.ts";

export interface RoomIntents {
  /**
   * The rooms that were spoken of, or that were touched at a path the store knows. A room that is not in here was touched,
   * if at all, by commits that say nothing (see `nextDryRun`).
   */
  readonly rooms: ReadonlyMap<string, RoomIntent>;
  /** What is asked for rooms that the source does not have (see `ClaimReader`). */
  readonly claims: ReadonlyMap<string, Claim>;
  /** What does not count and touches no known room, the newest few: the source warns of it. */
  readonly unplaced: readonly IgnoredIntent[];
  /** Everything that does not count, the newest few: for the log. */
  readonly reports: readonly IgnoredReport[];
  /** Commits at which labels confirm something: none of them does so again. Absent: there are none. */
  readonly labelled?: readonly CommitRecord[];
  /** Why not all specs were read that the commits touch: then no `Confirm` counts. Absent: they were. */
  readonly unread?: string;
  /**
   * What the newest of such commits says that asks for a dry run, or of commits that could not be looked at (`unreadHold`):
   * which rooms it means is not known, so every room that the fetch changes is one. Absent: none does.
   */
  readonly holdsAll?: IgnoredIntent;
}

/** The newest line that asks for a dry run, be it one that only looks like it. `why`: why it holds every room. */
export function newestHold(
  words: readonly CommitWords[],
  why = ROOMS_NOT_READ,
): IgnoredIntent | null {
  for (const { record, dryRun, ignored, labels } of words.toReversed()) {
    const commit = record.oid;
    const label = labels?.dryRuns[0];
    if (label !== undefined) return { commit, line: label.line, reason: why };
    if (dryRun !== null) return { commit, line: writeTrailer("dryRun", dryRun), reason: why };
    const alike = ignored.find(({ asks }) => asks !== undefined);
    if (alike !== undefined)
      return { commit, line: alike.line, reason: joined([alike.reason, why], "; ") };
  }
  return null;
}

/**
 * The same words where not all the specs could be read that their commits touch: no `Confirm` counts, because it is not known
 * what it covers and what was put back after it. A `Dry-Run` counts (see `RoomIntents.holdsAll`).
 */
export function withoutConfirms(words: readonly CommitWords[]): readonly CommitWords[] {
  return words.map((one) => unconfirmed(one, SPECS_NOT_READ));
}

const SPECS_NOT_READ =
  "CommitsNotRead: the specs that these commits change are too much to be read at once: " +
  "confirm what is refused in a new commit that names the room";

const ROOMS_NOT_READ =
  "CommitsNotRead: the specs that these commits change are too much to be read at once, so every room that they change is held: " +
  "name the room in `Confirm:` of a new commit to carry it out";

/**
 * The blob ids whose specs `roomIntents` must see, the most needed first; none if no commit of the range says anything. Read are
 * the files that a speaking commit touches, and every version of a file whose room is named or not known.
 */
export function neededSpecs(
  words: readonly CommitWords[],
  roomOfPath: (path: string) => string | null,
): readonly string[] {
  if (!words.some(isSpeaking)) return [];
  const named = new Set(
    words.flatMap((one) => [...listOf(one.confirm), ...listOf(one.dryRun), ...labelled(one)]),
  );
  const paths = new Set<string>();
  for (const commit of words) {
    for (const { path } of commit.record.touches) {
      const roomId = roomOfPath(path);
      if (isSpeaking(commit) || roomId === null || named.has(roomId)) paths.add(path);
    }
  }
  // The specs that decide which rooms a `Dry-Run` holds come first: the end of the list may stay unread.
  const held = words.filter(mayHold).flatMap(({ record }) => record.touches);
  const touches = words
    .flatMap(({ record }) => record.touches)
    .filter(({ path }) => paths.has(path));
  const oids = [
    ...held.map(({ after }) => after),
    ...touches.flatMap(({ before, after }) => [before, after]),
  ];
  return [...new Set(oids)].filter((oid) => oid !== null);
}

/**
 * What the commits of one fetch mean for each room, by these rules:
 * - `Confirm: true` covers what its own commit takes out of the specs it touches.
 * - `Confirm: <roomId>` covers what is being refused in the room, what earlier commits of the fetch take out of its spec,
 *   and, if its commit touches the room, what that takes out too: naming a room is the most explicit yes.
 * - A commit that a merge brought in confirms, in either form, only what it takes out itself and the merge takes out of the
 *   branch: nothing that was being refused before. Its `Dry-Run` counts for rooms it touches.
 * - What a later commit of the fetch puts back is covered no more.
 * - The newest commit that touches or names a room decides its dry run. In one commit `Dry-Run` wins over `Confirm`: of a commit that
 *   touches no room, `Dry-Run: true` is about the rooms that its `Confirm` names.
 * - A line that looks like `Dry-Run` and does not count holds the rooms it could mean as a dry run (see `dryRunAsked`).
 * - A `Confirm` that was read before, or may have been, says nothing any more.
 * - What labels of a merged pull request say adds to that: they confirm the removals that its plan showed, and nothing in a room
 *   that is a dry run; they ask for dry runs of what the merge changes.
 * - No word counts for a room of another source, and `Confirm` for none that this source does not hold.
 * Each step reads one commit.
 */
export function* roomIntentSteps(question: IntentQuestion): Generator<void, RoomIntents> {
  const drafts = new RoomDrafts();
  const reader = new CommitReader(question, drafts);
  const claimed = new ClaimReader(question);
  const changes = new RoomChanges(question);
  for (const said of question.words) {
    const words = overriding(said, question);
    const all = changes.of(words.record);
    const used = question.whyUsed(words.record);
    const counted = used === null ? words : unconfirmed(words, used);
    reader.read(claimed.read(words, all, counted), all);
    yield;
  }
  const rooms = withFreeRooms(drafts.finished(), question);
  const { unplaced, reports } = drafts;
  const labelled = question.words
    .filter(({ labels }) => labels !== undefined && labels.confirms.length > 0)
    .map(({ record }) => record);
  return { rooms, claims: claimed.claims, unplaced, reports, labelled };
}

/**
 * With the dry runs of rooms that are no source's and that no commit of the range touches: a force-push may bring the file of such a
 * room back. Where it does not, they are of no account.
 */
function withFreeRooms(
  rooms: ReadonlyMap<string, RoomIntent>,
  { words, standingOf }: Pick<IntentQuestion, "words" | "standingOf">,
): ReadonlyMap<string, RoomIntent> {
  const all = new Map(rooms);
  for (const one of words.filter(({ stands }) => stands !== "merged")) {
    for (const [roomId, dryRun] of namedDryRuns(one)) {
      const said = rooms.get(roomId);
      const isOpen = said === undefined || said.dryRun.kind === "unchanged";
      if (isOpen && standingOf(roomId) === "free") all.set(roomId, askedBy(dryRun, said));
    }
  }
  return all;
}

/** The names of which a commit asks for a dry run, and how. */
function namedDryRuns({
  record,
  dryRun,
  ignored,
  labels,
}: CommitWords): readonly (readonly [string, DryRun])[] {
  const commit = record.oid;
  const alike = ignored.flatMap(({ asks, line, reason }) =>
    typeof asks === "object"
      ? asks.names.map((name) => [name, { commit, lookAlike: { line, reason } }] as const)
      : [],
  );
  const labelled = (labels?.dryRuns ?? []).flatMap(({ line, room }) =>
    room === null ? [] : [[room, { commit, label: line }] as const],
  );
  return [...alike, ...listOf(dryRun).map((name) => [name, { commit }] as const), ...labelled];
}

function overriding(
  words: CommitWords,
  { whyNoOverride = whyNoOverrideBy([]) }: IntentQuestion,
): CommitWords {
  if (words.override === null) return words;
  const reason = whyNoOverride(words.record);
  return reason === null ? words : withoutOverride(words, reason);
}

/** The same in one go. */
export function roomIntents(question: IntentQuestion): RoomIntents {
  return atOnce(roomIntentSteps(question));
}

function mayHold({ dryRun, ignored, labels }: CommitWords): boolean {
  return dryRun !== null || ignored.length > 0 || (labels?.dryRuns ?? []).length > 0;
}

/** The rooms that labels name. */
function labelled({ labels }: CommitWords): readonly string[] {
  if (labels === undefined) return [];
  const dry = labels.dryRuns.flatMap(({ room }) => room ?? []);
  return [...dry, ...labels.confirms.flatMap(({ items }) => [...items.keys()])];
}

function listOf(scope: CommitWords["confirm"]): readonly string[] {
  return scope === null || scope === "all" ? [] : scope;
}
