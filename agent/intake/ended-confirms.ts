import { placesOnBranch, putBacks, specsOf, touchingCommits } from "../intent/put-backs.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import { confirmingCommit, endedRows, type WithdrawalCause } from "../room/withdrawals.ts";
import type { CommitRange, SpecSource } from "../source/spec-source.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { waitingConfirms } from "./waiting-confirms.ts";

/** By room, what the commits of a fetch end of its confirmations that wait. */
export type EndedConfirms = ReadonlyMap<string, readonly WithdrawalCause[]>;

interface EndedGiven {
  /** The source's name. */
  readonly name: string;
  readonly spec: Pick<SpecSource, "readSpecs">;
  readonly roomOfPath: (path: string) => string | null;
}

/**
 * What a fetch ends of confirmations that wait: the commit that gave one is not on the branch any more, or a commit on it gives back
 * what it covers, be that taken out again by a later commit of the same fetch.
 */
export async function endedConfirms(
  range: CommitRange,
  given: EndedGiven & Pick<IntakeDeps, "store" | "owners" | "steady">,
  signal: AbortSignal,
): Promise<EndedConfirms> {
  const waiting = await waitingConfirms(given.name, given);
  const ended = new Map<string, WithdrawalCause[]>();
  const end = (row: ConfirmationRow, cause: WithdrawalCause) => {
    const known = ended.get(row.roomId) ?? [];
    known.push(cause);
    ended.set(row.roomId, known);
  };
  for (const row of waiting) {
    const commit = confirmingCommit(row);
    if (commit === null || range.kept === undefined || range.kept.includes(commit)) continue;
    end(row, endedRows(new Set([row.id]), "its commit is not on the branch any more"));
  }
  if (range.history === "first" || waiting.length === 0) return ended;
  if (range.unread !== undefined) {
    for (const row of waiting) end(row, endedRows(new Set([row.id]), NOT_READ));
    return ended;
  }
  for (const [row, cause] of await givenBack(range, waiting, { ...given, signal })) end(row, cause);
  return ended;
}

const NOT_READ = "what the commits since then give back is too much to be read (CommitsNotRead)";

async function givenBack(
  range: CommitRange,
  waiting: readonly ConfirmationRow[],
  {
    spec,
    roomOfPath,
    owners,
    signal,
  }: EndedGiven & Pick<IntakeDeps, "owners"> & { readonly signal: AbortSignal },
): Promise<readonly (readonly [ConfirmationRow, WithdrawalCause])[]> {
  const rooms = new Set(waiting.map(({ roomId }) => roomId));
  const removed = new Set(
    [...rooms].filter((roomId) => (owners.factOf(roomId)?.prunedBy ?? null) !== null),
  );
  const question = { range, rooms, removed, roomOfPath };
  const steps = touchingCommits(question);
  if (steps.length === 0) return [];
  const { specs, unread } = await spec.readSpecs(specsOf(steps), signal);
  if (unread !== null)
    return waiting.map((row) => [row, endedRows(new Set([row.id]), NOT_READ)] as const);
  const back = putBacks(steps, question, specs);
  const placeOf = placesOnBranch(range);
  return waiting.flatMap((row) => {
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
