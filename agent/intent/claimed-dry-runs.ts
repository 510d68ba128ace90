import { ClaimedConfirmReader, type ClaimedConfirms } from "./claimed-confirms.ts";
import { isTransparent, type CommitWords } from "./commit-words.ts";
import { DryRunDraft } from "./dry-run-draft.ts";
import { toDryRun } from "./to-dry-run.ts";
import { heldRooms } from "./held-rooms.ts";
import type { IntentQuestion } from "./intent-question.ts";
import type { RoomChange } from "./room-changes.ts";
import type { DryRun } from "../room/room.ts";
import type { DryRunWord, RoomIntent } from "./room-intent.ts";

/** What commits say of a room that their source does not have: of its dry runs, and what they confirm in it. */
export interface Claim extends Pick<RoomIntent, "dryRun" | "endedDryRuns"> {
  /** Absent: nothing. */
  readonly confirms?: ClaimedConfirms;
}

/**
 * Notes what one commit after the other says, oldest first, of rooms that their source does not have: kept for when it has them. Of
 * what they confirm only those rooms count that are another source's (see `ClaimedConfirmReader`), not those that the source may not
 * manage.
 */
export class ClaimReader {
  readonly #question: Pick<IntentQuestion, "standingOf">;
  readonly #claims = new Map<string, DryRunDraft>();
  readonly #confirms: ClaimedConfirmReader;

  constructor(question: IntentQuestion) {
    this.#question = question;
    this.#confirms = new ClaimedConfirmReader(question);
  }

  /** `all`: what the commit does to each room. `counted`: the same words without what was read before; they are given back without the rooms whose `Confirm` is kept. */
  read(words: CommitWords, all: ReadonlyMap<string, RoomChange>, counted = words): CommitWords {
    const changes = new Map([...all].filter(([roomId]) => this.#isClaim(roomId)));
    const mayHold = (roomId: string) =>
      this.#isClaim(roomId) && (words.stands !== "merged" || changes.has(roomId));
    const { dryRun } = words;
    const touched = [...changes.keys()];
    if (!isTransparent(words)) {
      for (const [roomId, change] of changes) this.#of(roomId).touched(change);
    }
    const meaningOf = (name: string) => (this.#isClaim(name) ? "room" : "foreign");
    const held = heldRooms(words, { touched, meaningOf, unknown: () => "" });
    const kept = this.#confirms.read(counted, all);
    const commit = words.record.oid;
    for (const [roomId, { line, reason }] of held)
      this.#hold(roomId, { commit, lookAlike: { line, reason } });
    for (const roomId of dryRun === "all" ? touched : (dryRun ?? []).filter(mayHold))
      this.#hold(roomId, { commit });
    for (const { line, room } of words.labels?.dryRuns ?? [])
      for (const roomId of room === null ? touched : [room].filter(mayHold))
        this.#hold(roomId, { commit, label: line });
    const { confirm } = counted;
    if (confirm === null || confirm === "all") return counted;
    return { ...counted, confirm: confirm.filter((name) => !kept.has(name)) };
  }

  get claims(): ReadonlyMap<string, Claim> {
    const confirms = this.#confirms.finished();
    for (const roomId of confirms.keys()) this.#of(roomId);
    return new Map(
      [...this.#claims].map(([roomId, { word, ended }]) => {
        const said = confirms.get(roomId);
        const claim = { dryRun: word, endedDryRuns: ended };
        return [roomId, said === undefined ? claim : { ...claim, confirms: said }];
      }),
    );
  }

  #isClaim(roomId: string): boolean {
    const standing = this.#question.standingOf(roomId);
    return standing === "foreign" || standing === "barred";
  }

  #of(roomId: string): DryRunDraft {
    const claim = this.#claims.get(roomId) ?? new DryRunDraft();
    this.#claims.set(roomId, claim);
    return claim;
  }

  #hold(roomId: string, dryRun: DryRun): void {
    this.#of(roomId).hold(dryRun);
  }
}

/** What is asked for a claimed room after that; `oid`: its file now, `mayEnd`: the file has other inputs than before. */
export function nextAsked(
  before: DryRun | null,
  word: DryRunWord | undefined,
  { oid, mayEnd }: { readonly oid: string; readonly mayEnd: boolean },
): DryRun | null {
  if (word?.kind === "on") return toDryRun(word);
  if (word?.kind === "off" && word.asked?.oid === oid) return word.asked.dryRun;
  return mayEnd ? null : before;
}
