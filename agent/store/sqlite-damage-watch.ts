import { toIso } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { OperatorError } from "../kernel/errors.ts";
import { markDamaged } from "./sqlite-damage.ts";
import { damageOf, storeDamaged, toStoreError } from "./sqlite-errors.ts";

export interface DamageWatchOptions {
  readonly file: string;
  readonly nowMs: () => number;
  readonly onDamage?: (error: OperatorError) => void;
}

/** Checks every error of an open store. The first damage is noted, so that the next start knows of it. */
export class DamageWatch {
  readonly #options: DamageWatchOptions;
  #damage: OperatorError | null = null;

  constructor(options: DamageWatchOptions) {
    this.#options = options;
  }

  /** What every further write is refused with; null as long as nothing is damaged. */
  get damage(): OperatorError | null {
    return this.#damage;
  }

  /** Whatever was thrown, as the error that Store promises. */
  toError(error: unknown): OperatorError {
    const known = toStoreError(this.#options.file, error);
    const found = damageOf(known);
    if (found !== null && this.#damage === null) this.#note(known, found);
    return known;
  }

  #note(error: OperatorError, found: string): void {
    const { file, nowMs, onDamage } = this.#options;
    this.#damage = error;
    try {
      markDamaged(file, { since: toIso(nowMs()), message: found });
    } catch (unmarked) {
      // The disk refuses: the next start has to find the damage as it was found now.
      this.#damage = storeDamaged(
        file,
        `${found}; this could not be noted: ${messageOf(unmarked)}`,
      );
    }
    onDamage?.(this.#damage);
  }
}
