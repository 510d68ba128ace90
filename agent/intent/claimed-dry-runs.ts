import { isTransparent, type CommitWords } from "./commit-words.ts";
import { DryRunDraft } from "./dry-run-draft.ts";
import { toDryRun } from "./to-dry-run.ts";
import { heldRooms } from "./held-rooms.ts";
import type { IntentQuestion } from "./intent-question.ts";
import type { RoomChange } from "./room-changes.ts";
import type { DryRun } from "../room/room.ts";
import { toNaming } from "./room-drafts.ts";
import type { DryRunWord, NamingCommit, RoomIntent } from "./room-intent.ts";

/** What commits say of the dry runs of a room that their source does not have. */
export interface Claim extends Pick<RoomIntent, "dryRun" | "endedDryRuns"> {
  /** The newest commit that changes the room's file here, where it names the room in `Confirm`; absent: it does not. */
  readonly naming?: NamingCommit;
  /** Older ones that do so. */
  readonly outdated?: readonly NamingCommit[];
}

/** The rooms that a commit names in `Confirm` for what it brings to another source: `Dry-Run` in it wins, and a merge speaks for what it merged. */
function confirmedClaims({ confirm, dryRun, stands }: CommitWords): readonly string[] {
  const isCounting = stands === "line" && dryRun === null && confirm !== null && confirm !== "all";
  return isCounting ? confirm : [];
}

/**
 * Notes what one commit after the other says, oldest first, of the dry runs of rooms that their source does not have: kept for
 * when it has them. Nothing else that they say of such a room is.
 */
export class ClaimReader {
  readonly #question: Pick<IntentQuestion, "standingOf">;
  readonly #claims = new Map<string, DryRunDraft>();
  readonly #namings = new Map<string, NamingCommit>();
  readonly #outdated = new Map<string, readonly NamingCommit[]>();

  constructor(question: Pick<IntentQuestion, "standingOf">) {
    this.#question = question;
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
    const kept = confirmedClaims(counted).filter(
      (name) =>
        changes.has(name) && !held.has(name) && this.#question.standingOf(name) === "foreign",
    );
    if (!isTransparent(words)) this.#name(counted, { touched, kept });
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
    return { ...counted, confirm: confirm.filter((name) => !kept.includes(name)) };
  }

  get claims(): ReadonlyMap<string, Claim> {
    return new Map(
      [...this.#claims].map(([roomId, { word, ended }]) => [
        roomId,
        { dryRun: word, endedDryRuns: ended, ...this.#namingOf(roomId) },
      ]),
    );
  }

  #name(
    words: CommitWords,
    { touched, kept }: { readonly touched: readonly string[]; readonly kept: readonly string[] },
  ): void {
    for (const roomId of touched) {
      const before = this.#namings.get(roomId);
      if (before !== undefined && !kept.includes(roomId))
        this.#outdated.set(
          roomId,
          [before, ...(this.#outdated.get(roomId) ?? [])].slice(0, MOST_OUTDATED),
        );
      this.#namings.delete(roomId);
      if (kept.includes(roomId)) this.#namings.set(roomId, toNaming(words));
    }
  }

  #namingOf(roomId: string): Pick<Claim, "naming" | "outdated"> {
    const naming = this.#namings.get(roomId);
    const outdated = this.#outdated.get(roomId);
    return {
      ...(naming === undefined ? {} : { naming }),
      ...(outdated === undefined ? {} : { outdated }),
    };
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

/** Of one fetch, for one room: all of them say the same. */
const MOST_OUTDATED = 5;

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
