import type { Item } from "../plan/item.ts";
import type { CommitRange } from "../source/spec-source.ts";
import { commitWords, isTransparent, writeTrailer, type CommitWords } from "./commit-words.ts";
import type { Confirmation } from "./confirmations.ts";
import { roomChanges, type RoomChange, type SpecView } from "./room-changes.ts";
import type { IgnoredLine } from "./trailers.ts";

/** What the commits of one fetch say about one room. */
export interface RoomIntent {
  /** A commit changed the room's inputs against its first parent (a merge that says nothing does not count). */
  readonly touched: boolean;
  /** A trailer that counts names the room: it is enqueued even if its inputs are as before. */
  readonly named: boolean;
  /** `unchanged`: no commit touches or names the room; what was decided before stands. */
  readonly dryRun:
    | { readonly kind: "unchanged" | "off" }
    | { readonly kind: "on"; readonly commit: string };
  /** One for each commit that confirms something here, oldest first; each covers at least one item. */
  readonly confirmations: readonly Confirmation[];
  /**
   * `Confirm: <roomId>` was said at or after the newest commit that touches the room. Besides the items it covers, that
   * lets its specVersion go down and its source run empty.
   */
  readonly confirmedByName: boolean;
  readonly ignored: readonly IgnoredIntent[];
}

/** A trailer that does not count for a room, as `IntentIgnored` reports it. */
export interface IgnoredIntent extends IgnoredLine {
  readonly commit: string;
}

export interface RoomIntents {
  /**
   * The rooms that were spoken of, or that were touched at a path the store knows. A room that is not in here was touched,
   * if at all, by commits that say nothing (see `nextDryRun`).
   */
  readonly rooms: ReadonlyMap<string, RoomIntent>;
  /** What does not count and touches no known room: the source warns of it. */
  readonly unplaced: readonly IgnoredIntent[];
}

export interface IntentQuestion extends SpecView {
  readonly range: CommitRange;
  /** What is being refused or held in a room right now. */
  readonly refusedItems: (roomId: string) => readonly Item[];
  /** Whether a room belongs to this source, to another one, or to none (a posted spec's room counts as none's). */
  readonly standingOf: (roomId: string) => RoomStanding;
}

export type RoomStanding = "own" | "foreign" | "free";

/**
 * The blob ids whose specs `roomIntents` must see; none if no commit of the range says anything. Read are the files that a
 * speaking commit touches, and every version of a file whose room is named or not known.
 */
export function neededSpecs(
  range: CommitRange,
  roomOfPath: (path: string) => string | null,
): readonly string[] {
  const words = commitWords(range);
  if (range.history === "first" || !words.some(isSpeaking)) return [];
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
  const drafts = new Drafts();
  for (const words of commitWords(question.range)) hear(words, { question, drafts });
  return { rooms: drafts.finished(), unplaced: drafts.unplaced };
}

function isSpeaking(words: CommitWords): boolean {
  return words.confirm !== null || words.dryRun !== null || words.ignored.length > 0;
}

function listOf(scope: CommitWords["confirm"]): readonly string[] {
  return scope === null || scope === "all" ? [] : scope;
}

interface Draft {
  touched: boolean;
  named: boolean;
  dryRun: RoomIntent["dryRun"];
  confirmedByName: boolean;
  readonly ignored: IgnoredIntent[];
  readonly confirmations: { readonly words: CommitWords; readonly items: Set<Item> }[];
  /** What the commits so far took out and did not put back. */
  readonly takenOut: Set<Item>;
}

class Drafts {
  readonly unplaced: IgnoredIntent[] = [];
  readonly #rooms = new Map<string, Draft>();

  of(roomId: string): Draft {
    const draft: Draft = this.#rooms.get(roomId) ?? {
      touched: false,
      named: false,
      dryRun: { kind: "unchanged" },
      confirmedByName: false,
      ignored: [],
      confirmations: [],
      takenOut: new Set(),
    };
    this.#rooms.set(roomId, draft);
    return draft;
  }

  has(roomId: string): boolean {
    return this.#rooms.has(roomId);
  }

  /** Reports a line on each of `roomIds`, or nowhere in particular if there is none. */
  report(line: IgnoredIntent, roomIds: Iterable<string>): void {
    let placed = false;
    for (const roomId of roomIds) {
      this.of(roomId).ignored.push(line);
      placed = true;
    }
    if (!placed) this.unplaced.push(line);
  }

  finished(): ReadonlyMap<string, RoomIntent> {
    return new Map([...this.#rooms].map(([roomId, draft]) => [roomId, toIntent(draft)]));
  }
}

function toIntent(draft: Draft): RoomIntent {
  const { touched, named, dryRun, confirmedByName, ignored } = draft;
  const confirmations = draft.confirmations
    .filter(({ items }) => items.size > 0)
    .map(({ words, items }): Confirmation => ({
      origin: "commit",
      originId: words.record.oid,
      actor: words.record.author,
      named: words.confirm !== "all",
      items: [...items].sort(),
    }));
  return { touched, named, dryRun, confirmations, confirmedByName, ignored };
}

interface Hearing {
  readonly question: IntentQuestion;
  readonly drafts: Drafts;
}

function hear(words: CommitWords, hearing: Hearing): void {
  const { drafts, question } = hearing;
  const changes = new Map(
    [...roomChanges(words.record, question)].filter(([roomId]) => isOurs(roomId, question)),
  );
  for (const { rooms, ...line } of words.ignored) {
    const about = rooms?.filter((roomId) => isOurs(roomId, question)) ?? changes.keys();
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
    for (const item of takenOut) draft.takenOut.add(item);
    for (const item of putBack) {
      draft.takenOut.delete(item);
      for (const { items } of draft.confirmations) items.delete(item);
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
  return new Set(
    words.confirm.filter((roomId) => {
      const standing = question.standingOf(roomId);
      const isHere = changes.has(roomId) || drafts.has(roomId);
      if (standing === "own" || (standing === "free" && isHere)) return true;
      const reason = standing === "foreign" ? FOREIGN(roomId) : UNKNOWN(roomId);
      report(words, { kind: "confirm", reason, drafts }, changes.keys());
      return false;
    }),
  );
}

/** The rooms a commit's `Dry-Run` counts for. A room that is free may be on its way in with this fetch. */
function dryRunRooms(words: CommitWords, heard: Heard): ReadonlySet<string> {
  const { changes, drafts, question } = heard;
  if (words.dryRun === null) return new Set();
  if (words.dryRun === "all") return new Set(changes.keys());
  return new Set(
    words.dryRun.filter((roomId) => {
      if (isOurs(roomId, question)) return true;
      report(words, { kind: "dryRun", reason: FOREIGN(roomId), drafts }, changes.keys());
      return false;
    }),
  );
}

function isOurs(roomId: string, question: IntentQuestion): boolean {
  return question.standingOf(roomId) !== "foreign";
}

function confirm(roomId: string, words: CommitWords, heard: Heard): void {
  const draft = heard.drafts.of(roomId);
  const items = new Set(heard.changes.get(roomId)?.takenOut);
  if (words.confirm !== "all") {
    draft.named = true;
    draft.confirmedByName = true;
    draft.dryRun = { kind: "off" };
    for (const item of draft.takenOut) items.add(item);
    if (heard.question.standingOf(roomId) === "own") {
      for (const item of heard.question.refusedItems(roomId)) items.add(item);
    }
  }
  draft.confirmations.push({ words, items });
}

function report(
  words: CommitWords,
  about: { readonly kind: "confirm" | "dryRun"; readonly reason: string; readonly drafts: Drafts },
  roomIds: Iterable<string>,
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
const FOREIGN = (roomId: string) =>
  `room "${roomId}" belongs to another source: say it in a commit of that source`;
const UNKNOWN = (roomId: string) =>
  `no room "${roomId}" belongs to this source: check the id against the files' \`roomId\``;
