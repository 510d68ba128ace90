import type { Clock } from "../../kernel/clock.ts";

/** GitHub's last an hour. */
const KEPT_MS = 50 * 60_000;

/** Tokens of one app's installation, for as long as they are good. */
export class KeptTokens {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, { readonly value: string; readonly untilMs: number }>();
  #owner = "";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that another app, installation or key got are dropped. */
  belongTo(app: {
    readonly appId: string;
    readonly installationId: string;
    readonly privateKey: string;
  }): void {
    const owner = JSON.stringify([app.appId, app.installationId, app.privateKey]);
    if (owner !== this.#owner) this.clear();
    this.#owner = owner;
  }

  /** Empty: there is none that is still good. */
  get(key: string): string {
    const kept = this.#tokens.get(key);
    return kept === undefined || kept.untilMs <= this.#clock.monotonicMs() ? "" : kept.value;
  }

  set(key: string, value: string): void {
    this.#tokens.set(key, { value, untilMs: this.#clock.monotonicMs() + KEPT_MS });
  }

  clear(): void {
    this.#tokens.clear();
  }
}
