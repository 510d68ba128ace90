import type { Item } from "../plan/item.ts";
import { isTransparent, writeTrailer, type CommitWords } from "./commit-words.ts";
import { changesNothing, unchanged } from "./empty-commits.ts";
import { foreignKind } from "./foreign-kind.ts";
import { heldRooms, meantRooms, type HeldRoom, type NameMeaning } from "./held-rooms.ts";
import {
  DRY_RUN_OVERRIDES,
  DRY_RUN_WINS,
  MERGED,
  NOT_BY_MERGE,
  OVERRIDES_NOTHING,
  UNKNOWN,
  whyNotOurs,
} from "./ignored-reasons.ts";
import type { IntentQuestion } from "./intent-question.ts";
import { namesIn } from "./names-in.ts";
import { readLabels } from "./read-labels.ts";
import type { RoomChange } from "./room-changes.ts";
import type { RoomDrafts } from "./room-drafts.ts";
import type { Trailer } from "./trailers.ts";

/** A commit, with what it does to each room that is not another source's. */
interface Reading {
  readonly words: CommitWords;
  readonly changes: ReadonlyMap<string, RoomChange>;
}

/** Notes in drafts what one commit after the other says, oldest first. */
export class CommitReader {
  readonly #question: IntentQuestion;
  readonly #drafts: RoomDrafts;
  /** What merged commits confirm in a room, until the merge that brings them in shows what it takes out. */
  readonly #brought = new Map<string, Map<Item, CommitWords>>();
  /** Merged commits that name a room and remove its file, until the merge that brings them in does so too. */
  readonly #removing = new Map<string, CommitWords>();

  constructor(question: IntentQuestion, drafts: RoomDrafts) {
    this.#question = question;
    this.#drafts = drafts;
  }

  /** `all`: what the commit does to each room. */
  read(words: CommitWords, all: ReadonlyMap<string, RoomChange>): void {
    const reading = {
      words,
      changes: new Map([...all].filter(([roomId]) => this.#isOurs(roomId))),
    };
    if (words.stands === "line") this.#bringIn(reading);
    this.#reportIgnored(reading);
    const held = heldRooms(words, {
      touched: this.#meant(reading),
      meaningOf: (name) => this.#meaningOf(name, reading),
      unknown: (names) => UNKNOWN(names, this.#question.meantBy),
    });
    const said = isTransparent(words) ? [] : this.#apply(reading, held);
    const dryRuns = new Set([...said, ...this.#readLabels(reading, held)]);
    if (words.stands === "line") {
      this.#bringRemovalsIn(reading);
      this.#overrideWindows(reading, new Set([...dryRuns, ...held.keys()]));
    }
    for (const [roomId, { line, reason, named }] of held) {
      if (dryRuns.has(roomId)) continue;
      const draft = this.#drafts.of(roomId);
      draft.dryRun.hold({ commit: words.record.oid, lookAlike: { line, reason } });
      draft.named ||= named || !reading.changes.has(roomId);
    }
  }

  /** What counts in a commit; gives back the rooms that its `Dry-Run` counts for. */
  #apply(reading: Reading, held: ReadonlyMap<string, HeldRoom>): ReadonlySet<string> {
    const { words, changes } = reading;
    const confirmed = this.#confirmedRooms(reading);
    const dryRuns = this.#dryRunRooms(reading);
    for (const [roomId, change] of changes) {
      const draft = this.#drafts.of(roomId);
      draft.touched = true;
      draft.confirmedByName = false;
      draft.removedBy = null;
      draft.unnamed = words.confirm === "all" && change.isRemoved ? words : null;
      draft.dryRun.touched(change);
    }
    for (const roomId of confirmed) {
      const isDry = dryRuns.has(roomId) || held.has(roomId);
      if (isDry) this.#report(words, { kind: "confirm", reason: DRY_RUN_WINS }, [roomId]);
      else if (words.stands === "merged") this.#confirmOwn(roomId, reading);
      else this.#confirm(roomId, reading);
    }
    for (const roomId of dryRuns) {
      const draft = this.#drafts.of(roomId);
      draft.dryRun.hold({ commit: words.record.oid });
      draft.named ||= words.dryRun !== "all" || !changes.has(roomId);
    }
    for (const [roomId, change] of changes) this.#follow(roomId, change);
    return dryRuns;
  }

  /** Gives back the rooms that labels make a dry run. */
  #readLabels(reading: Reading, held: ReadonlyMap<string, HeldRoom>): ReadonlySet<string> {
    const { words, changes } = reading;
    return readLabels(words.labels, {
      words,
      touched: [...changes.keys()],
      held,
      drafts: this.#drafts,
      isOurs: (roomId) => this.#isOurs(roomId),
      isRoom: (name) => this.#meaningOf(name, reading) === "room",
      meantBy: this.#question.meantBy,
    });
  }

  /** It counts for what the rooms are at its commit: once another one changes a room, windows hold that one back. */
  #overrideWindows({ words, changes }: Reading, dry: ReadonlySet<string>): void {
    for (const roomId of changes.keys()) {
      const isOn = words.override !== null && !dry.has(roomId);
      if (isOn || this.#drafts.has(roomId)) this.#drafts.of(roomId).override = isOn ? words : null;
    }
    const line = { commit: words.record.oid, line: `Override-Window: ${words.override}` };
    if (words.override === null) return;
    const dryRooms = [...changes.keys()].filter((roomId) => dry.has(roomId));
    if (dryRooms.length > 0) this.#drafts.report({ ...line, reason: DRY_RUN_OVERRIDES }, dryRooms);
    if (changes.size === 0) this.#drafts.report({ ...line, reason: OVERRIDES_NOTHING }, []);
  }

  #follow(roomId: string, { takenOut, putBack }: RoomChange): void {
    const draft = this.#drafts.of(roomId);
    draft.changed ||= takenOut.length + putBack.length > 0;
    for (const item of takenOut) draft.takenOut.add(item);
    for (const item of putBack) {
      draft.takenOut.delete(item);
      draft.confirmed.delete(item);
      draft.byName?.items.delete(item);
      this.#brought.get(roomId)?.delete(item);
    }
  }

  #confirm(roomId: string, { words, changes }: Reading): void {
    const draft = this.#drafts.of(roomId);
    const own = changes.get(roomId)?.takenOut ?? [];
    if (words.confirm === "all") {
      for (const item of own) draft.confirmed.set(item, words);
      return;
    }
    draft.named = true;
    draft.confirmedByName = true;
    draft.dryRun.confirm();
    const { byName } = draft;
    const items = byName?.items ?? new Set();
    draft.byName = { words, items };
    for (const item of own) items.add(item);
    // What it covers is what an earlier one does: nothing has changed in between.
    if (byName !== null && !draft.changed) return;
    draft.changed = false;
    for (const item of draft.takenOut) items.add(item);
    if (this.#question.standingOf(roomId) !== "own") return;
    for (const item of this.#question.refusedItems(roomId)) items.add(item);
    const reason = draft.touched ? null : (this.#question.whyNothing?.(roomId) ?? null);
    if (reason !== null) this.#report(words, { kind: "confirm", reason }, [roomId]);
  }

  /** A merged commit: what it takes out itself, if the merge does so too. */
  #confirmOwn(roomId: string, { words, changes }: Reading): void {
    const change = changes.get(roomId);
    const own = change?.takenOut ?? [];
    if (change?.isRemoved === true && words.confirm !== "all") {
      this.#removing.set(roomId, words);
      return;
    }
    if (own.length === 0 && words.confirm !== "all")
      this.#report(words, { kind: "confirm", reason: MERGED.confirm }, [roomId]);
    if (own.length === 0) return;
    const brought = this.#brought.get(roomId) ?? new Map<Item, CommitWords>();
    this.#brought.set(roomId, brought);
    for (const item of own) brought.set(item, words);
  }

  /** A commit on the line brings in what was merged: it counts in as far as the branch loses the items by it. */
  #bringIn({ changes }: Reading): void {
    for (const [roomId, brought] of this.#brought) {
      const lost = new Set(changes.get(roomId)?.takenOut);
      const ignored = new Set<CommitWords>();
      for (const [item, words] of brought) {
        if (lost.has(item)) this.#drafts.of(roomId).confirmed.set(item, words);
        else ignored.add(words);
      }
      for (const words of ignored)
        this.#report(words, { kind: "confirm", reason: NOT_BY_MERGE }, [roomId]);
    }
    this.#brought.clear();
  }

  /** The same of commits that remove a room's file: they count if the branch loses the file by the merge. */
  #bringRemovalsIn({ changes }: Reading): void {
    for (const [roomId, words] of this.#removing) {
      if (changes.get(roomId)?.isRemoved === true) this.#drafts.of(roomId).removedBy = words;
      else this.#report(words, { kind: "confirm", reason: NOT_BY_MERGE }, [roomId]);
    }
    this.#removing.clear();
  }

  /** The rooms a commit's `Confirm` counts for. */
  #confirmedRooms(reading: Reading): ReadonlySet<string> {
    const { words } = reading;
    if (words.confirm === null) return new Set();
    if (words.confirm === "all") return this.#touchedRooms("confirm", reading);
    return this.#countingNames("confirm", words.confirm, reading);
  }

  /** The rooms a commit's `Dry-Run` counts for. */
  #dryRunRooms(reading: Reading): ReadonlySet<string> {
    const { words } = reading;
    if (words.dryRun === null) return new Set();
    if (words.dryRun !== "all") return this.#countingNames("dryRun", words.dryRun, reading);
    const meant = new Set(this.#meant(reading));
    return meant.size > 0 ? meant : this.#touchedRooms("dryRun", reading);
  }

  /** The rooms that a dry run without names is about. */
  #meant(reading: Reading): readonly string[] {
    const meaningOf = (name: string) => this.#meaningOf(name, reading);
    return meantRooms(reading.words, { touched: [...reading.changes.keys()], meaningOf });
  }

  /**
   * The rooms that `true` stands for. A commit that changes no file can mean none: that is reported. So is one that
   * changes files that are not read, unless another source may read them.
   */
  #touchedRooms(kind: Trailer["kind"], { words, changes }: Reading): ReadonlySet<string> {
    const { awaitingConfirm = [], isAlone = false } = this.#question;
    const what = unchanged(words, isAlone);
    if (what !== null) {
      const reason = changesNothing(words, { kind, unchanged: what, awaitingConfirm });
      this.#report(words, { kind, reason }, []);
    }
    return new Set(changes.keys());
  }

  /** The names that a word counts for; the others are reported, in five lines at most. */
  #countingNames(
    kind: Trailer["kind"],
    names: readonly string[],
    reading: Reading,
  ): ReadonlySet<string> {
    const { words, changes } = reading;
    const kindOf = (roomId: string) => {
      const meaning = this.#meaningOf(roomId, reading);
      if (meaning === "foreign") return foreignKind(roomId, { kind, words }, this.#question);
      if (meaning !== "room") return meaning;
      return words.stands === "merged" && !changes.has(roomId) ? "untouched" : "counting";
    };
    const found = Object.groupBy(names, kindOf);
    const rooms = [...changes.keys()];
    for (const reason of whyNotOurs(found, this.#question.meantBy))
      this.#report(words, { kind, reason }, rooms);
    if (found.untouched !== undefined) {
      const own = found.untouched.filter((roomId) => this.#question.standingOf(roomId) === "own");
      this.#report(words, { kind, reason: MERGED[kind] }, own);
    }
    return new Set(found.counting);
  }

  /** On the rooms that the commit changes, and on those that the line names. */
  #reportIgnored({ words, changes }: Reading): void {
    for (const { line, reason, rooms } of words.ignored) {
      const named = namesIn(line).filter((name) => this.#isKnown(name, changes));
      const about = rooms ?? new Set([...changes.keys(), ...named]);
      const ours = [...about].filter((roomId) => this.#isOurs(roomId));
      this.#drafts.report({ commit: words.record.oid, line, reason }, ours);
    }
  }

  #report(
    words: CommitWords,
    about: { readonly kind: Trailer["kind"]; readonly reason: string },
    roomIds: readonly string[],
  ): void {
    const scope = words[about.kind];
    if (scope === null) return;
    const line = writeTrailer(about.kind, scope);
    this.#drafts.report({ commit: words.record.oid, line, reason: about.reason }, roomIds);
  }

  #isOurs(roomId: string): boolean {
    const standing = this.#question.standingOf(roomId);
    return standing === "own" || standing === "free";
  }

  /** A room is one that this source holds, or that is on its way in with this fetch. */
  #meaningOf(name: string, { words, changes }: Reading): NameMeaning {
    const standing = this.#question.standingOf(name);
    if (standing === "foreign" || standing === "barred") return standing;
    if (words.stands === "first" || this.#isKnown(name, changes)) return "room";
    return "unknown";
  }

  #isKnown(name: string, changes: Reading["changes"]): boolean {
    const isOwn = this.#question.standingOf(name) === "own";
    return isOwn || changes.has(name) || this.#drafts.has(name);
  }
}
