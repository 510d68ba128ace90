import type { OperatorError } from "../kernel/errors.ts";
import type { ObserveOnlyRow } from "../room/rows.ts";
import type { Store, StoreChange } from "./store.ts";

/** Opens the store of one agent: `Store` says what holds of it. Rejects where it cannot be opened, with what to do next. */
export type OpenStore = (options: StoreOptions) => Promise<Store>;

export interface StoreOptions {
  /** The data folder (`Store.Path`); made when it is not there. */
  readonly path: string;
  /** Wall time in ms since 1970. */
  readonly nowMs: () => number;
  /** What a second agent reads of the one that holds the folder: ISO time of its start. Default: now. */
  readonly heldSince?: string;
  /** After so many written bytes of seeds, unreferenced ones are looked for earlier than once an hour. Default: 64 MiB. */
  readonly spareSeedBytes?: number;
  /** Called after each write with its result, for metrics and health. Must not throw. */
  readonly onWrite?: (write: StoreWrite) => void;
  /** What else a store begins with that is begun because the one before was damaged and set aside. */
  readonly onSetAside?: (row: ObserveOnlyRow) => readonly StoreChange[];
  /**
   * Called when something that keeps the store in order could not be done, with what and why. The store is usable all the same. Must
   * not throw.
   */
  readonly onUpkeepFailed?: (failure: UpkeepFailure) => void;
  /** Called once when the open store turns out to be damaged: writes to rooms have to stop. Must not throw. */
  readonly onDamage?: (error: OperatorError) => void;
}

export interface UpkeepFailure {
  readonly task: "full check" | "cutting the log";
  readonly error: unknown;
}

export interface StoreWrite {
  readonly ok: boolean;
  /** What went wrong and what to do; empty when nothing did. */
  readonly message: string;
  /** Until it was on disk. */
  readonly durationMs: number;
}
