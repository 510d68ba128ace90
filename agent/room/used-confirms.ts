/** A commit with a `Confirm`. */
export interface UsedConfirm {
  readonly commit: string;
  /** Its committer time, ms since 1970. */
  readonly atMs: number;
}

/** Commits whose `Confirm` was read: none counts a second time. */
export interface UsedConfirms {
  /** Newest committer time first. */
  readonly known: readonly UsedConfirm[];
  /**
   * The newest committer time of those that had to be forgotten, ms since 1970; null: none were. A commit that is not newer
   * may be one of them, so its `Confirm` does not count either.
   */
  readonly forgottenMs: number | null;
}

export const NO_CONFIRMS: UsedConfirms = { known: [], forgottenMs: null };

/** Commits that are remembered. Those with the oldest committer times are forgotten first. */
export const MOST_CONFIRMS = 512;

/** All that is remembered and forgotten in these, within the bound. */
export function joinConfirms(all: readonly UsedConfirms[]): UsedConfirms {
  const times = new Map<string, number>();
  for (const { commit, atMs } of all.flatMap(({ known }) => known))
    times.set(commit, Math.max(atMs, times.get(commit) ?? atMs));
  const found = [...times].map(([commit, atMs]): UsedConfirm => ({ commit, atMs }));
  const known = found.sort((a, b) => b.atMs - a.atMs);
  const forgotten = [known[MOST_CONFIRMS]?.atMs, ...all.map(({ forgottenMs }) => forgottenMs)];
  const marks = forgotten.filter((atMs) => typeof atMs === "number");
  return {
    known: known.slice(0, MOST_CONFIRMS),
    forgottenMs: marks.length === 0 ? null : Math.max(...marks),
  };
}
