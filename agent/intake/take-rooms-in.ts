import type { RoomIntents } from "../intent/commit-intents.ts";
import type { CommitRange } from "../source/spec-source.ts";
import { heldBy } from "../intent/room-intent.ts";
import type { Room } from "../room/room.ts";
import { roomlessOf, toChange, type KeptRoomless } from "../room/roomless-dry-runs.ts";
import type { FileRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import type { EndedConfirms } from "./ended-confirms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { withHandOver, withoutPruneConfirm } from "./handed-over.ts";
import { warnOfLost } from "./settle-owners.ts";
import { confirmingPrune } from "./prune-confirms.ts";
import { takeRoomIn } from "./room-intake.ts";
import { versionWithdrawn } from "./accepted-versions.ts";
import type { RoomNews, RoomNewsGiven } from "./room-news.ts";
import { returnChanges } from "./return-changes.ts";
import { standingFact, type SourceIndex } from "./source-index.ts";
import { withoutUnreadConfirms } from "./unread-there.ts";
import { unusedIntent } from "./unused-intent.ts";
import { withUselessNaming } from "./useless-naming.ts";
import { withdrawnByNews } from "./withdrawn-confirmations.ts";

/** A room that a snapshot has news of, and the file row to be written with it. */
export interface Due {
  readonly roomId: string;
  readonly news: RoomNews;
  readonly file: FileRow | null;
}

/** The snapshot the news comes from. */
export interface DueFrom {
  readonly source: string;
  readonly revision: string;
  /** The revision of the head before this one; null at a first sync. */
  readonly previous: string | null;
  /** Heads, by commit id, that the branch had left and that this one is or is built on. */
  readonly returnedTo: readonly string[];
  readonly correlationId: string;
  readonly index: SourceIndex;
  readonly range: CommitRange;
  /** The line of commits that `revision` is the newest of. */
  readonly lineage: string;
  readonly intents: RoomIntents;
  readonly ended: EndedConfirms;
}

/** Rooms whose rows go into one transaction: small enough not to hold up the event loop. */
const ROOMS_AT_ONCE = 50;

export interface TakenRooms {
  readonly taken: readonly string[];
  /** Another source took these between the assignment and now: they stay with it. */
  readonly overtaken: readonly string[];
}

/**
 * Makes the news of rooms durable, each with its file and what was said of it, and then asks for a pass over it: at once where
 * the room was on record, since a pass may be at work on what it had before. A new room waits until all are on record: passes
 * over the first of thousands would hold up the rest.
 */
export async function takeRoomsIn(
  due: readonly Due[],
  from: DueFrom,
  deps: IntakeDeps,
): Promise<TakenRooms> {
  const overtaken: string[] = [];
  const fresh: string[] = [];
  try {
    for (let at = 0; at < due.length; at += ROOMS_AT_ONCE) {
      const batch = await takeBatch(due.slice(at, at + ROOMS_AT_ONCE), from, deps);
      overtaken.push(...batch.overtaken);
      fresh.push(...batch.fresh);
    }
  } finally {
    for (const roomId of fresh) deps.enqueue(roomId);
  }
  return { taken: due.map(({ roomId }) => roomId), overtaken };
}

interface TakenBatch {
  readonly overtaken: readonly string[];
  /** On record for the first time; a pass over them has yet to be asked for. */
  readonly fresh: readonly string[];
}

async function takeBatch(
  due: readonly Due[],
  from: DueFrom,
  deps: IntakeDeps,
): Promise<TakenBatch> {
  const { rooms, owners, tracker, enqueue, onPassPoint } = deps;
  const roomIds = due.map(({ roomId }) => roomId);
  const { taken, fresh, files, overtaken } = await rooms.update(roomIds, async (rows) => {
    const taken: Room[] = [];
    const fresh = new Set<string>();
    const files: FileRow[] = [];
    const overtaken: string[] = [];
    const changes: StoreChange[] = [];
    const kept = await deps.store.readDocuments("roomlessDryRuns");
    const remembered = { kept, others: kept.length === 0 ? [] : readBefore(from.source, deps) };
    for (const one of due) {
      const before = rows.get(one.roomId) ?? null;
      if (isForeign(before, one, from.source)) {
        if (one.file !== null) files.push(one.file);
        overtaken.push(one.roomId);
        continue;
      }
      const { row, changes: more } = await takeOne(one, before, { from, deps, remembered });
      taken.push(row);
      if (one.file !== null) files.push(ownFile(one.file));
      changes.push(...more, ...(await withdrawn(one, before, { from, deps })));
      if (before === null) fresh.add(one.roomId);
      else changes.push(...(await returnChanges({ before, row }, from, deps)));
    }
    const rest = files.map((row): StoreChange => ({ kind: "file", row }));
    return { changes: [...rest, ...changes], result: { taken, fresh, files, overtaken } };
  });
  for (const file of files) from.index.put(file);
  warnOfLost(taken, deps.log, true);
  if (onPassPoint !== undefined)
    for (const { roomId } of taken) await onPassPoint({ point: "recorded", roomId });
  // All at once, so that no pass keeps working on outdated inputs for longer than needed.
  for (const row of taken) {
    owners.set(row.roomId, standingFact(row));
    tracker.note(row);
    if (!fresh.has(row.roomId)) enqueue(row.roomId);
  }
  return { overtaken, fresh: [...fresh] };
}

/** A broken file takes no room from a spec that was posted after the room was assigned, nor does one that is gone; a room that was forgotten gets none. */
function isForeign(row: Room | null, { news }: Due, source: string): boolean {
  const owner = row?.owner ?? null;
  if (news.kind === "unowned") return row === null || owner !== null;
  if (owner?.kind === "git") return owner.source !== source;
  return owner !== null && (news.kind === "problem" || news.kind === "gone");
}

async function takeOne(
  { roomId, news, file }: Due,
  before: Room | null,
  { from, deps, remembered }: TakingOne,
): Promise<ReturnType<typeof takeRoomIn>> {
  const { intents, range } = from;
  const pruning = confirmingPrune(intents.rooms.get(roomId), before, news);
  const about = { before, news, source: from.source };
  const meant = await withHandOver(await withoutPruneConfirm(pruning, about, deps), about, deps);
  const said = withoutUnreadConfirms(meant, before, deps);
  const unused = await unusedIntent(roomId, withUselessNaming(said, about, deps), deps);
  const { holdsAll } = intents;
  const isHeld = holdsAll !== undefined && news.kind === "inputs";
  const intent = isHeld ? heldBy(holdsAll, unused) : unused;
  const asked = file?.asked ?? null;
  const wasVerified = await wasVerifiedAt(before, { roomId, news, file }, { from, deps });
  const { history, commits, kept, unread } = range;
  const read = {
    history,
    commits,
    isUnread: unread !== undefined,
    ...(kept === undefined ? {} : { kept }),
  };
  const given = { roomId, before, news, intent, ...from, ...read, asked, wasVerified };
  const takenIn = (all: RoomNewsGiven, more: readonly StoreChange[] = []) => {
    const { row, changes } = takeRoomIn(all, deps);
    return { row, changes: [...changes, ...more, ...versionWithdrawn(row, all, deps)] };
  };
  if (!isNewly(before, news, from.source)) return takenIn(given);
  const of = { source: from.source, roomId };
  const { keys, ...roomless } = roomlessOf(remembered.kept, of, remembered.others);
  return takenIn(
    { ...given, roomless },
    keys.map((key) => toChange(key, null)),
  );
}

interface TakingOne {
  readonly from: DueFrom;
  readonly deps: IntakeDeps;
  /** Dry runs of rooms without a row for them, and the sources whose memory counts besides. */
  readonly remembered: {
    readonly kept: readonly KeptRoomless[];
    readonly others: readonly string[];
  };
}

/**
 * Sources whose dry runs count for a room that this one gets: those that are gone, and those that read the same commits. Goes through
 * all their files: once for a batch, not for each room.
 */
function readBefore(
  source: string,
  { leftSources, placesElsewhere }: Pick<IntakeDeps, "leftSources" | "placesElsewhere">,
): readonly string[] {
  return [...leftSources(), ...placesElsewhere(source).map((place) => place.source)];
}

/** The room gets the source as its owner. */
function isNewly(before: Room | null, news: RoomNews, source: string): boolean {
  const { owner = null } = before ?? {};
  const isGiven = news.kind === "inputs" || (news.kind === "problem" && news.path !== null);
  return isGiven && (owner?.kind !== "git" || owner.source !== source);
}

/** Asked only where it may end a dry run: a force-push brings inputs to a room that has one, or had some. */
async function wasVerifiedAt(
  before: Room | null,
  { roomId, news }: Due,
  { from, deps }: { readonly from: DueFrom; readonly deps: IntakeDeps },
): Promise<boolean> {
  if (before === null || news.kind !== "inputs" || news.file.inputs === null) return false;
  const { dryRun, dryRunLeft, rehearsals } = before;
  const isHeld = dryRun !== null || dryRunLeft !== null || rehearsals.length > 0;
  if (from.range.history !== "rewritten" || !isHeld) return false;
  const { digest, specDigest } = news.file.inputs;
  const verified = await deps.store.readHistory(roomId, { specDigest, outcome: "verified" });
  return verified.some(({ inputsDigest }) => inputsDigest === digest);
}

/** What was asked for the room while it was another's is in its row from now on. */
function ownFile(file: FileRow): FileRow {
  return file.asked === undefined ? file : { ...file, asked: null };
}

function withdrawn(
  { roomId, news }: Due,
  before: Room | null,
  { from, deps }: { readonly from: DueFrom; readonly deps: IntakeDeps },
): Promise<readonly StoreChange[]> {
  const { history } = from.range;
  const { ended } = from;
  const claims = news.kind === "gone" ? deps.claimsElsewhere(roomId, from.source) : [];
  return withdrawnByNews({ before, news, history, ended, claims }, { ...from, roomId }, deps);
}
