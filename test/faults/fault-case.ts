/** One row of the fault matrix. It is run once for each of its variants and seeds, each time in a world of its own. */
export interface FaultCase {
  /** `G4`, `R17`, `P2`: as in the table. */
  readonly id: string;
  readonly title: string;
  /** Ways to put the same fault on. Default: one, without a name. */
  readonly variants?: readonly string[];
  /** Default: `SEEDS`. What a run lets chance decide, it draws from its seed. */
  readonly seeds?: readonly number[];
  /** Cycles after which a world must have converged once the fault is over. Null: it says itself why there is no such number. */
  readonly withinCycles: number | null;
  /** Ms a run may take; a longer one counts as failed. Default: `LONGEST_RUN_MS`. */
  readonly limitMs?: number;
  /** Variants that others of its kind have and it cannot have, and why. */
  readonly notApplicable?: string;
  /** Its first variant with its first seed is part of `npm test`. */
  readonly smoke?: true;
  /** Plays it through and takes everything it started away again. Rejects with what did not hold. */
  run(given: RunGiven): Promise<RunReport>;
}

export interface RunGiven {
  readonly id: string;
  /** Empty when the case has no variants. */
  readonly variant: string;
  readonly seed: number;
  /** Text that is written to a file of this name when the run fails; asked for before `run` has cleaned up. */
  keep(file: string, text: () => string): void;
  /** Adds to a number that is told of the whole matrix, whether or not the run holds: `kills`, `lost effects`. */
  count(what: string, by: number): void;
}

export interface RunReport {
  /** Cycles from the end of the fault until the world had converged; null where the case has none. */
  readonly cycles: number | null;
  /** Names of the invariants that were checked, `I1` and so on. */
  readonly invariants: readonly string[];
}

export const SEEDS: readonly number[] = [1, 2, 3];

/** A run takes a few seconds; a machine that many share may need far longer. */
export const LONGEST_RUN_MS = 300_000;
