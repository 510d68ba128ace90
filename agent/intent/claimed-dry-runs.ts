import { isTransparent, type CommitWords } from "./commit-words.ts";
import { touchedWord, toDryRun } from "./dry-run-words.ts";
import { heldRooms } from "./held-rooms.ts";
import type { IntentQuestion } from "./intent-question.ts";
import { roomChanges, type RoomChange } from "./room-changes.ts";
import type { DryRun, DryRunWord } from "./room-intent.ts";

interface Claim {
  dryRun: DryRunWord;
  file: string | null;
}

/**
 * What commits say of the dry runs of rooms that their source does not have: kept for when it has them. Nothing else that
 * they say of such a room is.
 */
export function claimedDryRuns(question: IntentQuestion): ReadonlyMap<string, DryRunWord> {
  const claims = new Map<string, Claim>();
  const isClaim = (roomId: string) => ["foreign", "barred"].includes(question.standingOf(roomId));
  for (const words of question.words) {
    const changes = [...roomChanges(words.record, question)].filter(([roomId]) => isClaim(roomId));
    readClaims(words, { changes: new Map(changes), claims, isClaim });
  }
  return new Map([...claims].map(([roomId, { dryRun }]) => [roomId, dryRun]));
}

interface Reading {
  readonly changes: ReadonlyMap<string, RoomChange>;
  readonly claims: Map<string, Claim>;
  readonly isClaim: (roomId: string) => boolean;
}

function readClaims(words: CommitWords, { changes, claims, isClaim }: Reading): void {
  const of = (roomId: string): Claim => {
    const claim: Claim = claims.get(roomId) ?? { dryRun: { kind: "unchanged" }, file: null };
    claims.set(roomId, claim);
    return claim;
  };
  const hold = (roomId: string, dryRun: DryRun) => {
    of(roomId).dryRun = { kind: "on", ...dryRun };
  };
  const mayHold = (roomId: string) =>
    isClaim(roomId) && (words.stands !== "merged" || changes.has(roomId));
  const { dryRun } = words;
  const touched = [...changes.keys()];
  if (!isTransparent(words)) {
    for (const [roomId, change] of changes) {
      const claim = of(roomId);
      claim.dryRun = touchedWord(claim, change);
      claim.file = change.is ?? claim.file;
    }
  }
  const meaningOf = (name: string) => (isClaim(name) ? ("room" as const) : ("foreign" as const));
  const held = heldRooms(words, { touched, meaningOf, unknown: () => "" });
  const commit = words.record.oid;
  for (const [roomId, { line, reason }] of held)
    hold(roomId, { commit, lookAlike: { line, reason } });
  for (const roomId of dryRun === "all" ? touched : (dryRun ?? []).filter(mayHold))
    hold(roomId, { commit });
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
