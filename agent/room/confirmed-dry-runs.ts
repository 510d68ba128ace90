import type { ConfirmedDryRun, DryRun, Room } from "./room.ts";

/** Of these, as many are remembered of a room; one that is forgotten is a dry run again wherever its commit is read again. */
const MOST_CONFIRMED = 10;

/** The room once a commit (`by`) ended the dry run of its newest inputs. */
export function withConfirmedDryRun(row: Room, dryRun: DryRun, by: string): Room {
  const { head, headProblem, owner, confirmedDryRuns = [] } = row;
  if (head === null || headProblem !== null || owner === null) return row;
  const { commit, label } = dryRun;
  const labelled = label === undefined ? {} : { label };
  const newest: ConfirmedDryRun = { commit, ...labelled, by, inputs: head.digest };
  const others = confirmedDryRuns.filter((one) => !isSame(one, newest));
  return { ...row, confirmedDryRuns: [newest, ...others].slice(0, MOST_CONFIRMED) };
}

/** The commits that ended this dry run for the room's newest inputs. */
export function confirmingDryRun(
  { head, headProblem, confirmedDryRuns = [] }: Room,
  { commit, label }: DryRun,
): readonly string[] {
  if (head === null || headProblem !== null) return [];
  return confirmedDryRuns
    .filter((one) => isSame(one, { commit, label, inputs: head.digest }))
    .map(({ by }) => by);
}

interface Asked extends Pick<ConfirmedDryRun, "commit" | "inputs"> {
  readonly label?: string | undefined;
  readonly by?: string;
}

function isSame(one: ConfirmedDryRun, { commit, label, inputs, by = one.by }: Asked): boolean {
  return one.commit === commit && one.label === label && one.inputs === inputs && one.by === by;
}
