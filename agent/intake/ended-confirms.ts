import { placesOnBranch, putBacks, specsOf, touchingCommits } from "../intent/put-backs.ts";
import type { ConfirmationRow, SourceRow } from "../room/rows.ts";
import { confirmingCommit, endedRows, type WithdrawalCause } from "../room/withdrawals.ts";
import type { CommitRange, SpecSource } from "../source/spec-source.ts";
import { waitingConfirms, type UnfollowedConfirm, type WaitingDeps } from "./waiting-confirms.ts";

/** What the commits of a fetch end of confirmations that wait. */
export interface EndedConfirms {
  /** By room, of what the source gave or followed. */
  readonly rooms: ReadonlyMap<string, readonly WithdrawalCause[]>;
  /**
   * By room without an owner, of all that was confirmed before: what ends if the source takes the room over with the very same spec. Of a
   * room that is missing here nothing was shown.
   */
  readonly takenOver: ReadonlyMap<string, readonly WithdrawalCause[]>;
}

export const NONE_ENDED: EndedConfirms = { rooms: new Map(), takenOver: new Map() };

interface EndedGiven {
  readonly source: Pick<SourceRow, "name" | "observedHead">;
  readonly spec: Pick<SpecSource, "readSpecs">;
  readonly roomOfPath: (path: string) => string | null;
}

/** What the commits are, and the confirmations of which they may give something back. */
interface GivenBack {
  readonly rows: readonly ConfirmationRow[];
  readonly range: Pick<CommitRange, "commits">;
  readonly roomOfPath: EndedGiven["roomOfPath"];
}

type Ended = readonly (readonly [ConfirmationRow, WithdrawalCause])[];

/**
 * What a fetch ends of confirmations that wait: the commit that gave one is not on the branch any more, or a commit on it gives back
 * what it covers, be that taken out again by a later commit of the same fetch.
 */
export async function endedConfirms(
  range: CommitRange,
  given: EndedGiven & WaitingDeps,
  signal: AbortSignal,
): Promise<EndedConfirms> {
  const { followed, unfollowed } = await waitingConfirms(given.source, given);
  const asking = { ...given, signal };
  const rows = unfollowed.map(({ row }) => row);
  const isOwn = ({ source }: ConfirmationRow) => source === given.source.name;
  const unshown = await notShown(range, unfollowed, asking);
  const own = unshown.filter(([row]) => isOwn(row) || given.owners.get(row.roomId) !== null);
  return {
    rooms: byRoom([...(await notKept(range, followed, asking)), ...own]),
    takenOver: new Map([...rows.map(({ roomId }) => [roomId, []] as const), ...byRoom(unshown)]),
  };
}

function byRoom(ended: Ended): EndedConfirms["rooms"] {
  const rooms = Map.groupBy(ended, ([{ roomId }]) => roomId);
  return new Map([...rooms].map(([roomId, all]) => [roomId, all.map(([, cause]) => cause)]));
}

export const COMMIT_GONE = "its commit is not on the branch any more";
export const NOT_READ =
  "what the commits since then give back is too much to be read (CommitsNotRead)";
export const NOT_SHOWN =
  "it cannot be shown that its commit is on the branch, and that no commit since then gave back what it covers";

function allEnded(rows: readonly ConfirmationRow[], why: string): Ended {
  return rows.map((row) => [row, endedRows(new Set([row.id]), why)] as const);
}

/** Of what counted at the head before. */
async function notKept(
  range: CommitRange,
  rows: readonly ConfirmationRow[],
  given: Asking,
): Promise<Ended> {
  const { kept, unread } = range;
  const gone = rows.filter((row) => {
    const commit = confirmingCommit(row);
    return commit !== null && kept?.includes(commit) === false;
  });
  const back =
    unread === undefined
      ? await givenBack({ rows, range, roomOfPath: given.roomOfPath }, given)
      : allEnded(rows, NOT_READ);
  return [...allEnded(gone, COMMIT_GONE), ...back];
}

/** Of what no head before had. A source without commits cannot say. */
async function notShown(
  { since }: CommitRange,
  unfollowed: readonly UnfollowedConfirm[],
  given: Asking,
): Promise<Ended> {
  if (since === undefined) return [];
  const [shown, others] = split(unfollowed, ({ since: mark }) => since.after.includes(mark));
  const places = new Map(shown.map(({ row, path }) => [path, row.roomId]));
  const roomOfPath = (path: string) => given.roomOfPath(path) ?? places.get(path) ?? null;
  const back = { rows: shown.map(({ row }) => row), range: since, roomOfPath };
  const unshown = others.map(({ row }) => row);
  return [...allEnded(unshown, NOT_SHOWN), ...(await givenBack(back, given))];
}

function split<T>(
  all: readonly T[],
  test: (one: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

type Asking = EndedGiven & WaitingDeps & { readonly signal: AbortSignal };

async function givenBack(
  { rows, range, roomOfPath }: GivenBack,
  { spec, owners, signal }: Asking,
): Promise<Ended> {
  const rooms = new Set(rows.map(({ roomId }) => roomId));
  const removed = new Set(
    [...rooms].filter((roomId) => (owners.factOf(roomId)?.prunedBy ?? null) !== null),
  );
  const question = { range, rooms, removed, roomOfPath };
  const steps = rows.length === 0 ? [] : touchingCommits(question);
  if (steps.length === 0) return [];
  const { specs, unread } = await spec.readSpecs(specsOf(steps), signal);
  if (unread !== null) return allEnded(rows, NOT_READ);
  const back = putBacks(steps, question, specs);
  const placeOf = placesOnBranch(range);
  return rows.flatMap((row) => {
    const commit = confirmingCommit(row);
    const from = (commit === null ? undefined : placeOf(commit)) ?? -1;
    const later = (back.get(row.roomId) ?? []).filter(({ place }) => place > from);
    return later.map(({ commit: by, items }) => {
      const why = `commit ${by.slice(0, 12)} gave back what it covers`;
      const covers: WithdrawalCause["covers"] = ({ id }, item) =>
        id === row.id && (items === null || items.has(item));
      return [row, { why, covers }] as const;
    });
  });
}
