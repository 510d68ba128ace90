import type { Item } from "../plan/item.ts";

/** Another writer keeps changing items of a room back, which are corrected ever more slowly. */
export interface Contest {
  /** ISO time at which it was found. */
  readonly since: string;
  /** Digest of the inputs that are contested: other inputs are not. */
  readonly inputs: string;
  /** What is changed back, and how often it was corrected since an hour before `since`. */
  readonly items: readonly { readonly item: Item; readonly count: number }[];
  /** Corrections since it was found: each makes the next wait longer. */
  readonly corrections: number;
  /** ISO time of the newest one, by the clock that things expire by. */
  readonly correctedAt: string;
}
