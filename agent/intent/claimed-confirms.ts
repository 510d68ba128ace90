import type { CommitLabels } from "./commit-labels.ts";
import { CommitReader } from "./commit-reader.ts";
import { writeTrailer, type CommitWords } from "./commit-words.ts";
import type { IgnoredIntent } from "./ignored-lines.ts";
import type { IntentQuestion } from "./intent-question.ts";
import type { RoomChange } from "./room-changes.ts";
import { RoomDrafts } from "./room-drafts.ts";
import type { RoomIntent } from "./room-intent.ts";

const NO_LABELS: CommitLabels = { dryRuns: [], confirms: [] };

/** What commits confirm in a room of another source, whose file they change here. */
export type ClaimedConfirms = Pick<
  RoomIntent,
  "confirmations" | "confirmedByName" | "naming" | "ignored"
>;

/**
 * Reads what commits confirm in rooms of other sources whose files they change here as if those rooms were no source's: the end is the
 * same whether the other source releases the room before its new source reads the commits or after.
 */
export class ClaimedConfirmReader {
  readonly #standingOf: IntentQuestion["standingOf"];
  readonly #drafts = new RoomDrafts();
  readonly #reader: CommitReader;
  /** By commit, its `Confirm` with all the names that it has. */
  readonly #lines = new Map<string, string>();
  /** Lines that count as no trailer: they are reported on the source. */
  readonly #others = new Set<string>();

  constructor(question: IntentQuestion) {
    this.#standingOf = question.standingOf;
    const standingOf = (roomId: string) => (this.#isClaim(roomId) ? "free" : "barred");
    this.#reader = new CommitReader({ ...question, standingOf }, this.#drafts);
  }

  /** `all`: what the commit does to each room. Gives back the names that its `Confirm` is read for here. */
  read(said: CommitWords, all: ReadonlyMap<string, RoomChange>): ReadonlySet<string> {
    // Labels are read with those of other rooms.
    const words = { ...said, labels: NO_LABELS };
    const changes = new Map([...all].filter(([roomId]) => this.#isClaim(roomId)));
    const isRead = (name: string) =>
      changes.has(name) || (words.stands === "line" && this.#drafts.has(name));
    const namesIn = (scope: CommitWords["confirm"]) =>
      scope === null || scope === "all" ? scope : scope.filter(isRead);
    const confirm = namesIn(words.confirm);
    if (words.confirm !== null)
      this.#lines.set(words.record.oid, writeTrailer("confirm", words.confirm));
    for (const { line } of words.ignored) this.#others.add(`${words.record.oid} ${line}`);
    this.#reader.read({ ...words, confirm, dryRun: namesIn(words.dryRun) }, changes);
    return new Set(confirm === "all" ? [] : confirm);
  }

  /** By room; those in which nothing is confirmed are missing. */
  finished(): ReadonlyMap<string, ClaimedConfirms> {
    const found = new Map<string, ClaimedConfirms>();
    for (const [roomId, intent] of this.#drafts.finished()) {
      const { confirmedByName, naming } = intent;
      const confirmations = intent.confirmations.map((one) => this.#asWritten(one));
      const ignored = intent.ignored.filter((line) => this.#isConfirm(line));
      const by = naming === undefined ? {} : { naming: this.#asWritten(naming) };
      if (confirmations.length > 0 || ignored.length > 0 || naming !== undefined)
        found.set(roomId, { confirmations, confirmedByName, ignored, ...by });
    }
    return found;
  }

  #isConfirm({ commit, line }: IgnoredIntent): boolean {
    return line.startsWith("Confirm: ") && !this.#others.has(`${commit} ${line}`);
  }

  #asWritten<T extends { readonly originId: string }>(said: T): T {
    const line = this.#lines.get(said.originId);
    return line === undefined ? said : { ...said, line };
  }

  #isClaim(roomId: string): boolean {
    return this.#standingOf(roomId) === "foreign";
  }
}
