import type { ConfigChange } from "../config/compare-settings.ts";
import type { Problem } from "../config/problem.ts";

/** What asks for the configuration to be read again. */
export interface ReloadRequest {
  readonly cause: "request" | "signal" | "watch";
  readonly actor: string;
  readonly correlationId: string;
}

/** Why the configuration as its file has it now is not in force; the one before is. */
export interface ConfigFailure {
  readonly reason: "ConfigInvalid" | "RestartRequired" | "ReloadFailed";
  /** ISO time. */
  readonly since: string;
  readonly message: string;
  /** All of them. */
  readonly problems: readonly Problem[];
  /** The sources that the file has otherwise; null: not known, as it cannot be read. */
  readonly sources: readonly string[] | null;
}

export type ReloadAnswer =
  | {
      readonly kind: "reloaded";
      readonly changes: readonly ConfigChange[];
      /** What the file had in force already, where nothing changed; absent: something did. */
      readonly before?: InForce;
    }
  | {
      readonly kind: "rejected";
      readonly status: 409 | 503;
      readonly code: ConfigFailure["reason"] | "ReloadUnavailable" | "ShuttingDown";
      readonly detail: string;
      readonly problems: readonly Problem[];
    };

export interface InForce {
  /** ISO time. */
  readonly since: string;
  /** What came into force then; empty: it is so since the start. */
  readonly changes: readonly ConfigChange[];
}

/** The configuration in force, and whether its file has another one. */
export interface ConfigState {
  /** ISO time since when it is in force. */
  readonly loadedAt: string;
  /** What came into force then; empty: it is so since the start. */
  readonly changes: readonly ConfigChange[];
  readonly failure: ConfigFailure | null;
}
