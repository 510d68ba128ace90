import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import { isTransparent, writeTrailer, type CommitWords } from "./commit-words.ts";
import type { IgnoredIntent, IgnoredReport } from "./ignored-lines.ts";
import { roomChanges, type RoomChange, type SpecView } from "./room-changes.ts";
import { RoomDrafts } from "./room-drafts.ts";
import type { RoomIntent } from "./room-intent.ts";

export interface RoomIntents {
  /**
   * The rooms that were spoken of, or that were touched at a path the store knows. A room that is not in here was touched,
   * if at all, by commits that say nothing (see `nextDryRun`).
   */
  readonly rooms: ReadonlyMap<string, RoomIntent>;
  /** What does not count and touches no known room, the newest few: the source warns of it. */
  readonly unplaced: readonly IgnoredIntent[];
  /** Everything that does not count, the newest few: for the log. */
  readonly reports: readonly IgnoredReport[];
}

export interface IntentQuestion extends SpecView {
  readonly words: readonly CommitWords[];
  /** What is being refused or held in a room right now. */
  readonly refusedItems: (roomId: string) => readonly Item[];
  /** Whether a commit's `Confirm` was read before: it is not counted a second time. */
  readonly isUsed: (commit: string) => boolean;
  /**
   * Whether a room belongs to this source, to another one, or to none (a posted spec's room counts as none's). `barred`: this
   * source may not manage it.
   */
  readonly standingOf: (roomId: string) => RoomStanding;
}

export type RoomStanding = "own" | "foreign" | "free" | "barred";

/**
 * The blob ids whose specs `roomIntents` must see; none if no commit of the range says anything. Read are the files that a
 * speaking commit touches, and every version of a file whose room is named or not known.
 */
export function neededSpecs(
  words: readonly CommitWords[],
  roomOfPath: (path: string) => string | null,
): readonly string[] {
  if (!words.some(isSpeaking)) return [];
  const named = new Set(
    words.flatMap(({ confirm, dryRun }) => [...listOf(confirm), ...listOf(dryRun)]),
  );
  const paths = new Set<string>();
  for (const commit of words) {
    for (const { path } of commit.record.touches) {
      const roomId = roomOfPath(path);
      if (isSpeaking(commit) || roomId === null || named.has(roomId)) paths.add(path);
    }
  }
  const oids = words
    .flatMap(({ record }) => record.touches)
    .filter(({ path }) => paths.has(path))
    .flatMap(({ before, after }) => [before, after]);
  return [...new Set(oids)].filter((oid) => oid !== null);
}

/**
 * What the commits of one fetch mean for each room, by these rules:
 * - `Confirm: true` covers what its own commit takes out of the specs it touches.
 * - `Confirm: <roomId>` covers what is being refused in the room, what earlier commits of the fetch take out of its spec,
 *   and, if its commit touches the room, what that takes out too: naming a room is the most explicit yes.
 * - What a later commit of the fetch puts back is covered no more.
 * - The newest commit that touches or names a room decides its dry run. In one commit `Dry-Run` wins over `Confirm`.
 * - No word counts for a room of another source, and `Confirm` for none that this source does not hold.
 */
export function roomIntents(question: IntentQuestion): RoomIntents {
  const drafts = new RoomDrafts();
  for (const words of question.words) hear(words, { question, drafts });
  const rooms = drafts.finished(question.isUsed);
  return { rooms, unplaced: drafts.unplaced, reports: drafts.reports };
}

function isSpeaking(words: CommitWords): boolean {
  return words.confirm !== null || words.dryRun !== null || words.ignored.length > 0;
}

function listOf(scope: CommitWords["confirm"]): readonly string[] {
  return scope === null || scope === "all" ? [] : scope;
}

interface Hearing {
  readonly question: IntentQuestion;
  readonly drafts: RoomDrafts;
}

function hear(words: CommitWords, hearing: Hearing): void {
  const { drafts, question } = hearing;
  const changes = new Map(
    [...roomChanges(words.record, question)].filter(([roomId]) => isOurs(roomId, question)),
  );
  for (const { rooms, ...line } of words.ignored) {
    const about = rooms?.filter((roomId) => isOurs(roomId, question)) ?? [...changes.keys()];
    drafts.report({ commit: words.record.oid, ...line }, about);
  }
  if (isTransparent(words)) return;
  const confirmed = confirmedRooms(words, { ...hearing, changes });
  const dryRuns = dryRunRooms(words, { ...hearing, changes });
  for (const roomId of changes.keys()) {
    const draft = drafts.of(roomId);
    draft.touched = true;
    draft.confirmedByName = false;
    draft.dryRun = { kind: "off" };
  }
  for (const roomId of confirmed) {
    if (dryRuns.has(roomId))
      report(words, { kind: "confirm", reason: DRY_RUN_WINS, drafts }, [roomId]);
    else confirm(roomId, words, { ...hearing, changes });
  }
  for (const roomId of dryRuns) {
    const draft = drafts.of(roomId);
    draft.dryRun = { kind: "on", commit: words.record.oid };
    draft.named ||= words.dryRun !== "all";
  }
  for (const [roomId, { takenOut, putBack }] of changes) {
    const draft = drafts.of(roomId);
    draft.changed ||= takenOut.length + putBack.length > 0;
    for (const item of takenOut) draft.takenOut.add(item);
    for (const item of putBack) {
      draft.takenOut.delete(item);
      draft.confirmed.delete(item);
      draft.byName?.items.delete(item);
    }
  }
}

type Heard = Hearing & {
  /** By room, without those of other sources. */
  readonly changes: ReadonlyMap<string, RoomChange>;
};

/** The rooms a commit's `Confirm` counts for. */
function confirmedRooms(words: CommitWords, heard: Heard): ReadonlySet<string> {
  const { changes, drafts, question } = heard;
  if (words.confirm === null) return new Set();
  if (words.confirm === "all") return new Set(changes.keys());
  const isMeant = (roomId: string) => {
    const standing = question.standingOf(roomId);
    return (
      standing === "own" || (standing === "free" && (changes.has(roomId) || drafts.has(roomId)))
    );
  };
  const { meant = [], others = [] } = Object.groupBy(words.confirm, (roomId) =>
    isMeant(roomId) ? "meant" : "others",
  );
  reportNames({ words, kind: "confirm", names: others }, heard);
  return new Set(meant);
}

/** The rooms a commit's `Dry-Run` counts for. A room that is free may be on its way in with this fetch. */
function dryRunRooms(words: CommitWords, heard: Heard): ReadonlySet<string> {
  if (words.dryRun === null) return new Set();
  if (words.dryRun === "all") return new Set(heard.changes.keys());
  const { meant = [], others = [] } = Object.groupBy(words.dryRun, (roomId) =>
    isOurs(roomId, heard.question) ? "meant" : "others",
  );
  reportNames({ words, kind: "dryRun", names: others }, heard);
  return new Set(meant);
}

/** Reports names that a word does not count for: in three lines at most, however many they are. */
function reportNames(
  { words, kind, names }: { words: CommitWords; kind: "confirm" | "dryRun"; names: string[] },
  { changes, drafts, question }: Heard,
): void {
  const {
    own = [],
    free = [],
    foreign = [],
    barred = [],
  } = Object.groupBy(names, (roomId) => question.standingOf(roomId));
  const unknown = [...own, ...free];
  const rooms = [...changes.keys()];
  if (barred.length > 0) report(words, { kind, reason: BARRED(barred), drafts }, rooms);
  if (foreign.length > 0) report(words, { kind, reason: FOREIGN(foreign), drafts }, rooms);
  if (unknown.length > 0) report(words, { kind, reason: UNKNOWN(unknown), drafts }, rooms);
}

function isOurs(roomId: string, question: IntentQuestion): boolean {
  const standing = question.standingOf(roomId);
  return standing === "own" || standing === "free";
}

function confirm(roomId: string, words: CommitWords, heard: Heard): void {
  const draft = heard.drafts.of(roomId);
  const own = heard.changes.get(roomId)?.takenOut ?? [];
  if (words.confirm === "all") {
    for (const item of own) draft.confirmed.set(item, words);
    return;
  }
  draft.named = true;
  draft.confirmedByName = true;
  draft.dryRun = { kind: "off" };
  const { byName } = draft;
  const items = byName?.items ?? new Set();
  draft.byName = { words, items };
  for (const item of own) items.add(item);
  // What it covers is what an earlier one does: nothing has changed in between.
  if (byName !== null && !draft.changed) return;
  draft.changed = false;
  for (const item of draft.takenOut) items.add(item);
  if (heard.question.standingOf(roomId) !== "own") return;
  for (const item of heard.question.refusedItems(roomId)) items.add(item);
}

function report(
  words: CommitWords,
  about: {
    readonly kind: "confirm" | "dryRun";
    readonly reason: string;
    readonly drafts: RoomDrafts;
  },
  roomIds: readonly string[],
): void {
  const scope = words[about.kind];
  if (scope === null) return;
  const line = {
    commit: words.record.oid,
    line: writeTrailer(about.kind, scope),
    reason: about.reason,
  };
  about.drafts.report(line, roomIds);
}

const DRY_RUN_WINS =
  "the same commit says `Dry-Run` about this room, which wins: confirm in a later commit";
const FOREIGN = (names: readonly string[]) =>
  names.length === 1
    ? `room "${names[0]}" belongs to another source: say it in a commit of that source`
    : `rooms ${listed(names)} belong to other sources: say it in commits of those sources`;
const BARRED = (names: readonly string[]) =>
  `this source may not manage ${listed(names)}: say it in a commit of a source whose AllowedRooms match`;
const UNKNOWN = (names: readonly string[]) =>
  names.length === 1
    ? `no room "${names[0]}" belongs to this source: check the id against the files' \`roomId\``
    : `no rooms ${listed(names)} belong to this source: check the ids against the files' \`roomId\``;
